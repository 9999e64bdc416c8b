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
