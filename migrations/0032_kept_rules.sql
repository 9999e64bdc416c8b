-- What is kept for everybody's work has versions: ready words, the calendar's changes, the policy of the legal dates.

-- Ready words are never written over: what was used until when can be read.
alter table answer_templates add column version integer not null default 1;
alter table answer_templates add column written_by text;
alter table answer_templates add column ended_at timestamptz;
drop index answer_templates_name;
create unique index answer_templates_name on answer_templates
  (coalesce(administration_id, '00000000-0000-0000-0000-000000000000'), act, language, name) where ended_at is null;

-- Each change of the calendar with the open rounds whose dates it moved; counted by the relay, told on the calendar's page.
create table calendar_changes (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  deed text not null check (deed in ('closed', 'opened', 'moved', 'filled')),
  -- The day or the year.
  subject text not null,
  moved_rounds integer not null default 0,
  counted_at timestamptz
);
create index calendar_changes_newest on calendar_changes (at desc);

alter table deadline_policies add column added_by text;
alter table deadline_policies add column added_at timestamptz;
