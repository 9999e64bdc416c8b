-- Mail as it was read and judged: what the record, the acknowledgment and the desk need of it beside the raw message.

create table mail_messages (
  -- The recorded event.
  event_id uuid primary key,
  external_id text not null unique,
  message_id text,
  -- Message-IDs it answers, the nearest first.
  answers text[] not null default '{}',
  from_address text,
  from_name text not null default '',
  subject text not null default '',
  class text not null,
  -- Names of the rules that led to the class (channels/email/classify.ts).
  reasons text[] not null,
  -- False: no acknowledgment may go out.
  answerable boolean not null,
  -- What staff should see before they trust the sender; what they must know before they read.
  flags text[] not null default '{}',
  notes text[] not null default '{}',
  authentication text not null check (authentication in ('passed', 'failed', 'none')),
  -- The language was found in the words; else the acknowledgment speaks Arabic and French.
  language_sure boolean not null,
  -- Over everything the sender wrote and nothing that servers add on the way: the same mail by two ways is one mail.
  content_sha256 text not null unique,
  -- All words, quoted and forwarded ones too, and the sanitised HTML.
  text text not null,
  html text,
  -- [{ name, type, role, kept }] as core/mail-message.ts tells them.
  files jsonb not null default '[]',
  complaint_id uuid references complaints (id) on delete cascade,
  referral_id uuid references referrals (id) on delete cascade,
  received_at timestamptz not null
);
create index mail_messages_complaint on mail_messages (complaint_id, received_at) where complaint_id is not null;
create index mail_messages_sender on mail_messages (from_address, received_at);

-- In the statement that files or appends the message, so that no crash can part the two.
create function link_mail_message() returns trigger language plpgsql as $$
begin
  update mail_messages set complaint_id = new.complaint_id where external_id = new.external_id;
  return null;
end
$$;
create trigger submissions_mail after insert on submissions
  for each row when (new.channel = 'email') execute function link_mail_message();

-- `withheld`: nobody may be answered (a robot, a list, a repeat); `failure` names the reason.
alter table receipts drop constraint receipts_state_check;
alter table receipts add constraint receipts_state_check
  check (state in ('due', 'sent', 'delivered', 'failed', 'fallen_back', 'withheld'));
