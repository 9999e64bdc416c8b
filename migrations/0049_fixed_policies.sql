-- Rounds are counted by the version of the policy they opened under: a version that was written stays as it was.
create trigger deadline_policies_fixed before update or delete on deadline_policies
  for each row execute function refuse_change();
create trigger deadline_policies_kept before truncate on deadline_policies
  for each statement execute function refuse_change();
