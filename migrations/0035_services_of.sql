-- What may be chosen as the service of a complaint: the services of the body that has it and of the bodies above, nearest first.
create function services_of(body uuid) returns table (id uuid, code text, names jsonb, height integer)
language sql stable
as $$
  with recursive line as (
    select a.id, a.parent_id, 0 as height from administrations a where a.id = body
    union all
    select a.id, a.parent_id, line.height + 1 from administrations a join line on a.id = line.parent_id
  )
  select s.id, s.code, s.names, line.height
  from services s join line on line.id = s.administration_id where s.retired_at is null
$$;
