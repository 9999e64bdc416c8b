-- An answer may be spoken: a recording of the body's, kept and made playable like what citizens send, and never counted as theirs.

alter table media_assets add column of_answer boolean not null default false;
create unique index media_assets_answer on media_assets (complaint_id, round) where of_answer;

-- One name, one text: for a body, a kind of words and a language.
create unique index answer_templates_name on answer_templates
  (coalesce(administration_id, '00000000-0000-0000-0000-000000000000'), act, language, name);
