-- Month × body × service × kind × channel × region × status, counted with the other sums: what the open data are made of.
create table indicator_grid (
  month date not null,
  administration_id uuid,
  service_id uuid,
  kind text not null,
  channel text not null,
  region text,
  status text not null,
  received integer not null
);
create index indicator_grid_body on indicator_grid (administration_id, month);
create index indicator_grid_month on indicator_grid (month);

-- What was counted before is counted once more.
insert into stale_cells (administration_id, received_at)
select distinct administration_id, month + interval '14 days' from indicator_cells;
