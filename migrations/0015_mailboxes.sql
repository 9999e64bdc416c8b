-- Mailboxes that are read by IMAP: who reads each, and what of it is on record.

create table mailboxes (
  -- A digest of account and folder: no address is kept.
  id text primary key,
  -- Server and folder, for people.
  name text not null,
  -- The one process that reads it, until it no longer renews.
  holder uuid,
  held_until timestamptz,
  -- The numbering in force: UIDs mean nothing without it (RFC 9051, 2.3.1.1).
  uid_validity bigint,
  -- When it was last seen to its end, and since when and why that has failed.
  seen_at timestamptz,
  failing_since timestamptz,
  failure text
);

-- What lies in a mailbox now: the event each mail became, or the tries that failed. Rows of mails that are gone go too.
create table mailbox_mails (
  mailbox text not null references mailboxes (id) on delete cascade,
  uid_validity bigint not null,
  uid bigint not null,
  -- Of the ledger's entry; absent while the mail could not be fetched.
  external_id text,
  tries int not null default 0,
  due_at timestamptz,
  primary key (mailbox, uid_validity, uid)
);
