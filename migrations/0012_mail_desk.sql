-- What the desk needs of mail: the sender's own words apart from what is quoted, a way out of the quarantine, and what became
-- of the acknowledgment of an addition.

alter table mail_messages add column own_text text not null default '';

-- An addition has no receipt of its own: what it was answered stands here. Null: nothing is owed.
alter table mail_messages add column acknowledgment text
  check (acknowledgment in ('due', 'sent', 'failed', 'withheld'));
alter table mail_messages add column acknowledgment_failure text;

-- A person looked at it: `released` has it judged again whatever kept it here, `dismissed` lays it aside.
alter table quarantine add column resolved_by text;
alter table quarantine add constraint quarantine_resolution_check check (resolution in ('released', 'dismissed'));

-- A notice goes by mail or by telephone; where the one failed, the other carries it.
alter table notices drop constraint notices_state_check;
alter table notices add constraint notices_state_check check (state in ('due', 'sent', 'failed', 'fallen_back'));
alter table notices add column provider_id text;
