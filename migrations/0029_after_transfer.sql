-- What a body still sees of a complaint it handed on: everything until it did so, where the file went, and how it stands. Nothing
-- that was written, said or sent after (law 09-08): the next body needs it to answer, this one does not.

-- Until when the reader sees what was written about a complaint: for ever while it is theirs, else until it left their bodies.
-- Null: nothing of it at all.
create function desk_until(wanted uuid) returns timestamptz
language sql stable security definer set search_path = public
return (select case
    when current_setting('wasl.scope', true) = 'everything' or c.administration_id = any (bodies.mine) then 'infinity'::timestamptz
    else (
      select coalesce(
        case when r.state = 'transferred' then r.settled_at end,
        (select min(l.created_at) from referrals l
          where l.complaint_id = wanted and l.created_at > r.created_at and l.administration_id <> all (bodies.mine)),
        'infinity')
      from referrals r where r.complaint_id = wanted and r.administration_id = any (bodies.mine)
      order by r.created_at desc, r.id desc limit 1)
    end
  from complaints c,
    (select string_to_array(current_setting('wasl.bodies', true), ',')::uuid[] as mine) bodies
  where c.id = wanted
    and (c.origin = 'practice') = (coalesce(current_setting('wasl.practice', true), '') = 'on'));

do $$
declare
  part text[];
begin
  foreach part slice 1 in array array[
    ['submissions', 'received_at'], ['mail_messages', 'received_at'], ['media_assets', 'created_at'], ['receipts', 'issued_at'],
    ['outgoing_messages', 'created_at'], ['notices', 'created_at'], ['complaint_events', 'at'], ['referrals', 'created_at'],
    ['answer_drafts', 'written_at'], ['information_requests', 'asked_at']]
  loop
    execute format('alter policy desk_reads on %I using (%I <= desk_until(complaint_id))', part[1], part[2]);
  end loop;
end
$$;
-- The transfer itself makes messages: to the next body and about it. They are not the last one's.
alter policy desk_reads on outbox_messages using (
  created_at < desk_until(complaint_id) or desk_until(complaint_id) = 'infinity');
alter policy desk_reads on transcripts using (
  exists (select from media_assets m where m.id = asset_id and coalesce(confirmed_at, transcripts.created_at) <= desk_until(m.complaint_id)));

-- Rows that a later body goes on writing: how it stands is read from the table, what was written from these views.
create view rounds_seen with (security_barrier) as
select r.complaint_id, r.number, r.opened_at, r.reviewed_at, r.outcome, r.answered_at, r.closed_at,
       case when r.reviewed_at <= seen.until then r.review end as review,
       case when r.answered_at <= seen.until then r.answer end as answer,
       case when seen.until = 'infinity' then r.satisfied end as satisfied
from rounds r cross join lateral (select desk_until(r.complaint_id) as until) seen
where r.opened_at <= seen.until;

create view referrals_seen with (security_barrier) as
select f.id, f.complaint_id, f.round, f.administration_id, f.state, f.created_at, f.delivered_at, f.settled_at,
       case when theirs.own then f.external_reference end as external_reference,
       case when theirs.own then f.ground end as ground,
       case when theirs.own then f.reason end as reason
from referrals f
cross join lateral (select desk_until(f.complaint_id) as until) seen
cross join lateral (select seen.until = 'infinity' or coalesce(f.settled_at, f.accepted_at) <= seen.until as own) theirs
where f.created_at <= seen.until;

-- What the desk's role may read: everything that its wall stands before, and what belongs to no complaint. Of rounds and referrals
-- only how they stand. False: the role is not there, or is not ours to take on.
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
  revoke select on rounds, referrals from wasl_desk;
  grant select (complaint_id, number, opened_at, reviewed_at, outcome, answered_at, closed_at) on rounds to wasl_desk;
  grant select (id, complaint_id, round, administration_id, sequence, state, created_at, delivered_at, settled_at, filed_at, handed_on)
    on referrals to wasl_desk;
  grant select on rounds_seen, referrals_seen to wasl_desk;
  -- Who handles it, by address; nothing else of a person.
  grant select (id, email) on staff_members to wasl_desk;
  return true;
end
$$;
select grant_desk_reads();
