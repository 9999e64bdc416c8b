-- Who opened what of one complaint: read by the person it is about, and at each opening.
create index audit_entries_openings on audit_entries (subject, at)
  where action in ('complaint.identity', 'complaint.raw', 'media.original');
