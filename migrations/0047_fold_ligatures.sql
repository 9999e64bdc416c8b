-- Œ and æ are letters to Unicode and two letters to whoever types: "coeur" finds "cœur". The rest of the folding is as it was.
create or replace function fold_text(value text) returns text
language sql immutable parallel safe strict
return regexp_replace(
  translate(
    regexp_replace(
      regexp_replace(replace(replace(lower(normalize(value, NFKD)), U&'\0153', 'oe'), U&'\00E6', 'ae'),
        U&'[\0300-\036F\0610-\061A\0640\064B-\065F\0670\06D6-\06ED]', '', 'g'),
      U&'[\00A0-\00BF\02B0-\02FF\060C\061B\061F\066A-\066D\06D4\2000-\206F\20A0-\20CF\2100-\2BFF\3000-\303F]', ' ', 'g'),
    U&'\0649\0629\0671\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9',
    U&'\064A\0647\062701234567890123456789'),
  U&'(^|\\s)(?:\0648|\0628|\0641|\0643)?\0627\0644(?=\\S{3})', '\1', 'g');

update complaint_words w set words = complaint_vector(c) from complaints c
where c.id = w.complaint_id and (
  concat_ws(' ', c.text, c.place) ~ '[œŒæÆ]'
  or exists (select from transcripts t join media_assets a on a.id = t.asset_id where a.complaint_id = c.id and t.text ~ '[œŒæÆ]')
  or exists (select from complainants p where p.complaint_id = c.id and p.name ~ '[œŒæÆ]'));
