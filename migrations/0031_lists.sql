-- Every list of the desk reads about as much as it shows, whatever is asked for and however rare it is.

-- What a complaint is looked for by beside its words stands in the same index, so that a frequent word and a rare filter meet
-- there and nowhere else: status, channel, kind, language, the body that has it now, each body that ever had it, practice, and
-- the name and number of the person. A sign that no typed word can hold (`=`) keeps marks and words apart; marks have no position.
create function complaint_marks(c complaints) returns tsvector
language sql stable
return array_to_tsvector(array_remove(array[
    'd' || to_char(c.received_at at time zone 'UTC', 'YYYYMMDD'),
    'm' || to_char(c.received_at at time zone 'UTC', 'YYYYMM'),
    's=' || c.status, 'c=' || c.channel, 'k=' || c.kind, 'l=' || c.language, 'a=' || c.administration_id,
    case when c.origin = 'practice' then 'p=' end], null)
  || array(select distinct 'b=' || r.administration_id from referrals r where r.complaint_id = c.id)
  || array(select 't=' || p.phone from complainants p where p.complaint_id = c.id and p.phone is not null)
  || array(select 'n=' || part from complainants p, unnest(tsvector_to_array(to_tsvector('simple', fold_text(p.name)))) part
           where p.complaint_id = c.id));

create function complaint_vector(c complaints) returns tsvector
language sql stable
return to_tsvector('simple', fold_text(concat_ws(' ', c.text, c.place, (
    select string_agg(t.text, ' ') from transcripts t join media_assets a on a.id = t.asset_id where a.complaint_id = c.id))))
  || complaint_marks(c);

create or replace function index_complaint_words() returns trigger
language plpgsql as $$
begin
  insert into complaint_words (complaint_id, received_at, words)
  select c.id, c.received_at, complaint_vector(c) from added join complaints c on c.id = added.id;
  return null;
end
$$;

-- Words are kept (they have positions), marks are made anew; a filing, which writes everything at once, finds nothing to change.
create function renew_marks(complaint uuid) returns void
language sql
begin atomic
  update complaint_words w set words = ts_filter(w.words, '{d}') || complaint_marks(c) from complaints c
  where c.id = complaint and w.complaint_id = c.id and w.words <> ts_filter(w.words, '{d}') || complaint_marks(c);
end;

-- What changed while the words waited for the row is seen by the second statement.
create or replace function index_transcript() returns trigger
language plpgsql as $$
declare
  complaint uuid := (select complaint_id from media_assets where id = new.asset_id);
begin
  update complaint_words w set words = complaint_vector(c) from complaints c where c.id = complaint and w.complaint_id = c.id;
  perform renew_marks(complaint);
  return null;
end
$$;

create function follow_marks() returns trigger
language plpgsql as $$
begin
  if tg_table_name = 'complaints' then perform renew_marks(new.id);
  elsif tg_op = 'DELETE' then perform renew_marks(old.complaint_id);
  else perform renew_marks(new.complaint_id);
  end if;
  return null;
end
$$;
create trigger complaints_marks after update of status, administration_id, kind, channel, language, origin on complaints for each row
  when ((old.status, old.administration_id, old.kind, old.channel, old.language, old.origin)
    is distinct from (new.status, new.administration_id, new.kind, new.channel, new.language, new.origin))
  execute function follow_marks();
create trigger referrals_marks after insert on referrals for each row execute function follow_marks();
create trigger complainants_marks after insert or delete or update of name, phone on complainants for each row
  execute function follow_marks();

-- The index is built anew over all of it. Its list of what is not sorted in yet is read by every search: it stays short.
drop index complaint_words_vector;
update complaint_words w set words = complaint_vector(c) from complaints c where c.id = w.complaint_id;
create index complaint_words_vector on complaint_words using gin (words) with (gin_pending_list_limit = 256);
drop function complaint_vector(text, timestamptz);

-- What is searched, as words (no prefix) or as marks, all of which must be there. Null where nothing is left to look for.
create function words_query(value text, prefix text) returns tsquery
language sql immutable parallel safe
return (select string_agg(quote_literal(replace(prefix || part, '\', '')), ' & ')::tsquery
  from unnest(tsvector_to_array(to_tsvector('simple', fold_text(value)))) part);
drop function desk_search_people(tsquery, text);
drop index complainants_name;

-- The waiting ones in lanes: all that are alike in what the list filters by, by the end of their clock. There are some hundred
-- lanes however many complaints there are; a list walks those it asks for, each as far as one page needs (src/staff/inbox.ts).
drop index complaints_status_due;
create index complaints_lanes on complaints (status, channel, language, kind, (assignee_id is null), due_at, id)
  include (administration_id, assignee_id, origin, updated_at) where due_at is not null;
