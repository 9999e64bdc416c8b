-- The yearly reports: of each sector, and the synthesis. Numbers come from a frozen snapshot; what is published never changes.

create table reports (
  id uuid primary key,
  kind text not null check (kind in ('sector', 'synthesis')),
  administration_id uuid references administrations (id),
  year integer not null check (year between 2018 and 2100),
  -- A correction of what was published is a new version with its reason.
  version integer not null default 1,
  reason text,
  state text not null default 'draft' check (state in ('draft', 'submitted', 'returned', 'accepted', 'published')),
  -- The cells the numbers were made of, and the tables made of them (src/core/report.ts).
  snapshot jsonb not null,
  tables jsonb not null,
  snapshot_sha256 text not null,
  as_of date not null,
  built_at timestamptz not null,
  built_by text not null,
  submitted_at timestamptz,
  submitted_by text,
  accepted_at timestamptz,
  accepted_by text,
  -- What was accepted, whole and in one piece, with its hash.
  content jsonb,
  content_sha256 text,
  published_at timestamptz,
  published_by text,
  signature text,
  check ((kind = 'sector') = (administration_id is not null)),
  check ((state in ('accepted', 'published')) = (content is not null)),
  check ((state = 'published') = (signature is not null)),
  check (version = 1 or reason is not null)
);
create unique index reports_of_year on reports (kind, administration_id, year, version) nulls not distinct;

-- What people add to the numbers, in both languages of the report.
create table report_commentaries (
  report_id uuid not null references reports (id) on delete cascade,
  section text not null,
  ar text not null default '',
  fr text not null default '',
  written_by text not null,
  written_at timestamptz not null,
  primary key (report_id, section)
);

-- What the ministry asks to be mended, section by section.
create table report_remarks (
  id uuid primary key,
  report_id uuid not null references reports (id) on delete cascade,
  section text not null,
  text text not null,
  actor text not null,
  at timestamptz not null,
  settled_at timestamptz
);
create index report_remarks_report on report_remarks (report_id, at);

-- What a body promised to change. It carries over from report to report until it is done or given up.
create table improvement_measures (
  id uuid primary key,
  administration_id uuid not null references administrations (id),
  cause text not null,
  ar text not null default '',
  fr text not null default '',
  owner text not null,
  due_on date not null,
  state text not null default 'planned' check (state in ('planned', 'under_way', 'adopted', 'dropped')),
  first_year integer not null,
  adopted_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index improvement_measures_body on improvement_measures (administration_id, due_on);

-- The published files, byte for byte.
create table report_files (
  report_id uuid not null references reports (id),
  name text not null,
  type text not null,
  sha256 text not null,
  bytes bytea not null,
  primary key (report_id, name)
);

create function keep_published() returns trigger
language plpgsql as $$
begin
  raise exception 'what is published never changes' using errcode = 'insufficient_privilege';
end
$$;
create trigger report_files_fixed before update or delete on report_files for each row execute function keep_published();
create trigger reports_published before update or delete on reports for each row when (old.state = 'published') execute function keep_published();

create function keep_accepted() returns trigger
language plpgsql as $$
begin
  if new.state not in ('accepted', 'published') or new.content is distinct from old.content or new.tables is distinct from old.tables
     or new.content_sha256 is distinct from old.content_sha256 or new.snapshot is distinct from old.snapshot then
    raise exception 'what is accepted is frozen' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger reports_accepted before update on reports for each row when (old.state = 'accepted') execute function keep_accepted();
