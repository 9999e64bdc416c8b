-- How far each chain of the audit has been anchored: what the newest entry of the chain `anchors` that names it says. Only what
-- moved since is named by the next one.
create table audit_anchored (
  tenant text primary key,
  number bigint not null
);

-- The owner of a table may do everything to it that was not taken from him; the triggers of 0006 stand behind this.
do $$
begin
  execute format('revoke update, delete, truncate on audit_entries from %I, public', current_user);
end
$$;
