-- Bodies, their services, the ways of reaching them, and the tokens of machines and people without a session.

create table administrations (
  id uuid primary key,
  code text not null unique check (code ~ '^[A-Z0-9][A-Z0-9_-]{1,39}$'),
  parent_id uuid references administrations (id),
  names jsonb not null,
  -- Place names and everyday words that point here, as people write them; folded when they are searched.
  territory text,
  keywords text[] not null default '{}',
  -- Set where complaints about this body are outside the law (National Defence): the ground told to the citizen.
  outside_ground text,
  anonymous_allowed boolean not null default true,
  state text not null default 'active' check (state in ('draft', 'active', 'suspended')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index administrations_parent on administrations (parent_id);

create table services (
  id uuid primary key,
  administration_id uuid not null references administrations (id),
  code text not null,
  names jsonb not null,
  keywords text[] not null default '{}',
  -- No longer offered, kept for the complaints that name it.
  retired_at timestamptz,
  unique (administration_id, code)
);

create table connectors (
  id uuid primary key,
  administration_id uuid not null references administrations (id),
  type text not null,
  -- Address and options by type; never a secret.
  settings jsonb not null,
  -- Sealed with SECRET_KEY, newest first; the older one still verifies during a rotation.
  sealed_secrets text[] not null default '{}',
  -- When the newest secret replaced the older one: both sign for a while after it.
  rotated_at timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index connectors_administration on connectors (administration_id);

create table api_tokens (
  id uuid primary key,
  token_sha256 text not null unique,
  role text not null check (role in ('ministry-supervisor', 'triage', 'manager', 'agent', 'auditor', 'body', 'driver')),
  administration_id uuid references administrations (id),
  label text not null default '',
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- Legal clocks: a rule set never changes, a new version is added. domain.md of the law: decree 2-17-265.
create table deadline_policies (
  version integer primary key,
  valid_from timestamptz not null,
  rules jsonb not null
);
insert into deadline_policies (version, valid_from, rules) values (1, '2017-06-23T00:00:00Z',
  '{"reviewDays": 15, "answerDays": 60, "dayKind": "calendar", "rollOver": false, "countFilingDay": false}');

create table holidays (
  day date primary key,
  names jsonb not null,
  movable boolean not null default false
);
