-- What was reminded of, and to whom a missed date was brought: each step once, however many processes sweep.
create table deadline_reminders (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  kind text not null,
  -- before:<days>, manager, ministry
  step text not null,
  created_at timestamptz not null,
  unique (complaint_id, round, kind, step)
);
