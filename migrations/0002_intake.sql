-- The record: what came in, the complaint made of it, its rounds, its legal dates, its media, its receipt, its history.

create table complaints (
  id uuid primary key,
  reference text not null unique check (reference ~ '^[0-9]{10}$'),
  access_code_hash text not null,
  kind text not null check (kind in ('complaint', 'observation', 'suggestion')),
  status text not null,
  closed_reason text,
  ground text,
  channel text not null,
  language text not null,
  text text not null,
  place text,
  anonymous boolean not null,
  -- What the citizen named and where it is now; the referrals hold the way between.
  named_administration_id uuid references administrations (id),
  administration_id uuid references administrations (id),
  service_id uuid references services (id),
  round integer not null default 1,
  -- The instant the running legal clock ends; null while none runs. The desk's list is sorted by it.
  due_at timestamptz,
  -- 'file' for a real one; 'seed' and 'practice' never count in any number.
  origin text not null default 'file',
  received_at timestamptz not null,
  updated_at timestamptz not null
);
create index complaints_inbox on complaints (administration_id, received_at desc, id desc);
create index complaints_newest on complaints (received_at desc, id desc);

-- Identity apart from the record: a body sees what it needs to answer (law 09-08).
create table complainants (
  complaint_id uuid primary key references complaints (id) on delete cascade,
  name text,
  email text,
  phone text,
  preferred text
);
create index complainants_phone on complainants (phone) where phone is not null;
create index complainants_email on complainants (email) where email is not null;

-- Every event that was understood as something a person sent. (channel, external_id) is its identity.
create table submissions (
  id uuid primary key,
  channel text not null,
  external_id text not null,
  complaint_id uuid not null,
  round integer not null,
  received_at timestamptz not null,
  text text not null,
  language text not null,
  raw_type text not null,
  raw_sha256 text not null,
  raw_bytes bigint not null,
  raw_body bytea,
  raw_object text,
  check (raw_body is not null or raw_object is not null),
  unique (channel, external_id)
);
create index submissions_complaint on submissions (complaint_id, received_at);
create index submissions_object on submissions (raw_object) where raw_object is not null;

-- One line for each event at a door, with the end it met. Sums per channel and day must balance: nothing is swallowed.
create table ledger_entries (
  id uuid primary key,
  channel text not null,
  external_id text not null,
  received_at timestamptz not null,
  outcome text check (outcome in ('created', 'appended', 'ignored', 'quarantined', 'failed')),
  reason text,
  complaint_id uuid,
  settled_at timestamptz,
  unique (channel, external_id)
);
create index ledger_entries_day on ledger_entries (received_at);
create index ledger_entries_open on ledger_entries (received_at) where outcome is null;

-- What could not be read: kept whole, with the reason, where a person sees it.
create table quarantine (
  id uuid primary key,
  channel text not null,
  external_id text not null,
  received_at timestamptz not null,
  reason text not null,
  raw_type text not null,
  raw_sha256 text not null,
  raw_bytes bigint not null,
  raw_body bytea,
  raw_object text,
  resolved_at timestamptz,
  resolution text,
  unique (channel, external_id)
);
create index quarantine_object on quarantine (raw_object) where raw_object is not null;

-- One pass of the circuit. Re-submission opens the next; nothing of an earlier one is overwritten.
create table rounds (
  complaint_id uuid not null references complaints (id) on delete cascade,
  number integer not null,
  opened_at timestamptz not null,
  reviewed_at timestamptz,
  outcome text,
  answered_at timestamptz,
  answer text,
  answered_by uuid references administrations (id),
  -- What the answer gave: core/referral.ts ANSWER_OUTCOMES.
  answer_outcome text,
  satisfied boolean,
  closed_at timestamptz,
  primary key (complaint_id, number)
);

-- Derived from policy and calendar, never typed in. `due_at` is the end of the day `due_on` in the office's zone.
create table deadlines (
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  kind text not null check (kind in ('review', 'answer')),
  due_on date not null,
  due_at timestamptz not null,
  policy_version integer not null references deadline_policies (version),
  met_at timestamptz,
  primary key (complaint_id, round, kind)
);
create index deadlines_running on deadlines (due_at) where met_at is null;

create table media_assets (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null default 1,
  position integer not null,
  name text not null,
  declared_type text not null,
  bytes bigint not null,
  sha256 text not null,
  object_key text not null,
  -- Found by content: audio, video, image, document; null until looked at.
  kind text,
  type text,
  state text not null default 'stored' check (state in ('stored', 'processing', 'ready', 'failed', 'blocked')),
  scan text not null default 'pending' check (scan in ('pending', 'off', 'clean', 'infected')),
  -- Flags such as type_mismatch; steps done, with the time each took.
  flags text[] not null default '{}',
  steps jsonb not null default '{}',
  duration_ms integer,
  width integer,
  height integer,
  peaks jsonb,
  failure text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index media_assets_complaint on media_assets (complaint_id, position);
create index media_assets_object on media_assets (object_key);

create table renditions (
  id uuid primary key,
  asset_id uuid not null references media_assets (id) on delete cascade,
  name text not null,
  type text not null,
  bytes bigint not null,
  sha256 text not null,
  object_key text not null,
  width integer,
  height integer,
  duration_ms integer,
  created_at timestamptz not null,
  unique (asset_id, name)
);
create index renditions_object on renditions (object_key);

create table transcripts (
  asset_id uuid primary key references media_assets (id) on delete cascade,
  text text not null,
  language text,
  source text not null check (source in ('machine', 'person')),
  created_at timestamptz not null,
  confirmed_at timestamptz
);

create table receipts (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  channel text not null,
  language text not null,
  -- SHA-256 over the manifest of what was received (core/receipt.ts); it is what the signature stands for.
  content_sha256 text not null,
  issued_at timestamptz not null,
  state text not null default 'due' check (state in ('due', 'sent', 'delivered', 'failed', 'fallen_back')),
  -- The way it went: inline (the page or answer itself), email, sms…
  via text,
  provider_id text,
  failure text,
  updated_at timestamptz not null,
  unique (complaint_id, round)
);
create index receipts_unsent on receipts (issued_at) where state = 'due';

create table receipt_keys (
  kid text primary key,
  public_key text not null,
  created_at timestamptz not null
);

create table referrals (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  administration_id uuid not null references administrations (id),
  -- Grows with every change, for bodies that pull since a cursor.
  sequence bigserial,
  state text not null default 'queued'
    check (state in ('queued', 'delivered', 'accepted', 'refused', 'transferred', 'answered')),
  external_reference text,
  ground text,
  reason text,
  created_at timestamptz not null,
  delivered_at timestamptz,
  accepted_at timestamptz,
  settled_at timestamptz,
  updated_at timestamptz not null
);
create index referrals_body on referrals (administration_id, sequence);
create index referrals_waiting on referrals (created_at) where state = 'queued';
-- A round is with one administration at a time; after transfers it may come back to one that had it.
create unique index referrals_live on referrals (complaint_id, round) where state <> 'transferred';
create index referrals_complaint on referrals (complaint_id, created_at);

-- What happened, for the citizen's timeline and the staff history.
create table complaint_events (
  id uuid primary key,
  complaint_id uuid not null references complaints (id) on delete cascade,
  round integer not null,
  at timestamptz not null,
  event text not null,
  audience text not null default 'citizen' check (audience in ('citizen', 'staff')),
  actor text,
  facts jsonb not null default '{}'
);
create index complaint_events_timeline on complaint_events (complaint_id, at, id);

-- Who looked at or changed what; chained per tenant so that an edit or a gap shows.
create table audit_entries (
  tenant text not null,
  number bigint not null,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  facts jsonb not null default '{}',
  previous_hash text not null,
  hash text not null,
  primary key (tenant, number)
);
