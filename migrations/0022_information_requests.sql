-- What a complainant was asked, until when it may be answered, and whether the legal clocks stand still meanwhile.

create table information_requests (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  asked_at timestamptz not null,
  -- Last day, and the instant it ends in the zone of the office.
  answer_on date not null,
  answer_at timestamptz not null,
  stops_clock boolean not null,
  -- Days on which they did, once it is over.
  stopped_days integer not null default 0,
  -- The zone in which the days are counted.
  zone text not null,
  -- Answered, run out, or overtaken by an act of the body.
  ended_at timestamptz
);
create unique index information_requests_open on information_requests (complaint_id) where ended_at is null;
create index information_requests_complaint on information_requests (complaint_id, round);
create index information_requests_due on information_requests (answer_at) where ended_at is null;

alter table information_requests enable row level security;
create policy desk_reads on information_requests for select using (desk_sees(complaint_id));

-- The date that runs: the first of the round's that is not met. Its twin is runningDate of src/core/complaint.ts.
create function running_deadline(complaint uuid, present_round integer, status text) returns timestamptz
language sql stable
return (select d.due_at from deadlines d
  where d.complaint_id = complaint and d.round = present_round
    and (d.kind = 'answer' or (awaited_clock(status) = 'review' and d.met_at is null))
    and awaited_clock(status) is not null
  order by d.kind desc limit 1);

create or replace function set_running_clock() returns trigger
language plpgsql as $$
begin
  new.due_at := running_deadline(new.id, new.round, new.status);
  return new;
end
$$;

create or replace function follow_deadline() returns trigger
language plpgsql as $$
begin
  update complaints c set due_at = running_deadline(c.id, c.round, c.status)
  where c.id = new.complaint_id and c.round = new.round and c.due_at is distinct from running_deadline(c.id, c.round, c.status);
  return null;
end
$$;
drop trigger deadlines_moved on deadlines;
create trigger deadlines_moved after update of due_at, met_at on deadlines for each row
  when (old.due_at is distinct from new.due_at or old.met_at is distinct from new.met_at)
  execute function follow_deadline();

-- What the desk's role may read: everything that its wall stands before, and what belongs to no complaint. False: the role is
-- not there, or is not ours to take on.
create or replace function grant_desk_reads() returns boolean
language plpgsql as $$
declare
  walled text;
begin
  if not exists (select from pg_roles where rolname = 'wasl_desk' and pg_has_role(oid, 'member')) then
    return false;
  end if;
  grant usage on schema public to wasl_desk;
  grant select on administrations, services, deadline_policies, holidays, answer_templates, complaint_reads to wasl_desk;
  for walled in select tablename from pg_policies where schemaname = 'public' and policyname = 'desk_reads' loop
    execute format('grant select on %I to wasl_desk', walled);
  end loop;
  -- Who handles it, by address; nothing else of a person.
  grant select (id, email) on staff_members to wasl_desk;
  return true;
end
$$;
select grant_desk_reads();

-- Rules on asking, beside the dates of each version that is silent on them.
update deadline_policies set rules = rules || '{"informationClock": "runs", "informationDays": 15}' where not rules ? 'informationClock';

update complaints set status = status where status = 'information_requested';
