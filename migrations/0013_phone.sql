-- A legal date that passed unmet: when it was noticed, and with that told to the citizen and the body. Set once, whoever sweeps.
alter table deadlines add column missed_at timestamptz;
create index deadlines_unnoticed on deadlines (due_at) where met_at is null and missed_at is null;

-- A network that names nothing (SMPP) may bring a message again until it has our answer. Set once the answer has surely
-- arrived: the same words after that are a new message.
alter table inbound_events add column answered_at timestamptz;
