-- What the State counts of its complaints: facts of each one, sums of them that are kept current, and nothing about a person.

-- Why people complain, in one list for every body, so that sectors compare (src/core/cause.ts).
alter table complaints add column cause text;

create table regions (
  code text primary key,
  names jsonb not null
);
insert into regions (code, names) values
  ('MA-01', '{"ar": "طنجة تطوان الحسيمة", "fr": "Tanger-Tétouan-Al Hoceïma", "en": "Tanger-Tetouan-Al Hoceima"}'),
  ('MA-02', '{"ar": "الشرق", "fr": "L’Oriental", "en": "Oriental"}'),
  ('MA-03', '{"ar": "فاس مكناس", "fr": "Fès-Meknès", "en": "Fez-Meknes"}'),
  ('MA-04', '{"ar": "الرباط سلا القنيطرة", "fr": "Rabat-Salé-Kénitra", "en": "Rabat-Sale-Kenitra"}'),
  ('MA-05', '{"ar": "بني ملال خنيفرة", "fr": "Béni Mellal-Khénifra", "en": "Beni Mellal-Khenifra"}'),
  ('MA-06', '{"ar": "الدار البيضاء سطات", "fr": "Casablanca-Settat", "en": "Casablanca-Settat"}'),
  ('MA-07', '{"ar": "مراكش آسفي", "fr": "Marrakech-Safi", "en": "Marrakesh-Safi"}'),
  ('MA-08', '{"ar": "درعة تافيلالت", "fr": "Drâa-Tafilalet", "en": "Draa-Tafilalet"}'),
  ('MA-09', '{"ar": "سوس ماسة", "fr": "Souss-Massa", "en": "Souss-Massa"}'),
  ('MA-10', '{"ar": "كلميم واد نون", "fr": "Guelmim-Oued Noun", "en": "Guelmim-Oued Noun"}'),
  ('MA-11', '{"ar": "العيون الساقية الحمراء", "fr": "Laâyoune-Sakia El Hamra", "en": "Laayoune-Sakia El Hamra"}'),
  ('MA-12', '{"ar": "الداخلة وادي الذهب", "fr": "Dakhla-Oued Ed-Dahab", "en": "Dakhla-Oued Ed-Dahab"}');

-- Towns as people write them in the one field that asks where; folded as a search folds them.
create table region_places (
  place text primary key,
  region text not null references regions (code)
);
insert into region_places (place, region)
select distinct on (fold_text(trim(name))) fold_text(trim(name)), region
from (values
  ('MA-01', 'Tanger, Tangier, طنجة, Tétouan, تطوان, Al Hoceima, Al Hoceïma, الحسيمة, Larache, العرائش, Chefchaouen, شفشاون, Ouezzane, وزان'),
  ('MA-02', 'Oujda, وجدة, Nador, الناظور, Berkane, بركان, Taourirt, تاوريرت, Jerada, جرادة, Figuig, فكيك, Guercif, جرسيف, Driouch, الدريوش'),
  ('MA-03', 'Fès, Fez, فاس, Meknès, مكناس, Taza, تازة, Sefrou, صفرو, Ifrane, إفران, Taounate, تاونات, El Hajeb, الحاجب, Boulemane, بولمان'),
  ('MA-04', 'Rabat, الرباط, Salé, سلا, Kénitra, القنيطرة, Témara, تمارة, Khémisset, الخميسات, Sidi Kacem, سيدي قاسم, Sidi Slimane, سيدي سليمان'),
  ('MA-05', 'Béni Mellal, بني ملال, Khénifra, خنيفرة, Khouribga, خريبكة, Azilal, أزيلال, Fquih Ben Salah, الفقيه بن صالح'),
  ('MA-06', 'Casablanca, Casa, الدار البيضاء, كازا, Settat, سطات, Mohammédia, المحمدية, El Jadida, الجديدة, Berrechid, برشيد, Benslimane, بنسليمان'),
  ('MA-07', 'Marrakech, Marrakesh, مراكش, Safi, آسفي, Essaouira, الصويرة, El Kelâa, قلعة السراغنة, Chichaoua, شيشاوة, Youssoufia, اليوسفية'),
  ('MA-08', 'Errachidia, الرشيدية, Ouarzazate, ورزازات, Zagora, زاكورة, Midelt, ميدلت, Tinghir, تنغير'),
  ('MA-09', 'Agadir, أكادير, Taroudant, تارودانت, Inezgane, إنزكان, Tiznit, تزنيت, Tata, طاطا'),
  ('MA-10', 'Guelmim, كلميم, Tan-Tan, Tan Tan, طانطان, Sidi Ifni, سيدي إفني, Assa, آسا'),
  ('MA-11', 'Laâyoune, العيون, Boujdour, بوجدور, Es-Semara, Smara, السمارة, Tarfaya, طرفاية'),
  ('MA-12', 'Dakhla, الداخلة, Aousserd, أوسرد')) as listed (region, towns), unnest(string_to_array(towns, ', ')) as name
order by fold_text(trim(name)), region;

-- The region of a place: the longest run of up to three words that names a town we know. Null: not said, or not known.
create function region_of(place text) returns text
language sql stable
as $$
  with word as (
    select word, nth from regexp_split_to_table(regexp_replace(fold_text($1), '[^[:alnum:]-]+', ' ', 'g'), ' ') with ordinality w (word, nth)
    where word <> ''
  ), run as (
    select string_agg(other.word, ' ' order by other.nth) as words
    from word join generate_series(1, 3) size on true join word other on other.nth >= word.nth and other.nth < word.nth + size
    group by word.nth, size
  )
  select p.region from run join region_places p on p.place = run.words order by length(p.place) desc limit 1
$$;

-- One row a complaint, of what was done with its first pass through the circuit, as of an office day. Everything that is
-- counted is counted from these rows (src/supervision/measures.ts), by the kept sums and by the lists behind them alike.
-- The zone is only good for the day a row belongs to: whether a date was kept is judged by instants.
create function complaint_facts(zone text, today date) returns table (
  id uuid, reference text, origin text, received_at timestamptz, received_on date, month date, administration_id uuid,
  kind text, channel text, language text, service_id uuid, cause text, place text, status text, round integer,
  ending text, ended_on date, review_outcome text, review_due_on date, reviewed_in_time boolean,
  answer_due_on date, answered_in_time boolean, running_due_on date, renewed_on date, answer_outcome text,
  satisfied boolean, ground text, undirected boolean, transferred boolean, receipt_failed boolean, as_of date)
language sql stable
as $$
  select c.id, c.reference, c.origin, c.received_at, (c.received_at at time zone zone)::date,
         date_trunc('month', c.received_at at time zone zone)::date, c.administration_id,
         c.kind, c.channel, c.language, c.service_id, c.cause, c.place, c.status, c.round,
         first.ending, (first.ended_at at time zone zone)::date, r.outcome,
         review.due_on, r.reviewed_at < review.due_at,
         answer.due_on, r.answered_at < answer.due_at, running.due_on, (again.opened_at at time zone zone)::date,
         last.answer_outcome, last.satisfied,
         case when first.ending = 'refused' then coalesce(c.ground, refusal.facts ->> 'ground') end,
         first.ending = 'refused' and coalesce(c.ground, refusal.facts ->> 'ground') = 'other_authority'
           and refusal.facts ->> 'administration' is null,
         exists (select from referrals t where t.complaint_id = c.id and t.state = 'transferred'),
         exists (select from receipts t where t.complaint_id = c.id and t.state = 'failed'),
         today
  from complaints c
  left join rounds r on r.complaint_id = c.id and r.number = 1
  left join rounds again on again.complaint_id = c.id and again.number = 2
  left join deadlines review on review.complaint_id = c.id and review.round = 1 and review.kind = 'review'
  left join deadlines answer on answer.complaint_id = c.id and answer.round = 1 and answer.kind = 'answer'
  left join lateral (
    select x.due_on from deadlines x where x.complaint_id = c.id and x.round = c.round and x.due_at = c.due_at limit 1) running on true
  left join lateral (
    select x.answer_outcome, x.satisfied from rounds x
    where x.complaint_id = c.id and x.answered_at is not null order by x.number desc limit 1) last on true
  left join lateral (
    select e.facts from complaint_events e
    where e.complaint_id = c.id and e.round = 1 and e.event in ('inadmissible', 'outside_scope') limit 1) refusal
    on r.outcome = 'inadmissible'
  cross join lateral (
    select case when r.answered_at is not null then 'answered' when r.outcome = 'inadmissible' then 'refused'
                when r.closed_at is not null then 'withdrawn' else 'open' end as ending,
           coalesce(r.answered_at, case when r.outcome = 'inadmissible' then coalesce(r.closed_at, r.reviewed_at) end, r.closed_at) as ended_at) first
$$;

-- Sums of the facts: month of filing × body × kind × channel × language. A column a measure; the lists of days are what
-- the time to an answer is estimated from.
create table indicator_cells (
  month date not null,
  administration_id uuid,
  kind text not null,
  channel text not null,
  language text not null,
  as_of date not null,
  received integer not null,
  open integer not null,
  overdue integer not null,
  answered integer not null,
  refused integer not null,
  withdrawn integer not null,
  admissible integer not null,
  review_due integer not null,
  review_in_time integer not null,
  due integer not null,
  due_answered integer not null,
  due_in_time integer not null,
  not_due integer not null,
  settled integer not null,
  settled_renewed integer not null,
  renewed integer not null,
  renewed_soon integer not null,
  ended integer not null,
  ended_last_days integer not null,
  refused_undirected integer not null,
  granted integer not null,
  partly_granted integer not null,
  not_granted integer not null,
  explained integer not null,
  rated integer not null,
  satisfied integer not null,
  transferred integer not null,
  receipt_failed integer not null,
  moving integer not null,
  answered_days smallint[] not null,
  waiting_days smallint[] not null,
  withdrawn_days smallint[] not null
);
create unique index indicator_cells_key on indicator_cells (month, administration_id, kind, channel, language) nulls not distinct;
create index indicator_cells_body on indicator_cells (administration_id, month);

-- The same without channel and language: a tenth of the rows, for the questions that ask for neither.
create table indicator_sums (
  month date not null,
  administration_id uuid,
  kind text not null,
  received integer not null,
  open integer not null,
  overdue integer not null,
  answered integer not null,
  refused integer not null,
  withdrawn integer not null,
  admissible integer not null,
  review_due integer not null,
  review_in_time integer not null,
  due integer not null,
  due_answered integer not null,
  due_in_time integer not null,
  not_due integer not null,
  settled integer not null,
  settled_renewed integer not null,
  renewed integer not null,
  renewed_soon integer not null,
  ended integer not null,
  ended_last_days integer not null,
  refused_undirected integer not null,
  granted integer not null,
  partly_granted integer not null,
  not_granted integer not null,
  explained integer not null,
  rated integer not null,
  satisfied integer not null,
  transferred integer not null,
  receipt_failed integer not null,
  moving integer not null
);
create unique index indicator_sums_key on indicator_sums (month, administration_id, kind) nulls not distinct;
create index indicator_sums_body on indicator_sums (administration_id, month);

-- The lists of days of all bodies together, counted.
create table indicator_days (
  month date not null,
  kind text not null,
  day smallint not null,
  answered integer not null,
  waiting integer not null,
  withdrawn integer not null,
  primary key (month, kind, day)
);

-- The same, one dimension at a time, where all of them together would be as many cells as complaints.
create table indicator_breakdowns (
  month date not null,
  administration_id uuid,
  kind text not null,
  dimension text not null check (dimension in ('service', 'cause', 'region', 'ground', 'ended_on')),
  -- Empty: not said.
  value text not null,
  received integer not null,
  due integer not null,
  due_answered integer not null,
  due_in_time integer not null,
  renewed integer not null,
  ended_last_days integer not null
);
create unique index indicator_breakdowns_key on indicator_breakdowns (dimension, month, administration_id, kind, value) nulls not distinct;
create index indicator_breakdowns_body on indicator_breakdowns (administration_id, month);

-- The day the cells speak of. One row.
create table indicator_state (
  id boolean primary key default true check (id),
  as_of date not null,
  refreshed_at timestamptz not null
);

-- What changed since: a line each, without any constraint, so that no two filings wait for each other here. The sweep takes
-- the lines and counts their cells anew (src/supervision/refresh-cells.ts).
create table stale_cells (
  id bigint generated always as identity primary key,
  administration_id uuid,
  received_at timestamptz not null
);

create function note_stale_complaints() returns trigger
language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    insert into stale_cells (administration_id, received_at) select distinct administration_id, received_at from fresh;
  end if;
  if tg_op <> 'INSERT' then
    insert into stale_cells (administration_id, received_at) select distinct administration_id, received_at from gone;
  end if;
  return null;
end
$$;
create trigger complaints_counted after insert on complaints
  referencing new table as fresh for each statement execute function note_stale_complaints();
create trigger complaints_recounted after update on complaints
  referencing new table as fresh old table as gone for each statement execute function note_stale_complaints();
create trigger complaints_uncounted after delete on complaints
  referencing old table as gone for each statement execute function note_stale_complaints();

-- A first round, its dates and its receipt are written with the filing, whose own line covers them.
create function note_stale_parts() returns trigger
language plpgsql as $$
begin
  insert into stale_cells (administration_id, received_at)
  select distinct c.administration_id, c.received_at from fresh join complaints c on c.id = fresh.complaint_id;
  return null;
end
$$;
do $$
declare
  part text;
begin
  foreach part in array array['rounds', 'deadlines', 'receipts', 'referrals'] loop
    execute format('create trigger %I after update on %I referencing new table as fresh for each statement execute function note_stale_parts()',
                   part || '_recounted', part);
  end loop;
end
$$;

-- What is there already is counted at the first sweep.
insert into stale_cells (administration_id, received_at)
select distinct administration_id, date_trunc('month', received_at) from complaints;
insert into stale_cells (administration_id, received_at)
select distinct administration_id, date_trunc('month', received_at) + interval '1 month' - interval '1 second' from complaints;
