-- Telephone: files that lie with a provider until they are fetched, links to send more by, how far a provider's list was read.

-- A complaint is filed at once; what was sent with it joins later. The row is written before the complaint it belongs to is
-- known: the event's line in the ledger leads to it.
create table remote_media (
  id uuid primary key,
  channel text not null,
  external_id text not null,
  url text not null,
  name text not null,
  declared_type text not null,
  -- Its place among the files of the round, where their order means something; null: as they come.
  position integer,
  -- Whether the provider's copy goes once ours is safe (law 09-08: it lies abroad).
  erase boolean not null,
  state text not null default 'waiting' check (state in ('waiting', 'fetched', 'gone', 'unwanted')),
  failure text,
  complaint_id uuid references complaints (id) on delete cascade,
  asset_id uuid references media_assets (id) on delete set null,
  erased_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (channel, external_id, url)
);
create index remote_media_complaint on remote_media (complaint_id);
create index remote_media_open on remote_media (created_at) where state in ('waiting', 'gone');

-- A one-time link by which a person adds files to their record, without an account, for 72 hours. The token is short, because
-- it travels by SMS: only its keyed hash is kept.
create table upload_links (
  id uuid primary key,
  token_mac text not null unique,
  complaint_id uuid not null references complaints (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index upload_links_complaint on upload_links (complaint_id);

-- How far a provider's own list has been compared with the ledger.
create table reconciliations (
  source text primary key,
  until timestamptz not null,
  found integer not null,
  ran_at timestamptz not null
);
