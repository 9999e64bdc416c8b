-- The tables that tell people apart by where they are and how they wrote, as they were last published: the next edition is held
-- against it (src/supervision/hold.ts).
create table public_tables (
  code text primary key,
  whole jsonb not null,
  shown jsonb not null
);
