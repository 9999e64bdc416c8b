-- People who work with complaints, how they sign in, and how they find things.

create table staff_members (
  id uuid primary key,
  email text not null unique,
  role text not null check (role in ('ministry-supervisor', 'triage', 'manager', 'agent', 'auditor')),
  administration_id uuid references administrations (id),
  created_at timestamptz not null,
  disabled_at timestamptz,
  check (role not in ('manager', 'agent') or administration_id is not null)
);

-- One use, a short life, and only the hash is kept.
create table sign_in_links (
  token_sha256 text primary key,
  staff_id uuid not null references staff_members (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table staff_sessions (
  id uuid primary key,
  token_sha256 text not null unique,
  staff_id uuid not null references staff_members (id) on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- The absolute end; the idle end is counted from last_seen_at.
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index staff_sessions_member on staff_sessions (staff_id);

create index complaints_triage on complaints (received_at desc, id desc) where status = 'triage';

-- The way people write is not the way they search: accents, hamza, taa marbuta, vowel signs, the article and the digits
-- of three scripts fall together. NFKD takes the marks off their letters, so one range removes them. The parser takes every
-- sign beyond ASCII for a letter, so the apostrophe of "l’hôpital" and the Arabic comma become spaces first.
create function fold_text(value text) returns text
language sql immutable parallel safe strict
return regexp_replace(
  translate(
    regexp_replace(
      regexp_replace(lower(normalize(value, NFKD)), U&'[\0300-\036F\0610-\061A\0640\064B-\065F\0670\06D6-\06ED]', '', 'g'),
      U&'[\00A0-\00BF\02B0-\02FF\060C\061B\061F\066A-\066D\06D4\2000-\206F\20A0-\20CF\2100-\2BFF\3000-\303F]', ' ', 'g'),
    U&'\0649\0629\0671\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9',
    U&'\064A\0647\062701234567890123456789'),
  U&'(^|\\s)(?:\0648|\0628|\0641|\0643)?\0627\0644(?=\\S{3})', '\1', 'g');

-- The text a complaint is found by, apart from the record so that the narrow rows of the inbox stay narrow.
--
-- Besides the words a vector holds the day, the month and the year of filing (`d20261121`, `m202611`, `y2026`). A search asks
-- for the newest matches of a window first and widens it: the index joins word and window, so neither a frequent nor
-- a rare word makes it walk the whole history (src/staff/search-complaints.ts).
create table complaint_words (
  complaint_id uuid primary key references complaints (id) on delete cascade,
  received_at timestamptz not null,
  words tsvector not null
);

create function complaint_vector(value text, received_at timestamptz) returns tsvector
language sql immutable parallel safe
return to_tsvector('simple', fold_text(value))
  || array_to_tsvector(array[
       'd' || to_char(received_at at time zone 'UTC', 'YYYYMMDD'),
       'm' || to_char(received_at at time zone 'UTC', 'YYYYMM'),
       'y' || to_char(received_at at time zone 'UTC', 'YYYY')]);

create function index_complaint_words() returns trigger
language plpgsql as $$
begin
  insert into complaint_words (complaint_id, received_at, words)
  select id, received_at, complaint_vector(concat_ws(' ', text, place), received_at) from added;
  return null;
end
$$;
create trigger complaints_words after insert on complaints
  referencing new table as added for each statement execute function index_complaint_words();

insert into complaint_words (complaint_id, received_at, words)
select id, received_at, complaint_vector(concat_ws(' ', text, place), received_at) from complaints;
create index complaint_words_vector on complaint_words using gin (words);

-- The audit grows and does nothing else.
create function refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception '% of % is not allowed', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_entries_fixed before update or delete on audit_entries
  for each row execute function refuse_change();
create trigger audit_entries_kept before truncate on audit_entries
  for each statement execute function refuse_change();

-- The failures page: what the pipeline gave up on or the scanner stopped.
create index media_assets_failed on media_assets (updated_at desc, id) where state in ('failed', 'blocked');
