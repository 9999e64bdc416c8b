-- A dashboard reads whole months of these along indexes that hold every column, which PostgreSQL may only do on pages it knows to be
-- swept. With a sixth of the rows replaced by later counts and not yet swept, a page took half as long again at a million complaints.
do $$
declare swept text;
begin
  foreach swept in array array['indicator_sums', 'indicator_cells', 'indicator_days', 'indicator_grid',
    'indicator_breakdowns_cause', 'indicator_breakdowns_ended_on', 'indicator_breakdowns_ground',
    'indicator_breakdowns_region', 'indicator_breakdowns_service'] loop
    execute format('alter table %I set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)', swept);
  end loop;
end $$;
