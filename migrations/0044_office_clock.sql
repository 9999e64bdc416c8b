-- A State may change its clock by decree, weeks before it holds (Morocco, 20 September 2026): a database learns of it with its next
-- release, and until then puts what is filed an hour before midnight on another day than the receipt did. So the gateway, which
-- reckons the legal dates, also writes here when its office's clock was set to what; a zone that nobody wrote is asked of the database.
create table office_clocks (
  zone text primary key,
  -- The clock stood at offsets[1] until starts[1], at offsets[2] until starts[2], and so on.
  starts timestamptz[] not null,
  offsets interval[] not null
);

create function local_time(at timestamptz, zone text, starts timestamptz[], offsets interval[]) returns timestamp
language sql immutable
as $$ select coalesce(at at time zone 'UTC' + offsets[width_bucket(at, starts) + 1], at at time zone zone) $$;

-- The facts again (0036). Whoever was merged and sent the complaint again before the other had an answer has no part in it: what
-- answers them is what their own next round gives. The opinion, like the outcome, is that on the last answer and on no other.
drop function complaint_facts(text, date);
create function complaint_facts(zone text, today date) returns table (
  id uuid, reference text, origin text, received_at timestamptz, received_on date, month date, administration_id uuid,
  kind text, channel text, language text, service_id uuid, cause text, place text, kept_region text, status text, round integer,
  ending text, ended_on date, review_outcome text, review_due_on date, reviewed_in_time boolean,
  answer_due_on date, answered_in_time boolean, running_due_on date, renewed_on date, answer_outcome text,
  satisfied boolean, ground text, undirected boolean, transferred boolean, receipt_failed boolean, joined boolean, as_of date)
language sql stable
as $$
  select c.id, c.reference, c.origin, c.received_at,
         local_time(c.received_at, zone, (select k.starts from office_clocks k where k.zone = $1), (select k.offsets from office_clocks k where k.zone = $1))::date,
         date_trunc('month', local_time(c.received_at, zone, (select k.starts from office_clocks k where k.zone = $1), (select k.offsets from office_clocks k where k.zone = $1)))::date,
         c.administration_id,
         c.kind, c.channel, c.language, c.service_id, c.cause, c.place, c.region, c.status, c.round,
         first.ending,
         local_time(first.ended_at, zone, (select k.starts from office_clocks k where k.zone = $1), (select k.offsets from office_clocks k where k.zone = $1))::date,
         r.outcome,
         review.due_on, coalesce(r.reviewed_at, merged.at) < review.due_at,
         answer.due_on, coalesce(r.answered_at, merged.answered_at) < answer.due_at,
         case when c.round > 1 then running.due_on
              when c.due_at = review.due_at then review.due_on
              when c.due_at = answer.due_at then answer.due_on end,
         local_time(again.opened_at, zone, (select k.starts from office_clocks k where k.zone = $1), (select k.offsets from office_clocks k where k.zone = $1))::date,
         case when c.round > 1 and last.answered_at is not null then last.answer_outcome
              when r.answered_at is not null then r.answer_outcome else merged.answer_outcome end,
         case when c.round > 1 and last.answered_at is not null then last.satisfied
              when coalesce(r.answered_at, merged.answered_at) is not null then r.satisfied end,
         case when first.ending = 'refused' then coalesce(c.ground, refusal.facts ->> 'ground') end,
         first.ending = 'refused' and coalesce(c.ground, refusal.facts ->> 'ground') = 'other_authority'
           and refusal.facts ->> 'direction' is null,
         exists (select from referrals t where t.complaint_id = c.id and t.state = 'transferred'),
         exists (select from receipts t where t.complaint_id = c.id and t.state = 'failed'),
         merged.at is not null,
         today
  from complaints c
  left join rounds r on r.complaint_id = c.id and r.number = 1
  left join rounds again on again.complaint_id = c.id and again.number = 2
  left join deadlines review on review.complaint_id = c.id and review.round = 1 and review.kind = 'review'
  left join deadlines answer on answer.complaint_id = c.id and answer.round = 1 and answer.kind = 'answer'
  left join lateral (
    select x.due_on from deadlines x
    where c.round > 1 and x.complaint_id = c.id and x.round = c.round and x.due_at = c.due_at limit 1) running on true
  left join lateral (
    select x.answered_at, x.answer_outcome, x.satisfied from rounds x
    where c.round > 1 and x.complaint_id = c.id and x.answered_at is not null order by x.number desc limit 1) last on true
  left join lateral (
    select e.facts from complaint_events e
    where r.outcome = 'inadmissible' and e.complaint_id = c.id and e.round = 1 and e.event in ('inadmissible', 'outside_scope')
    limit 1) refusal on true
  left join lateral (
    select m.merged_at as at, given.at as answered_at, given.answer_outcome
    from complaint_merges m left join lateral (
      select greatest(x.answered_at, m.merged_at) as at, x.answer_outcome from rounds x
      where x.answered_at is not null
        and (x.complaint_id = c.id
          or x.complaint_id = m.into_id and x.number >= m.into_round and (again.opened_at is null or x.answered_at <= again.opened_at))
      order by x.answered_at limit 1) given on true
    where (c.round > 1 or c.closed_reason = 'merged') and m.complaint_id = c.id and m.round = 1 and m.undone_at is null) merged on true
  cross join lateral (
    select case when coalesce(r.answered_at, merged.answered_at) is not null then 'answered' when r.outcome = 'inadmissible' then 'refused' when merged.at is not null then 'open'
                when r.closed_at is not null then 'withdrawn' else 'open' end as ending,
           case when merged.at is not null then merged.answered_at
                else coalesce(r.answered_at, case when r.outcome = 'inadmissible' then coalesce(r.closed_at, r.reviewed_at) end, r.closed_at)
                end as ended_at) first
$$;

-- Of the formal review: what never reached it, so that its table adds up. Null in what was counted before there was such a measure.
alter table indicator_cells add column review_withdrawn integer, add column review_joined integer, add column review_pending integer;
alter table indicator_sums add column review_withdrawn integer, add column review_joined integer, add column review_pending integer;

-- The next sweep begins a day anew: it writes the clock and counts everything once more.
update indicator_state set as_of = as_of - 1;
insert into stale_cells (administration_id, received_at)
select distinct administration_id, date_trunc('month', received_at) from complaints
union select distinct administration_id, date_trunc('month', received_at) + interval '1 month' - interval '1 second' from complaints;
