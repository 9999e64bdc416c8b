-- Where a complaint came from stays known when the words that said so are erased: a region is nobody's name.
alter table complaints add column region text references regions (code);

-- The facts again, for counting many at once: what only a second round or a refusal needs is looked up for those alone, so that
-- everything else can be joined in one pass. A refusal has a direction where it names who is competent.
-- A merged filing stays one filing. It is answered on the day on which the complaint it was merged into is, and judged by its own
-- legal dates: merging neither hides anybody's waiting nor counts an answer that nobody got.
drop function complaint_facts(text, date);
create function complaint_facts(zone text, today date) returns table (
  id uuid, reference text, origin text, received_at timestamptz, received_on date, month date, administration_id uuid,
  kind text, channel text, language text, service_id uuid, cause text, place text, kept_region text, status text, round integer,
  ending text, ended_on date, review_outcome text, review_due_on date, reviewed_in_time boolean,
  answer_due_on date, answered_in_time boolean, running_due_on date, renewed_on date, answer_outcome text,
  satisfied boolean, ground text, undirected boolean, transferred boolean, receipt_failed boolean, as_of date)
language sql stable
as $$
  select c.id, c.reference, c.origin, c.received_at, (c.received_at at time zone zone)::date,
         date_trunc('month', c.received_at at time zone zone)::date, c.administration_id,
         c.kind, c.channel, c.language, c.service_id, c.cause, c.place, c.region, c.status, c.round,
         first.ending, (first.ended_at at time zone zone)::date, r.outcome,
         review.due_on, coalesce(r.reviewed_at, merged.at) < review.due_at,
         answer.due_on, coalesce(r.answered_at, merged.answered_at) < answer.due_at,
         case when c.round > 1 then running.due_on
              when c.due_at = review.due_at then review.due_on
              when c.due_at = answer.due_at then answer.due_on end,
         (again.opened_at at time zone zone)::date,
         coalesce(case when c.round > 1 then last.answer_outcome when r.answered_at is not null then r.answer_outcome end, merged.answer_outcome),
         coalesce(case when c.round > 1 then last.satisfied when r.answered_at is not null then r.satisfied end,
                  case when merged.answered_at is not null then r.satisfied end),
         case when first.ending = 'refused' then coalesce(c.ground, refusal.facts ->> 'ground') end,
         first.ending = 'refused' and coalesce(c.ground, refusal.facts ->> 'ground') = 'other_authority'
           and refusal.facts ->> 'direction' is null,
         exists (select from referrals t where t.complaint_id = c.id and t.state = 'transferred'),
         exists (select from receipts t where t.complaint_id = c.id and t.state = 'failed'),
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
    select x.answer_outcome, x.satisfied from rounds x
    where c.round > 1 and x.complaint_id = c.id and x.answered_at is not null order by x.number desc limit 1) last on true
  left join lateral (
    select e.facts from complaint_events e
    where r.outcome = 'inadmissible' and e.complaint_id = c.id and e.round = 1 and e.event in ('inadmissible', 'outside_scope')
    limit 1) refusal on true
  left join lateral (
    -- `greatest` passes over nulls: without an answer there is no day of it.
    select m.merged_at as at, case when y.answered_at is not null then greatest(y.answered_at, m.merged_at) end as answered_at, y.answer_outcome
    from complaint_merges m left join lateral (
      select x.answered_at, x.answer_outcome from rounds x
      where x.complaint_id = m.into_id and x.number >= m.into_round and x.answered_at is not null order by x.number limit 1) y on true
    where (c.round > 1 or c.closed_reason = 'merged') and m.complaint_id = c.id and m.round = 1 and m.undone_at is null) merged on true
  cross join lateral (
    select case when coalesce(r.answered_at, merged.answered_at) is not null then 'answered' when r.outcome = 'inadmissible' then 'refused' when merged.at is not null then 'open'
                when r.closed_at is not null then 'withdrawn' else 'open' end as ending,
           case when merged.at is not null then merged.answered_at
                else coalesce(r.answered_at, case when r.outcome = 'inadmissible' then coalesce(r.closed_at, r.reviewed_at) end, r.closed_at)
                end as ended_at) first
$$;
