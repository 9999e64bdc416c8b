-- The citizen's draft, uploads on their way, and the counters that keep floods and guessing out.

create table drafts (
  id uuid primary key,
  -- The cookie's token is never stored.
  token_sha256 text not null unique,
  answers jsonb not null default '{}',
  language text not null,
  -- One filing a draft: two tabs, a double click and the back button all meet the same complaint.
  submission_key text not null unique,
  submitted_complaint_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null
);
create index drafts_expiry on drafts (expires_at);

create table uploads (
  id text primary key,
  -- The draft or client the upload belongs to; null for the API, where the unguessable id is the right.
  draft_id uuid references drafts (id) on delete set null,
  client text not null,
  name text not null,
  declared_type text not null,
  declared_bytes bigint not null,
  received_bytes bigint not null default 0,
  sha256 text,
  -- Chosen at declaration, before any byte is there: a move that was killed half-way is found again by it.
  object_key text not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  finished_at timestamptz,
  claimed_by uuid
);
create index uploads_draft on uploads (draft_id);
create index uploads_client on uploads (client) where claimed_by is null;
create index uploads_stuck on uploads (created_at) where finished_at is null;
create index uploads_expiry on uploads (expires_at) where claimed_by is null;

-- With objects in S3, an unfinished upload is a row of objects. Who inserts a start first owns it: no replica can write
-- over another's bytes.
create table upload_segments (
  upload_id text not null references uploads (id) on delete cascade,
  start bigint not null,
  bytes bigint not null,
  object_key text not null unique,
  primary key (upload_id, start)
);

-- Everything that keeps an object alive, in one place. `needed`: the row is broken without its object. The branches have no
-- WHERE, so that the planner can walk their indexes merged; rows without a key have none to be found by.
create view object_references as
  select object_key, 'media_assets' as source, true as needed from media_assets
  union all select object_key, 'renditions', true from renditions
  union all select raw_object, 'submissions', true from submissions
  union all select raw_object, 'quarantine', true from quarantine
  union all select object_key, 'uploads', finished_at is not null and claimed_by is null and expires_at > now() from uploads
  union all select object_key, 'upload_segments', false from upload_segments;

-- Fixed windows in the database, so that every replica counts together.
create table rate_windows (
  bucket text not null,
  window_start timestamptz not null,
  hits integer not null,
  primary key (bucket, window_start)
);

create table code_locks (
  reference text primary key,
  wrong integer not null,
  locked_until timestamptz,
  updated_at timestamptz not null
);

create table used_proofs (
  challenge_sha256 text primary key,
  used_at timestamptz not null
);
