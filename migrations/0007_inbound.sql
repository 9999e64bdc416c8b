-- Events of doors that cannot wait for judgement (telephone, e-mail): what came is durable first and understood afterwards.

create table inbound_events (
  id uuid primary key,
  channel text not null,
  external_id text not null,
  -- Who sent it, as the channel names them (a number, a mailbox): events of one sender are judged one after the other.
  sender text not null,
  received_at timestamptz not null,
  raw_type text not null,
  raw_sha256 text not null,
  raw_bytes bigint not null,
  raw_body bytea,
  raw_object text,
  check (raw_body is not null or raw_object is not null),
  unique (channel, external_id)
);
create index inbound_events_sender on inbound_events (channel, sender, received_at desc);

-- Records a batch of events: raw form, open ledger entry and the message that has it judged, in one statement. An event seen
-- before writes nothing.
create function receive_events(batch jsonb) returns table (channel text, external_id text, is_repeat boolean)
language plpgsql
as $$
begin
  return query
    with member as (
      select * from jsonb_to_recordset(batch) as e (
        id uuid, "ledgerId" uuid, "messageId" uuid, channel text, "externalId" text, sender text, "receivedAt" timestamptz,
        "rawType" text, "rawSha256" text, "rawBytes" bigint, "rawBody" text, "rawObject" text)
    ), stored as (
      insert into inbound_events as e (id, channel, external_id, sender, received_at, raw_type, raw_sha256, raw_bytes, raw_body, raw_object)
      select member.id, member.channel, "externalId", member.sender, "receivedAt", "rawType", "rawSha256", "rawBytes",
             decode("rawBody", 'base64'), "rawObject"
      from member order by member.channel, "externalId"
      on conflict on constraint inbound_events_channel_external_id_key do nothing
      returning e.id
    ), fresh as (
      select member.* from stored join member on member.id = stored.id
    ), entry as (
      insert into ledger_entries (id, channel, external_id, received_at)
      select "ledgerId", fresh.channel, "externalId", "receivedAt" from fresh
      on conflict on constraint ledger_entries_channel_external_id_key do nothing
    ), message as (
      insert into outbox_messages (id, topic, key, payload, dedupe_key, created_at, due_at)
      select "messageId", 'inbound.judge', fresh.channel || ':' || fresh.sender,
             jsonb_build_object('eventId', fresh.id, 'channel', fresh.channel), 'inbound:' || fresh.id, "receivedAt", "receivedAt"
      from fresh
    )
    select member.channel, "externalId", not exists (select from fresh where fresh.id = member.id) from member;
end
$$;

-- Events keep their raw objects alive.
create or replace view object_references as
  select object_key, 'media_assets' as source, true as needed from media_assets
  union all select object_key, 'renditions', true from renditions
  union all select raw_object, 'submissions', true from submissions
  union all select raw_object, 'quarantine', true from quarantine
  union all select object_key, 'uploads', finished_at is not null and claimed_by is null and expires_at > now() from uploads
  union all select object_key, 'upload_segments', false from upload_segments
  union all select raw_object, 'inbound_events', true from inbound_events;
create index inbound_events_object on inbound_events (raw_object);
