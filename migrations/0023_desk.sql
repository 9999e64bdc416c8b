-- An answer may be spoken: a recording of the body's, kept and made playable like what citizens send, and never counted as theirs.

alter table media_assets add column of_answer boolean not null default false;
create unique index media_assets_answer on media_assets (complaint_id, round) where of_answer;

-- One name, one text: for a body, a kind of words and a language.
create unique index answer_templates_name on answer_templates
  (coalesce(administration_id, '00000000-0000-0000-0000-000000000000'), act, language, name);

-- The desk's list is read from its indexes alone: what a view or a filter asks of a complaint lies in them.
drop index complaints_due;
drop index complaints_body_due;
create index complaints_due on complaints (due_at, id)
  include (administration_id, assignee_id, channel, kind, language, status, origin, updated_at) where due_at is not null;
create index complaints_body_due on complaints (administration_id, due_at, id)
  include (assignee_id, channel, kind, language, status, origin, updated_at) where due_at is not null;

-- What a body had and handed on is in its history too: the last referral of each such complaint, newest filing first.
alter table referrals add column filed_at timestamptz;
alter table referrals add column handed_on boolean not null default false;

create function set_filed_at() returns trigger
language plpgsql as $$
begin
  new.filed_at := (select received_at from complaints where id = new.complaint_id);
  return new;
end
$$;
create trigger referrals_filed before insert on referrals for each row execute function set_filed_at();

create function mark_handed_on(complaint uuid, present uuid) returns void
language sql
begin atomic
  update referrals r set handed_on = not r.handed_on
  where r.complaint_id = complaint
    and r.handed_on is distinct from (r.administration_id is distinct from present and not exists (
      select from referrals later where later.complaint_id = complaint and later.administration_id = r.administration_id
        and (later.created_at, later.id) > (r.created_at, r.id)));
end;
create function follow_administration() returns trigger
language plpgsql as $$
begin
  perform mark_handed_on(new.id, new.administration_id);
  return null;
end
$$;
create trigger complaints_handed_on after update of administration_id on complaints for each row
  when (old.administration_id is distinct from new.administration_id) execute function follow_administration();

update referrals r set filed_at = c.received_at from complaints c where c.id = r.complaint_id;
select mark_handed_on(c.id, c.administration_id) from complaints c
where exists (select from referrals r where r.complaint_id = c.id and r.administration_id is distinct from c.administration_id);
create index referrals_handed_on on referrals (administration_id, filed_at desc, complaint_id desc) where handed_on;
