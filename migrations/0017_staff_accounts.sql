-- People who work with complaints: a password and a second factor instead of a link each time, and a second wall between bodies.

alter table staff_members drop constraint staff_members_role_check;
alter table staff_members add constraint staff_members_role_check
  check (role in ('ministry-supervisor', 'triage', 'manager', 'agent', 'trainee', 'auditor', 'clerk'));
alter table staff_members drop constraint staff_members_check;
alter table staff_members add constraint staff_members_body_check
  check (role not in ('manager', 'agent', 'trainee', 'clerk') or administration_id is not null);
alter table api_tokens drop constraint api_tokens_role_check;
alter table api_tokens add constraint api_tokens_role_check
  check (role in ('ministry-supervisor', 'triage', 'manager', 'agent', 'trainee', 'auditor', 'clerk', 'body', 'driver'));

-- argon2id in the PHC form; the authenticator's secret sealed with SECRET_KEY.
alter table staff_members add column password_hash text;
alter table staff_members add column totp_sealed text;
-- The last half minute whose digits were used: the same digits open nothing twice.
alter table staff_members add column totp_step bigint;
-- Null until the person has chosen a password and proved the second factor.
alter table staff_members add column enrolled_at timestamptz;
-- Single keys that act on the pages (WCAG 2.1.4): each person may switch them off.
alter table staff_members add column shortcuts boolean not null default true;

-- Ten of them, each opens one session when the telephone is lost.
create table recovery_codes (
  staff_id uuid not null references staff_members (id) on delete cascade,
  code_mac text not null,
  used_at timestamptz,
  primary key (staff_id, code_mac)
);

-- What a link leads to: choosing password and second factor, or straight to the desk (a gateway to try things on).
alter table sign_in_links add column purpose text not null default 'enrolment' check (purpose in ('enrolment', 'session'));
-- A person who came by an invitation may do one thing: enrol. Until that is done the new authenticator's secret waits here.
alter table staff_sessions add column stage text not null default 'full' check (stage in ('enrolment', 'full'));
alter table staff_sessions add column totp_sealed text;
alter table staff_sessions add column agent text not null default '';

-- The second wall (the first is the conditions of src/staff). What a person at the desk reads is read as this role, which can
-- change nothing and sees what `wasl.scope` names: everything, or what was referred to `wasl.bodies`. A query that forgets its
-- condition then shows too little instead of another body's complaints. Nothing set: nothing seen.
do $$
begin
  if not exists (select from pg_roles where rolname = 'wasl_desk') then
    create role wasl_desk nologin;
  end if;
  if not pg_has_role(current_user, 'wasl_desk', 'member') then
    execute format('grant wasl_desk to %I', current_user);
  end if;
exception
  -- Two databases of one server that migrate at once.
  when duplicate_object or unique_violation then null;
  -- A server where we may not create roles: the first wall stands alone until an administrator makes the role, and `wasl doctor`
  -- and every start say how.
  when insufficient_privilege then null;
end
$$;

create function desk_sees(wanted uuid) returns boolean
language sql stable security definer set search_path = public
return exists (
  select from complaints c
  where c.id = wanted
    -- Practice complaints are for those who learn, and for nobody else.
    and (c.origin = 'practice') = (coalesce(current_setting('wasl.practice', true), '') = 'on')
    and (current_setting('wasl.scope', true) = 'everything' or exists (
      select from referrals r
      where r.complaint_id = wanted and r.administration_id = any (string_to_array(current_setting('wasl.bodies', true), ',')::uuid[]))));

-- The index of words has no wall of its own and is not open to the role: only numbers of hits come out of it, and each has to
-- pass the wall of its complaint.
create function desk_search(query tsquery) returns table (complaint_id uuid)
language sql stable security definer set search_path = public rows 1000
begin atomic
  select w.complaint_id from complaint_words w where w.words @@ query;
end;

alter table complaints enable row level security;
-- The first branches are `desk_sees` without its look-ups, for the lists of the ministry and of the body that has it now (which
-- it was referred to); what a body had once is looked up.
create policy desk_reads on complaints for select using (
  (origin = 'practice') = ((select coalesce(current_setting('wasl.practice', true), '')) = 'on')
  and case when (select current_setting('wasl.scope', true)) = 'everything' then true
           when administration_id = any ((select string_to_array(current_setting('wasl.bodies', true), ',')::uuid[])::uuid[]) then true
           else desk_sees(id) end);

-- What hangs on a complaint is seen with it.
do $$
declare
  part text;
begin
  foreach part in array array['rounds', 'deadlines', 'submissions', 'media_assets', 'receipts', 'referrals',
                              'complaint_events', 'outbox_messages', 'mail_messages', 'outgoing_messages', 'notices'] loop
    execute format('alter table %I enable row level security', part);
    execute format('create policy desk_reads on %I for select using (desk_sees(complaint_id))', part);
  end loop;
end
$$;

alter table renditions enable row level security;
create policy desk_reads on renditions for select using (exists (select from media_assets m where m.id = asset_id));
alter table transcripts enable row level security;
create policy desk_reads on transcripts for select using (exists (select from media_assets m where m.id = asset_id));
-- Events stand apart from complaints; those that became a mail of one are shown with it.
alter table inbound_events enable row level security;
create policy desk_reads on inbound_events for select using (exists (select from mail_messages m where m.event_id = inbound_events.id));
