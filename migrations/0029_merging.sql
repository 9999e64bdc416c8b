-- A person finds that one complaint says what another says: it is closed as merged, and has part in what the other is answered.
-- Nothing of it is overwritten, so that it can be taken apart again.

create table complaint_merges (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  -- The complaint that goes on, in the round it was in.
  into_id uuid not null references complaints (id) on delete cascade,
  into_round integer not null,
  merged_at timestamptz not null,
  merged_by text not null,
  -- Where it stood, for taking it apart.
  status_before text not null,
  undone_at timestamptz,
  undone_by text
);
create unique index complaint_merges_present on complaint_merges (complaint_id, round) where undone_at is null;
create index complaint_merges_into on complaint_merges (into_id) where undone_at is null;

-- Whoever answers is to know that others read it too, though their complaints may lie behind the wall.
alter table complaint_merges enable row level security;
create policy desk_reads on complaint_merges for select using (
  merged_at <= desk_until(complaint_id) or desk_until(into_id) = 'infinity');
select grant_desk_reads();

-- What each complainant was answered in each round: their own complaint, or the one that it was merged into.
create view given_answers as
select r.complaint_id, r.number as round, r.answer, r.answered_at, r.answer_outcome, r.complaint_id as from_id, r.number as from_round
from rounds r where r.answer is not null
union all
select m.complaint_id, m.round, y.answer, greatest(y.answered_at, m.merged_at), y.answer_outcome, y.complaint_id, y.number
from complaint_merges m
cross join lateral (
  select * from rounds y where y.complaint_id = m.into_id and y.number >= m.into_round and y.answer is not null
  order by y.number desc limit 1) y
where m.undone_at is null;

-- Whether both were sent from one address, which their sender has proved by sending: then one number may be told to the other.
create function same_sender(one uuid, other uuid) returns boolean
language sql stable
return exists (
  select from complaints c join complaints d on d.id = other
  join complainants p on p.complaint_id = c.id join complainants q on q.complaint_id = d.id
  where c.id = one and (
    (c.channel = 'email' and d.channel = 'email' and p.email = q.email)
    or (c.channel in ('sms', 'whatsapp') and d.channel in ('sms', 'whatsapp') and p.phone = q.phone)));

-- A merged filing stays one filing. It is answered on the day on which the complaint it was merged into is, and judged by its own
-- legal dates: merging neither hides anybody's waiting nor counts an answer that nobody got.
create or replace function complaint_facts(zone text, today date) returns table (
  id uuid, reference text, origin text, received_at timestamptz, received_on date, month date, administration_id uuid,
  kind text, channel text, language text, service_id uuid, cause text, place text, status text, round integer,
  ending text, ended_on date, review_outcome text, review_due_on date, reviewed_in_time boolean,
  answer_due_on date, answered_in_time boolean, running_due_on date, renewed_on date, answer_outcome text,
  satisfied boolean, ground text, undirected boolean, transferred boolean, receipt_failed boolean, as_of date)
language sql stable
as $$
  select c.id, c.reference, c.origin, c.received_at, (c.received_at at time zone zone)::date,
         date_trunc('month', c.received_at at time zone zone)::date, c.administration_id,
         c.kind, c.channel, c.language, c.service_id, c.cause, c.place, c.status, c.round,
         first.ending, (first.ended_at at time zone zone)::date, r.outcome,
         review.due_on, coalesce(r.reviewed_at, merged.at) < review.due_at,
         answer.due_on, coalesce(r.answered_at, merged.answered_at) < answer.due_at, running.due_on,
         (again.opened_at at time zone zone)::date,
         coalesce(last.answer_outcome, merged.answer_outcome),
         coalesce(last.satisfied, case when merged.answered_at is not null then r.satisfied end),
         case when first.ending = 'refused' then coalesce(c.ground, refusal.facts ->> 'ground') end,
         first.ending = 'refused' and coalesce(c.ground, refusal.facts ->> 'ground') = 'other_authority'
           and refusal.facts ->> 'administration' is null,
         exists (select from referrals t where t.complaint_id = c.id and t.state = 'transferred'),
         exists (select from receipts t where t.complaint_id = c.id and t.state = 'failed'),
         today
  from complaints c
  left join rounds r on r.complaint_id = c.id and r.number = 1
  left join rounds again on again.complaint_id = c.id and again.number = 2
  left join deadlines review on review.complaint_id = c.id and review.round = 1 and review.kind = 'review'
  left join deadlines answer on answer.complaint_id = c.id and answer.round = 1 and answer.kind = 'answer'
  left join lateral (
    select x.due_on from deadlines x where x.complaint_id = c.id and x.round = c.round and x.due_at = c.due_at limit 1) running on true
  left join lateral (
    select x.answer_outcome, x.satisfied from rounds x
    where x.complaint_id = c.id and x.answered_at is not null order by x.number desc limit 1) last on true
  left join lateral (
    select e.facts from complaint_events e
    where e.complaint_id = c.id and e.round = 1 and e.event in ('inadmissible', 'outside_scope') limit 1) refusal
    on r.outcome = 'inadmissible'
  left join lateral (
    -- `greatest` passes over nulls: without an answer there is no day of it.
    select m.merged_at as at, case when y.answered_at is not null then greatest(y.answered_at, m.merged_at) end as answered_at, y.answer_outcome
    from complaint_merges m left join lateral (
      select x.answered_at, x.answer_outcome from rounds x
      where x.complaint_id = m.into_id and x.number >= m.into_round and x.answered_at is not null order by x.number limit 1) y on true
    where m.complaint_id = c.id and m.round = 1 and m.undone_at is null) merged on true
  cross join lateral (
    select case when coalesce(r.answered_at, merged.answered_at) is not null then 'answered'
                when r.outcome = 'inadmissible' then 'refused' when merged.at is not null then 'open'
                when r.closed_at is not null then 'withdrawn' else 'open' end as ending,
           case when merged.at is not null then merged.answered_at
                else coalesce(r.answered_at, case when r.outcome = 'inadmissible' then coalesce(r.closed_at, r.reviewed_at) end, r.closed_at)
                end as ended_at) first
$$;
