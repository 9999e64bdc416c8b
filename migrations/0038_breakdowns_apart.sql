-- Six of seven lines tell the days on which complaints ended, which few questions ask for: each dimension lies by itself, so
-- that a page reads no other.
alter table indicator_breakdowns rename to indicator_breakdowns_mixed;
create table indicator_breakdowns (like indicator_breakdowns_mixed including constraints) partition by list (dimension);
do $$
declare
  dimension text;
begin
  foreach dimension in array array['service', 'cause', 'region', 'ground', 'ended_on'] loop
    execute format('create table %I partition of indicator_breakdowns for values in (%L)', 'indicator_breakdowns_' || dimension, dimension);
  end loop;
end
$$;
insert into indicator_breakdowns select * from indicator_breakdowns_mixed;
drop table indicator_breakdowns_mixed;

create unique index indicator_breakdowns_key on indicator_breakdowns (dimension, month, administration_id, kind, value) nulls not distinct;
create index indicator_breakdowns_body on indicator_breakdowns (administration_id, month);
-- Few days saw an ending just before a date: a search for haste begins with those.
create index indicator_breakdowns_haste on indicator_breakdowns_ended_on (month, kind) where ended_last_days > 0;
analyze indicator_breakdowns;
