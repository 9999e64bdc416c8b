-- How a body joins: it asks, the ministry approves, it sets itself up, learns on practice complaints, proves its connector, goes live.

create table affiliations (
  administration_id uuid primary key references administrations (id),
  contact_name text not null,
  contact_email text not null,
  requested_at timestamptz not null,
  approved_at timestamptz,
  approved_by text,
  refused_at timestamptz,
  refused_by text,
  refusal text,
  -- What the body says of itself on the way.
  no_units boolean not null default false,
  calendar_seen_at timestamptz,
  connector text check (connector in ('console', 'webhook', 'email', 'open311', 'pull')),
  live_at timestamptz,
  live_by text
);
create index affiliations_waiting on affiliations (requested_at) where live_at is null and refused_at is null;

-- Days a body is closed beyond the national holidays. They move no legal date: the law counts on.
create table closing_days (
  administration_id uuid not null references administrations (id),
  day date not null,
  name text not null,
  primary key (administration_id, day)
);

create table conformance_runs (
  id uuid primary key,
  administration_id uuid not null references administrations (id),
  connector text not null,
  connector_id uuid,
  started_at timestamptz not null,
  started_by text not null,
  -- What the probes found, by rule: { ok, detail }.
  probes jsonb not null,
  -- One practice complaint to acknowledge and answer, one to hand to `transfer_to`.
  answer_referral uuid not null references referrals (id),
  transfer_referral uuid not null references referrals (id),
  transfer_to text not null,
  finished_at timestamptz,
  results jsonb,
  passed boolean,
  -- Compact JWS over the results, by the key that signs receipts.
  report text
);
create index conformance_runs_body on conformance_runs (administration_id, started_at desc);

create index complaints_practice on complaints (administration_id) where origin = 'practice';
