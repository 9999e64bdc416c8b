-- What an official does with a complaint, and the list it is found in.

alter table complaints add column assignee_id uuid references staff_members (id);
alter table complaints add column assigned_at timestamptz;

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

-- The inbox, for the ministry and for one body: the waiting ones by the end of their clock.
create index complaints_due on complaints (due_at, id) where due_at is not null;
create index complaints_body_due on complaints (administration_id, due_at, id) where due_at is not null;
create index complaints_status_due on complaints (status, due_at, id) where due_at is not null;
create index complaints_mine on complaints (assignee_id, due_at, id) where due_at is not null and assignee_id is not null;

alter table answer_drafts enable row level security;
create policy desk_reads on answer_drafts for select using (desk_sees(complaint_id));
-- Colleagues read each other; the ministry reads its own and what the bodies noted.
alter table complaint_notes enable row level security;
create policy desk_reads on complaint_notes for select using (
  desk_sees(complaint_id) and (
    current_setting('wasl.scope', true) = 'everything'
    or administration_id = any (string_to_array(current_setting('wasl.bodies', true), ',')::uuid[])));

-- What the desk's role may read. False: the role is not there, or is not ours to take on.
create function grant_desk_reads() returns boolean
language plpgsql as $$
begin
  if not exists (select from pg_roles where rolname = 'wasl_desk' and pg_has_role(oid, 'member')) then
    return false;
  end if;
  grant usage on schema public to wasl_desk;
  grant select on administrations, services, deadline_policies, holidays, answer_templates,
    complaints, complaint_reads, complaint_notes, answer_drafts, rounds, deadlines, submissions, media_assets, renditions, transcripts,
    receipts, referrals, complaint_events, outbox_messages, mail_messages, outgoing_messages, notices, inbound_events to wasl_desk;
  -- Who handles it, by address; nothing else of a person.
  grant select (id, email) on staff_members to wasl_desk;
  return true;
end
$$;
select grant_desk_reads();
