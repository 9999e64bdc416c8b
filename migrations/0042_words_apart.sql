-- The words of each language lie apart, each with an index of its own. A word belongs to one language mostly: asked for among what
-- was filed in another, it is not there at all, and nobody reads half a million numbers to find that none of them is in both lists.
-- The place is the language at filing and never changes; which language a person wants now is a mark (`l=`).
drop function desk_search(tsquery);
alter table complaint_words rename to words_together;
create table complaint_words (
  complaint_id uuid not null references complaints (id) on delete cascade,
  filed_in text not null,
  received_at timestamptz not null,
  words tsvector not null
) partition by list (filed_in);
create table complaint_words_ar partition of complaint_words for values in ('ar');
create table complaint_words_fr partition of complaint_words for values in ('fr');
create table complaint_words_other partition of complaint_words default;

insert into complaint_words (complaint_id, filed_in, received_at, words)
select w.complaint_id, c.language, w.received_at, w.words
from words_together w join complaints c on c.id = w.complaint_id order by w.received_at;
drop function renew_marks(uuid);
drop table words_together;
alter table complaint_words add primary key (complaint_id, filed_in);
create index complaint_words_vector on complaint_words using gin (words) with (gin_pending_list_limit = 256);

create or replace function index_complaint_words() returns trigger
language plpgsql as $$
begin
  insert into complaint_words (complaint_id, filed_in, received_at, words)
  select c.id, c.language, c.received_at, complaint_vector(c) from added join complaints c on c.id = added.id;
  return null;
end
$$;

create function renew_marks(complaint uuid) returns void
language sql
begin atomic
  update complaint_words w set words = ts_filter(w.words, '{d}') || complaint_marks(c) from complaints c
  where c.id = complaint and w.complaint_id = c.id and w.words <> ts_filter(w.words, '{d}') || complaint_marks(c);
end;

create function desk_search(query tsquery) returns table (complaint_id uuid)
language sql stable security definer set search_path = public rows 1000
begin atomic
  select w.complaint_id from complaint_words w where w.words @@ query;
end;
