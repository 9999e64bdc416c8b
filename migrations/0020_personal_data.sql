-- What law 09-08 asks: how long data that names people is kept, what stops its erasure, and that it was erased.

alter table complaints add column erased_at timestamptz;
-- A court or an inspection needs the record: nothing erases it meanwhile.
alter table complaints add column held_at timestamptz;
alter table complaints add column held_by text;
alter table complaints add column hold_reason text;

-- Days after the end of a complaint, per kind.
create table retention_periods (
  kind text primary key check (kind in ('complaint', 'observation', 'suggestion')),
  days integer not null check (days > 0)
);
insert into retention_periods (kind, days) values ('complaint', 1826), ('observation', 731), ('suggestion', 731);

create index complaints_expiring on complaints (kind, updated_at)
  where status = 'closed' and erased_at is null and held_at is null and origin = 'file';
