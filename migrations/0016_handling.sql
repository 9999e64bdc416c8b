-- What an official does with a complaint, and the list it is found in.

alter table complaints add column assignee_id uuid references staff_members (id);
alter table complaints add column assigned_at timestamptz;
-- The instant the running legal clock ends; null while none runs. The inbox is sorted by it.
alter table complaints add column due_at timestamptz;

-- Who made the formal review, by which checks, and who wrote and who let pass the answer (`staff:<id>`, `token:<id>`).
alter table rounds add column reviewed_by text;
alter table rounds add column review jsonb;
alter table rounds add column written_by text;
alter table rounds add column approved_by text;

-- Whether an answer of this body waits for a second person.
alter table administrations add column approves_answers boolean not null default false;

-- An answer that waits for approval, or came back with a remark.
create table answer_drafts (
  complaint_id uuid primary key references complaints (id) on delete cascade,
  round integer not null,
  text text not null,
  outcome text,
  written_by text not null,
  written_at timestamptz not null,
  remark text,
  returned_by text
);

-- Between colleagues of one body (null: of the ministry): never a part of anything that is sent.
create table complaint_notes (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  administration_id uuid references administrations (id),
  round integer not null,
  at timestamptz not null,
  actor text not null,
  text text not null
);
create index complaint_notes_complaint on complaint_notes (complaint_id, at);

create table answer_templates (
  id uuid primary key,
  administration_id uuid references administrations (id),
  service_id uuid references services (id),
  -- What it is for: answer, question, refusal, interim.
  act text not null check (act in ('answer', 'question', 'refusal', 'interim')),
  language text not null,
  name text not null,
  text text not null,
  created_at timestamptz not null
);
create index answer_templates_body on answer_templates (administration_id);

create table saved_filters (
  id uuid primary key,
  staff_id uuid not null references staff_members (id) on delete cascade,
  name text not null,
  query text not null,
  created_at timestamptz not null,
  unique (staff_id, name)
);

-- When a person last had a complaint open: what is unread, and who else looks at it now.
create table complaint_reads (
  staff_id uuid not null references staff_members (id) on delete cascade,
  complaint_id uuid not null references complaints (id) on delete cascade,
  read_at timestamptz not null,
  primary key (staff_id, complaint_id)
);
create index complaint_reads_complaint on complaint_reads (complaint_id, read_at);
grant select on complaint_reads to wasl_desk;

-- A complaint is found by what was said in its recordings too.
create function index_transcript() returns trigger
language plpgsql as $$
begin
  update complaint_words w
  set words = complaint_vector(concat_ws(' ', c.text, c.place, (
    select string_agg(t.text, ' ') from transcripts t join media_assets a on a.id = t.asset_id where a.complaint_id = c.id)), c.received_at)
  from complaints c
  where c.id = w.complaint_id and c.id = (select complaint_id from media_assets where id = new.asset_id);
  return null;
end
$$;
create trigger transcripts_words after insert or update of text on transcripts
  for each row execute function index_transcript();

-- And, by those who may open the identity, by the name or number of who sent it. Only numbers of hits come out.
create index complainants_name on complainants using gin (to_tsvector('simple', fold_text(name)));
create function desk_search_people(query tsquery, number text) returns table (complaint_id uuid)
language sql stable security definer set search_path = public rows 100
begin atomic
  select p.complaint_id from complainants p where to_tsvector('simple', fold_text(p.name)) @@ query
  union
  select p.complaint_id from complainants p where p.phone = number;
end;

-- What the policy says beside its dates, as data beside them (src/core/handling-rules.ts).
update deadline_policies set rules = rules || '{"silentClosureDays": 30, "reviewSilence": "escalate", "reminderDays": [5, 2], "escalationDays": [0, 5]}'
where not rules ? 'silentClosureDays';

-- Which legal date a status waits for; its twin is STATUSES of src/core/complaint.ts, and a test holds the two together.
create function awaited_clock(status text) returns text
language sql immutable parallel safe
return case
  when status in ('received', 'triage', 'formal_review', 'information_requested') then 'review'
  when status in ('admissible', 'in_progress', 'answer_in_approval') then 'answer' end;

create function set_running_clock() returns trigger
language plpgsql as $$
begin
  new.due_at := (select d.due_at from deadlines d
    where d.complaint_id = new.id and d.round = new.round and d.kind = awaited_clock(new.status));
  return new;
end
$$;
create trigger complaints_running_clock before update of status, round on complaints
  for each row execute function set_running_clock();

-- A filing's deadlines are written in the statement of the filing itself, a new round's and a changed calendar's after it.
create function follow_deadline() returns trigger
language plpgsql as $$
begin
  update complaints c set due_at = new.due_at
  where c.id = new.complaint_id and c.round = new.round and new.kind = awaited_clock(c.status) and c.due_at is distinct from new.due_at;
  return null;
end
$$;
create trigger deadlines_moved after update of due_at on deadlines for each row execute function follow_deadline();
create trigger deadlines_of_round after insert on deadlines for each row
  when (new.round > 1) execute function follow_deadline();

update complaints set status = status;

-- The inbox, for the ministry and for one body: the waiting ones by the end of their clock.
create index complaints_due on complaints (due_at, id) where due_at is not null;
create index complaints_body_due on complaints (administration_id, due_at, id) where due_at is not null;
create index complaints_status_due on complaints (status, due_at, id) where due_at is not null;
create index complaints_mine on complaints (assignee_id, due_at, id) where due_at is not null and assignee_id is not null;

alter table answer_drafts enable row level security;
create policy desk_reads on answer_drafts for select to wasl_desk using (desk_sees(complaint_id));
-- Colleagues read each other; the ministry reads its own and what the bodies noted.
alter table complaint_notes enable row level security;
create policy desk_reads on complaint_notes for select to wasl_desk using (
  desk_sees(complaint_id) and (
    current_setting('wasl.scope', true) = 'everything'
    or administration_id = any (string_to_array(current_setting('wasl.bodies', true), ',')::uuid[])));
grant select on answer_drafts, complaint_notes, answer_templates to wasl_desk;
-- Who handles it, by address; nothing else of a person.
grant select (id, email) on staff_members to wasl_desk;

-- Acceptance as in 0005, with the running clock written along: a filing waits for its review.
create or replace function accept_submissions(batch jsonb)
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
