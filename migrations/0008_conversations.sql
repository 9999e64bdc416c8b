-- Short messages: what is remembered of one number, what we sent and what became of it, what is still on its way to us.

create table conversations (
  channel text not null,
  -- E.164.
  phone text not null,
  -- Where the person wrote to last, and over whom: answers go back that way.
  line text not null,
  driver text not null,
  language text,
  -- What the pure conversation remembers (core/conversation.ts).
  state jsonb not null default '{"stopped": false}',
  stopped_at timestamptz,
  -- WhatsApp takes free text for 24 hours after the person's last word.
  last_inbound_at timestamptz,
  updated_at timestamptz not null,
  primary key (channel, phone)
);
-- Someone who said "send it again" and gave no reason within the day.
create index conversations_why on conversations (updated_at) where state -> 'waiting' ->> 'for' = 'why';

create table outgoing_messages (
  id uuid primary key,
  channel text not null,
  driver text not null,
  -- The number the citizen wrote to.
  sender text not null,
  recipient text not null,
  -- What it says: core/conversation.ts SAYINGS.
  purpose text not null,
  language text not null,
  -- The access code stands masked: it is put in when the message goes out.
  text text not null,
  encoding text not null check (encoding in ('gsm7', 'ucs2')),
  segments integer not null,
  -- For a template of the provider's: reference, last day.
  variables jsonb not null default '{}',
  complaint_id uuid,
  receipt_id uuid,
  notice_id uuid,
  -- Goes out once this one has gone (or never will).
  after_id uuid,
  -- The message that could not be delivered and that this one replaces.
  replaces_id uuid,
  dedupe_key text not null unique,
  state text not null default 'queued' check (state in ('queued', 'sent', 'delivered', 'failed', 'fallen_back')),
  provider_id text,
  failure text,
  failures integer not null default 0,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  updated_at timestamptz not null
);
create index outgoing_messages_provider on outgoing_messages (driver, provider_id) where provider_id is not null;
create index outgoing_messages_complaint on outgoing_messages (complaint_id, created_at) where complaint_id is not null;
create index outgoing_messages_after on outgoing_messages (after_id) where after_id is not null;
create index outgoing_messages_newest on outgoing_messages (created_at desc, id desc);

-- Pieces of longer texts, in whatever order they come; glued when all are there or ten minutes have passed.
create table message_parts (
  -- The recorded event that carried it.
  event_id uuid primary key,
  channel text not null,
  sender text not null,
  line text not null,
  reference integer not null,
  total integer not null,
  number integer not null,
  text text not null,
  received_at timestamptz not null,
  glued_at timestamptz
);
create unique index message_parts_open on message_parts (channel, sender, line, reference, total, number) where glued_at is null;
create index message_parts_waiting on message_parts (received_at) where glued_at is null;

-- Something the complainant is to be told, on the channel that is theirs.
create table notices (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  -- routed, accepted, refused, need_info, answered, late.
  kind text not null,
  state text not null default 'due' check (state in ('due', 'sent', 'failed')),
  via text,
  failure text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index notices_complaint on notices (complaint_id, created_at);

-- Lanes that keep their order ask whether a message of the same key was due earlier.
create index outbox_earlier on outbox_messages (topic, key, due_at, id) where settled_at is null and dead_at is null;
