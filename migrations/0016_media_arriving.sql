-- A recording is uploaded while it is being made: how long it will be is said at its end. Until then `declared_bytes` is the
-- most it may become, which is what its client pays for.
alter table uploads add column deferred boolean not null default false;

-- What a filing named that had not arrived when it was sent. It joins the complaint when its upload is whole; the row stays, so
-- that the receipt can say what never came.
create table arriving_media (
  upload_id text primary key,
  complaint_id uuid not null references complaints (id),
  round integer not null,
  name text not null,
  -- Null while the length was not known.
  bytes bigint,
  noted_at timestamptz not null,
  until timestamptz not null,
  arrived_at timestamptz
);
create index arriving_media_complaint on arriving_media (complaint_id);
