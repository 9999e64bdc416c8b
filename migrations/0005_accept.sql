-- Acceptance: one statement for a batch of filings, atomic whatever the driver does, one round trip and one commit.
--
-- `batch` is an array of members as src/intake/accept-submission.ts writes them. An event seen before writes nothing and
-- gives the facts of its first time. The second statement takes a new snapshot, so that a copy that waited for another
-- transaction's commit sees what that one wrote. Members are inserted in the order of their identity, so that two batches
-- with the same members cannot wait for each other.
create function accept_submissions(batch jsonb)
returns table (
  channel text, external_id text, complaint_id uuid, receipt_id uuid, reference text, received_at timestamptz,
  review_by text, answer_by text, content_sha256 text, is_repeat boolean)
language plpgsql
as $$
declare
  fresh uuid[];
begin
  with member as (
    select m, m ->> 'channel' as channel, m ->> 'externalId' as external_id
    from jsonb_array_elements(batch) m
  ), submission as (
    insert into submissions (id, channel, external_id, complaint_id, round, received_at, text, language,
                             raw_type, raw_sha256, raw_bytes, raw_body, raw_object)
    select (m ->> 'submissionId')::uuid, member.channel, member.external_id, (m ->> 'complaintId')::uuid, 1,
           (m ->> 'receivedAt')::timestamptz, m ->> 'text', m ->> 'language',
           m ->> 'rawType', m ->> 'rawSha256', (m ->> 'rawBytes')::bigint, decode(m ->> 'rawBody', 'base64'), m ->> 'rawObject'
    from member order by member.channel, member.external_id
    on conflict on constraint submissions_channel_external_id_key do nothing
    returning id
  ), filed as materialized (
    select m, (m ->> 'complaintId')::uuid as id, (m ->> 'receivedAt')::timestamptz as received_at,
           -- The first candidate that nobody holds, each looked up by the index (`not exists` would be planned as a join over
           -- the whole table). Two transactions that take the same one at the same moment meet the
           -- unique index: the later one fails whole and is tried again with new candidates.
           (select candidate from jsonb_array_elements_text(m -> 'references') with ordinality c (candidate, nth)
             where (select true from complaints x where x.reference = candidate limit 1) is null order by nth limit 1) as reference
    from submission join member on (m ->> 'submissionId')::uuid = submission.id
  ), complaint as (
    insert into complaints (id, reference, access_code_hash, kind, status, channel, language, text, place, anonymous,
                            named_administration_id, round, received_at, updated_at, due_at)
    select filed.id, filed.reference, m ->> 'accessCodeHash', m ->> 'kind', 'received', m ->> 'channel', m ->> 'language', m ->> 'text',
           m ->> 'place', (m ->> 'anonymous')::boolean, (select id from administrations where code = m ->> 'administration'),
           1, filed.received_at, filed.received_at,
           (select (d ->> 'dueAt')::timestamptz from jsonb_array_elements(m -> 'deadlines') d where d ->> 'kind' = 'review')
    from filed
    returning id
  ), complainant as (
    insert into complainants (complaint_id, name, email, phone, preferred)
    select filed.id, m ->> 'name', m ->> 'email', m ->> 'phone', m ->> 'preferred' from filed
    where coalesce(m ->> 'name', m ->> 'email', m ->> 'phone', m ->> 'preferred') is not null
  ), round as (
    insert into rounds (complaint_id, number, opened_at) select filed.id, 1, filed.received_at from filed
  ), deadline as (
    insert into deadlines (complaint_id, round, kind, due_on, due_at, policy_version)
    select filed.id, 1, d ->> 'kind', (d ->> 'dueOn')::date, (d ->> 'dueAt')::timestamptz, (d ->> 'policyVersion')::integer
    from filed, jsonb_array_elements(m -> 'deadlines') d
  ), asset as (
    insert into media_assets (id, complaint_id, position, name, declared_type, bytes, sha256, object_key, created_at, updated_at)
    select (a ->> 'id')::uuid, filed.id, nth, a ->> 'name', a ->> 'declaredType', (a ->> 'bytes')::bigint, a ->> 'sha256',
           a ->> 'objectKey', filed.received_at, filed.received_at
    from filed, jsonb_array_elements(m -> 'media') with ordinality as media (a, nth)
  ), claim as (
    update uploads set claimed_by = (
      select filed.id from filed, jsonb_array_elements(m -> 'media') a where a ->> 'uploadId' = uploads.id limit 1)
    where uploads.id = any (array(select a ->> 'uploadId' from filed, jsonb_array_elements(m -> 'media') a))
  ), receipt as (
    insert into receipts (id, complaint_id, round, channel, language, content_sha256, issued_at, state, via, updated_at)
    select (m ->> 'receiptId')::uuid, filed.id, 1, m ->> 'channel', m ->> 'language', m ->> 'contentSha256',
           filed.received_at, m ->> 'receiptState', m ->> 'receiptVia', filed.received_at
    from filed
  ), event as (
    insert into complaint_events (id, complaint_id, round, at, event, facts)
    select (m ->> 'eventId')::uuid, filed.id, 1, filed.received_at, 'received', jsonb_build_object('channel', m ->> 'channel')
    from filed
  ), message as (
    insert into outbox_messages (id, topic, key, payload, dedupe_key, complaint_id, created_at, due_at)
    select (o ->> 'id')::uuid, o ->> 'topic', o ->> 'key', o -> 'payload', o ->> 'dedupeKey', filed.id, filed.received_at, filed.received_at
    from filed, jsonb_array_elements(m -> 'outbox') o
  ), ledger as (
    insert into ledger_entries (id, channel, external_id, received_at, outcome, complaint_id, settled_at)
    select (m ->> 'ledgerId')::uuid, m ->> 'channel', m ->> 'externalId', filed.received_at, 'created', filed.id, filed.received_at
    from filed
    on conflict on constraint ledger_entries_channel_external_id_key
      do update set outcome = 'created', complaint_id = excluded.complaint_id, settled_at = excluded.settled_at, reason = null
  )
  select array_agg(filed.id) into fresh from filed;

  return query
    select s.channel, s.external_id, s.complaint_id, r.id, c.reference, s.received_at,
           review.due_on::text, answer.due_on::text, r.content_sha256, not (s.complaint_id = any (coalesce(fresh, '{}')))
    from jsonb_array_elements(batch) m
    -- Each look-up by its index, one member after the other (`limit 1` keeps the planner from joining whole tables, which
    -- it would because it takes every JSON array for a hundred rows).
    cross join lateral (select * from submissions x
      where x.channel = m ->> 'channel' and x.external_id = m ->> 'externalId' limit 1) s
    cross join lateral (select x.reference from complaints x where x.id = s.complaint_id limit 1) c
    cross join lateral (select x.id, x.content_sha256 from receipts x
      where x.complaint_id = s.complaint_id and x.round = s.round limit 1) r
    cross join lateral (select x.due_on from deadlines x
      where x.complaint_id = s.complaint_id and x.round = s.round and x.kind = 'review' limit 1) review
    cross join lateral (select x.due_on from deadlines x
      where x.complaint_id = s.complaint_id and x.round = s.round and x.kind = 'answer' limit 1) answer;
end
$$;
