-- What a body says to a remark of the ministry, where the report itself needs no other word.
alter table report_remarks add column answer text, add column answered_by text;
alter table report_remarks add check ((answer is null) = (answered_by is null));
