-- What the citizen's pages remember besides the filing itself.

-- A draft is found again by the number its code was texted to: a keyed hash, so that the row says nothing about whose it is.
alter table drafts add column phone_mac text;
create index drafts_phone on drafts (phone_mac) where phone_mac is not null;

-- A receipt that somebody wants mailed once more. The address goes with the row as soon as the mail has left.
create table receipt_copies (
  id uuid primary key,
  receipt_id uuid not null references receipts (id) on delete cascade,
  email text not null,
  language text not null,
  created_at timestamptz not null
);

-- Who opened what of one complaint: read by the person it is about.
create index audit_entries_subject on audit_entries (subject, at);
