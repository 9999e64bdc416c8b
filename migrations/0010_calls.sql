-- Calls to the hotline: where each is in the tree, every step with what was heard.

create table calls (
  -- The provider's id.
  call_sid text primary key,
  -- E.164; null when the caller withheld it.
  caller text,
  called text,
  -- The number of the last step that was answered, and the state it led to (core/call.ts).
  step integer not null default 0,
  state jsonb not null,
  -- What the caller agreed to, by key or by speaking: text version, language, time (law 09-08).
  consent jsonb,
  -- Of the last filing.
  complaint_id uuid,
  -- The receipt was read out.
  spoken_at timestamptz,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz
);
create index calls_caller on calls (caller, started_at desc) where caller is not null;
create index calls_under_way on calls (started_at) where ended_at is null;
create index calls_complaint on calls (complaint_id) where complaint_id is not null;

-- One request of the provider: a copy of it gets the answer of its first time. A step without a state is being answered.
create table call_steps (
  call_sid text not null references calls (call_sid) on delete cascade,
  step integer not null,
  -- What was heard; a typed access code is never kept.
  event jsonb not null,
  state jsonb,
  claimed_at timestamptz not null,
  primary key (call_sid, step)
);

-- Clips an operator has put in place of synthesis. Each version stays: a past call was answered with it.
create table voice_clips (
  language text not null,
  key text not null,
  version integer not null,
  text text not null,
  type text not null,
  bytes bigint not null,
  sha256 text not null,
  object_key text not null,
  duration_ms integer,
  source text not null check (source in ('human', 'synthetic')),
  put_at timestamptz not null,
  primary key (language, key, version)
);
create index voice_clips_object on voice_clips (object_key);

-- Clips keep their objects alive.
create or replace view object_references as
  select object_key, 'media_assets' as source, true as needed from media_assets
  union all select object_key, 'renditions', true from renditions
  union all select raw_object, 'submissions', true from submissions
  union all select raw_object, 'quarantine', true from quarantine
  union all select object_key, 'uploads', finished_at is not null and claimed_by is null and expires_at > now() from uploads
  union all select object_key, 'upload_segments', false from upload_segments
  union all select raw_object, 'inbound_events', true from inbound_events
  union all select object_key, 'voice_clips', true from voice_clips;
