-- What must happen next, written in the transaction that made it necessary, and every trying of it.

create table outbox_messages (
  id uuid primary key,
  topic text not null,
  -- The destination: messages of one key share its few places.
  key text not null,
  payload jsonb not null,
  dedupe_key text not null unique,
  complaint_id uuid,
  created_at timestamptz not null,
  -- When it may next be tried.
  due_at timestamptz not null,
  attempts integer not null default 0,
  -- Tries made before a person sent it again: the backoff counts from there, the numbering goes on.
  forgiven integer not null default 0,
  leased_until timestamptz,
  leased_by text,
  settled_at timestamptz,
  dead_at timestamptz,
  provider_id text,
  last_error jsonb
);
create index outbox_waiting on outbox_messages (topic, due_at)
  where settled_at is null and dead_at is null and leased_until is null;
create index outbox_leased on outbox_messages (leased_until) where leased_until is not null;
create index outbox_failed on outbox_messages (created_at desc, id desc)
  where settled_at is null and (attempts > 0 or dead_at is not null);
create index outbox_complaint on outbox_messages (complaint_id) where complaint_id is not null;

create table outbox_attempts (
  message_id uuid not null references outbox_messages (id) on delete cascade,
  number integer not null,
  at timestamptz not null,
  took_ms integer not null,
  ok boolean not null,
  error jsonb,
  primary key (message_id, number)
);
