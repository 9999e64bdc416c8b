-- A person reads who looked them up: the searches that found their complaint, by its number.
create index audit_entries_found on audit_entries using gin ((facts -> 'found')) where action = 'complaint.found_person';
