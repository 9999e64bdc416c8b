-- The year of the reports: its dates, who is reminded of them, and builds that take a while.

-- The day a promised change was given up: it is in that year's report and in none after.
alter table improvement_measures add column dropped_on date;

-- The dates the ministry sets for the reports about a year.
create table report_years (
  year integer primary key check (year between 2018 and 2100),
  opens_on date not null,
  due_on date not null,
  synthesis_on date not null,
  -- Days before the due date on which bodies that have not handed in are reminded; 0 the day itself, below that after it.
  remind_days integer[] not null,
  set_by text not null,
  set_at timestamptz not null,
  check (opens_on < due_on and due_on <= synthesis_on)
);

-- What a body was told of a year's report: each step once, however many processes sweep.
create table report_reminders (
  id uuid primary key,
  year integer not null references report_years (year),
  administration_id uuid not null references administrations (id),
  -- open, or the days before the due date
  step text not null,
  created_at timestamptz not null,
  unique (year, administration_id, step)
);

-- A build that was asked for, and how far it has got. The relay does it.
create table report_builds (
  id uuid primary key,
  year integer not null,
  administration_id uuid references administrations (id),
  reason text,
  actor text not null,
  actor_role text not null,
  actor_administration_id uuid references administrations (id),
  state text not null default 'waiting' check (state in ('waiting', 'counting', 'snapshot', 'tables', 'done', 'failed')),
  -- Code of what went wrong (src/core/errors.ts).
  failure text,
  report_id uuid references reports (id),
  asked_at timestamptz not null,
  changed_at timestamptz not null,
  check ((state = 'failed') = (failure is not null)),
  check ((state = 'done') = (report_id is not null))
);
-- Asked twice, it is built once.
create unique index report_builds_running on report_builds (administration_id, year) nulls not distinct where state not in ('done', 'failed');
