-- What each complaint was counted as, written in the statement that sums it up: so the list behind a number is made of the very
-- rows that made the number, on that day, and is found without looking at anything else. A column a measure, as in the sums.
create table counted_complaints (
  complaint_id uuid primary key,
  received_at timestamptz not null,
  received_on date not null,
  month date not null,
  administration_id uuid,
  kind text not null,
  channel text not null,
  language text not null,
  service_id uuid,
  cause text,
  region text,
  ground text,
  ended_on date,
  received boolean not null,
  open boolean not null,
  overdue boolean not null,
  answered boolean not null,
  waiting boolean not null,
  refused boolean not null,
  withdrawn boolean not null,
  admissible boolean not null,
  review_withdrawn boolean not null,
  review_joined boolean not null,
  review_pending boolean not null,
  review_due boolean not null,
  review_in_time boolean not null,
  due boolean not null,
  due_answered boolean not null,
  due_in_time boolean not null,
  not_due boolean not null,
  settled boolean not null,
  settled_renewed boolean not null,
  renewed boolean not null,
  renewed_soon boolean not null,
  ended boolean not null,
  ended_last_days boolean not null,
  refused_undirected boolean not null,
  granted boolean not null,
  partly_granted boolean not null,
  not_granted boolean not null,
  explained boolean not null,
  rated boolean not null,
  satisfied boolean not null,
  transferred boolean not null,
  receipt_failed boolean not null,
  moving boolean not null
);
create index counted_complaints_group on counted_complaints (month, administration_id);

-- Who waits for a first answer: until now only their days were kept.
alter table indicator_cells add column waiting integer not null default 0;
alter table indicator_sums add column waiting integer not null default 0;

-- What was counted before is counted once more.
insert into stale_cells (administration_id, received_at)
select distinct administration_id, month + interval '14 days' from indicator_cells;
