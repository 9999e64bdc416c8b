import type { Sql } from '../db/client.ts'

/** Whose data is meant, as it stands in the tables. Addresses are empty when one complaint is meant and not a person. */
export interface Person {
  readonly complaintIds: readonly string[]
  /** E.164. */
  readonly phones: readonly string[]
  readonly emails: readonly string[]
}

type Condition = ReturnType<Sql>

/**
 * What one table holds about a person: which of its rows, the columns that name objects of the store, and what an erasure
 * does: the row goes, or only what tells of the person (column → SQL expression) where the rest is needed without the person:
 * the record that a complaint was there and how it was handled counts in the reports (law 09-08 leaves what names nobody).
 */
export interface Holding {
  readonly rows: (sql: Sql, person: Person) => Condition
  readonly objects?: readonly string[]
  readonly erase: 'row' | Readonly<Record<string, string>>
  /** With `erase` by columns: those that stay. A new column is in neither and fails the test. */
  readonly keep?: readonly string[]
}

const ids = (sql: Sql, { complaintIds }: Person) => sql`${complaintIds as string[]}::uuid[]`
const senders = (sql: Sql, { phones, emails }: Person) => sql`${[...phones, ...emails]}::text[]`

const ofComplaint = (sql: Sql, person: Person): Condition => sql`complaint_id = any(${ids(sql, person)})`

const ofAsset = (sql: Sql, person: Person): Condition =>
  sql`asset_id in (select id from media_assets where ${ofComplaint(sql, person)})`

const ofCall = (sql: Sql, person: Person): Condition =>
  sql`(caller = any(${senders(sql, person)}) or ${ofComplaint(sql, person)})`

const ofMessage = (sql: Sql, person: Person): Condition =>
  sql`(recipient = any(${senders(sql, person)}) or complaint_id = any(${ids(sql, person)}))`

/**
 * Events that became part of a complaint, or came from an address of the person and did not, or tell what became of a
 * message to the person (their sender is that message).
 */
const ofEvent = (sql: Sql, person: Person): Condition => sql`(channel, external_id) in (
  select channel, external_id from ledger_entries where complaint_id = any(${ids(sql, person)})
  union select channel, external_id from inbound_events where sender = any(${senders(sql, person)})
  union select channel, external_id from inbound_events where sender in (
    select id::text from outgoing_messages where ${ofMessage(sql, person)}
    union select provider_id from outgoing_messages where ${ofMessage(sql, person)}))`

/** Work of the outbox. Events of one sender and messages to one recipient keep their order, so their keys name the person. */
const ofWork = (sql: Sql, person: Person): Condition => sql`(${ofComplaint(sql, person)}
  or split_part(key, ':', 2) = any(${senders(sql, person)})
  or (topic = 'inbound.judge' and (payload ->> 'eventId')::uuid in (
    select id from inbound_events where ${ofEvent(sql, person)})))`

/** A damaged file of the spool is known by what it contains. Forms write a number without its plus. */
const inBytes = (sql: Sql, { phones, emails }: Person): Condition => sql`(channel = 'spool' and exists (
  select from unnest(${[...phones.map((phone) => phone.slice(1)), ...emails]}::text[]) address
  where position(convert_to(address, 'UTF8') in raw_body) > 0))`

/** Facts that are codes and numbers; everything else in the history is somebody's words. That a refusal named who is competent stays known, not the name. */
const FACTS = `(select coalesce(jsonb_object_agg(key, case key when 'direction' then '""' else value end), '{}') from jsonb_each(facts)
  where key in ('channel', 'administration', 'from', 'to', 'ground', 'direction', 'outcome', 'kind', 'round', 'due_on', 'service', 'cause'))`

/** Every table that holds something of the people who write to us, children before what they hang on. */
export const HOLDINGS: Readonly<Record<string, Holding>> = {
  renditions: {
    rows: ofAsset,
    objects: ['object_key'],
    erase: 'row',
  },
  transcripts: { rows: ofAsset, erase: 'row' },
  media_assets: { rows: ofComplaint, objects: ['object_key'], erase: 'row' },
  // The row itself stays until the provider has deleted its copy: it is what has that done.
  remote_media: {
    rows: ofComplaint,
    erase: { name: "''", erase: 'true' },
    keep: [
      'id channel external_id url declared_type position state failure complaint_id asset_id',
      'erased_at created_at updated_at',
    ],
  },
  arriving_media: { rows: ofComplaint, erase: 'row' },
  upload_segments: {
    rows: (sql, person) =>
      sql`upload_id in (select id from uploads where claimed_by = any(${ids(sql, person)}))`,
    objects: ['object_key'],
    erase: 'row',
  },
  uploads: {
    rows: (sql, person) => sql`claimed_by = any(${ids(sql, person)})`,
    objects: ['object_key'],
    erase: 'row',
  },
  upload_links: { rows: ofComplaint, erase: 'row' },
  drafts: {
    rows: (sql, person) => sql`submitted_complaint_id = any(${ids(sql, person)})
      or submission_key in (select external_id from submissions where complaint_id = any(${ids(sql, person)}))`,
    erase: 'row',
  },
  receipt_copies: {
    rows: (sql, person) => sql`email = any(${senders(sql, person)})
      or receipt_id in (select id from receipts where complaint_id = any(${ids(sql, person)}))`,
    erase: 'row',
  },
  call_steps: {
    rows: (sql, person) => sql`call_sid in (select call_sid from calls where ${ofCall(sql, person)})`,
    erase: 'row',
  },
  calls: { rows: ofCall, erase: 'row' },
  conversations: { rows: (sql, person) => sql`phone = any(${senders(sql, person)})`, erase: 'row' },
  message_parts: { rows: (sql, person) => sql`sender = any(${senders(sql, person)})`, erase: 'row' },
  mail_messages: {
    rows: (sql, person) =>
      sql`from_address = any(${senders(sql, person)}) or complaint_id = any(${ids(sql, person)})`,
    erase: 'row',
  },
  outbox_attempts: {
    rows: (sql, person) => sql`message_id in (select id from outbox_messages where ${ofWork(sql, person)})`,
    erase: { error: 'null' },
    keep: ['message_id number at took_ms ok'],
  },
  outbox_messages: {
    rows: ofWork,
    erase: {
      last_error: 'null',
      key: `case when topic in ('inbound.judge', 'message.send') then split_part(key, ':', 1) else key end`,
    },
    keep: [
      'id topic payload dedupe_key complaint_id created_at due_at attempts forgiven leased_until leased_by',
      'settled_at dead_at provider_id',
    ],
  },
  // The identities of events stay, or a copy that comes late would be filed as something new.
  quarantine: {
    rows: (sql, person) => sql`${ofEvent(sql, person)} or ${inBytes(sql, person)}`,
    objects: ['raw_object'],
    erase: { raw_body: "''", raw_object: 'null' },
    keep: [
      'id channel external_id received_at reason raw_type raw_sha256 raw_bytes resolved_at resolution resolved_by',
    ],
  },
  submissions: {
    rows: ofComplaint,
    objects: ['raw_object'],
    erase: { text: "''", raw_body: "''", raw_object: 'null' },
    keep: ['id channel external_id complaint_id round received_at language raw_type raw_sha256 raw_bytes'],
  },
  inbound_events: {
    rows: ofEvent,
    objects: ['raw_object'],
    erase: { sender: "''", raw_body: "''", raw_object: 'null' },
    keep: ['id channel external_id received_at raw_type raw_sha256 raw_bytes answered_at'],
  },
  outgoing_messages: { rows: ofMessage, erase: 'row' },
  complaint_words: { rows: ofComplaint, erase: 'row' },
  complainants: { rows: ofComplaint, erase: 'row' },
  answer_drafts: { rows: ofComplaint, erase: 'row' },
  complaint_notes: { rows: ofComplaint, erase: 'row' },
  referrals: {
    rows: ofComplaint,
    erase: { reason: 'null' },
    keep: [
      'id complaint_id round administration_id sequence state external_reference ground created_at',
      'delivered_at accepted_at settled_at updated_at filed_at handed_on',
    ],
  },
  rounds: {
    rows: ofComplaint,
    erase: { answer: 'null' },
    keep: [
      'complaint_id number opened_at reviewed_at outcome answered_at answered_by answer_outcome satisfied closed_at',
      'reviewed_by review written_by approved_by',
    ],
  },
  complaint_events: {
    rows: ofComplaint,
    erase: { facts: FACTS },
    keep: ['id complaint_id round at event audience actor'],
  },
  complaints: {
    rows: (sql, person) => sql`id = any(${ids(sql, person)})`,
    erase: {
      text: "''",
      place: 'null',
      region: 'coalesce(region, region_of(place))',
      access_code_hash: "''",
      erased_at: 'now()',
    },
    keep: [
      'id reference kind status closed_reason ground channel language anonymous named_administration_id',
      'administration_id service_id round origin received_at updated_at held_at held_by hold_reason',
      'assignee_id assigned_at due_at cause',
    ],
  },
}

/** Tables that hold nothing of the people who write to us, with what they hold instead. */
export const IMPERSONAL: Readonly<Record<string, string>> = {
  administrations: 'bodies',
  affiliations: 'bodies that join, and the officials who asked for it',
  answer_templates: 'words of bodies for any complaint',
  api_tokens: 'hashes of machine tokens',
  complaint_merges: 'which complaint says what another says, as an official found',
  audit_anchored: 'how far the audit was anchored',
  audit_entries: 'acts of officials upon references; the chain may not be changed',
  calendar_changes: 'days on which offices are closed, and which official said so',
  closing_days: 'days on which bodies are closed',
  code_locks: 'tries of references; gone after an hour',
  complaint_reads: 'which official had what open',
  conformance_runs: 'tests of connectors on complaints of nobody',
  connectors: 'addresses of bodies',
  counted_complaints: 'which complaint is counted as what, in codes and dates',
  deadline_policies: 'rules',
  deadline_reminders: 'which official was reminded of which date',
  deadlines: 'legal dates',
  holidays: 'days',
  improvement_measures: 'what bodies promise to change',
  indicator_breakdowns: 'sums over complaints',
  indicator_grid: 'sums over complaints',
  indicator_cells: 'sums over complaints, and how many days each waited',
  indicator_days: 'sums over complaints',
  indicator_state: 'how far it was counted',
  indicator_sums: 'sums over complaints',
  information_requests:
    'when something was asked, and until when it may be answered; the words are in the history',
  ledger_entries: 'identities and ends of events',
  mailbox_mails: 'numbers and identities of mails; their content is in inbound_events',
  mailboxes: 'mailboxes of ours',
  office_clocks: 'when the clocks of offices were set',
  notices: 'kinds and states of what was told; the words are composed when it is sent',
  public_tables: 'published sums over complaints',
  rate_windows: 'keyed hashes; gone after a day',
  receipt_keys: 'public keys',
  receipts: 'hashes, dates and states',
  recovery_codes: 'hashes for staff',
  reconciliations: 'how far a list was read',
  region_places: 'towns',
  regions: 'names of regions',
  report_builds: 'which official asked for a report to be built',
  report_commentaries: 'what bodies write about their numbers',
  report_files: 'published reports',
  report_reminders: 'which body was reminded of its report',
  report_remarks: 'what the ministry asks of a report',
  report_years: 'the dates of the reports',
  reports: 'sums over complaints, and what became of the report',
  retention_periods: 'rules',
  saved_filters: 'what an official looks at often',
  services: 'services of bodies',
  sign_in_links: 'hashes for staff',
  stale_cells: 'which sums are to be counted anew',
  staff_members: 'officials, who are not the persons meant here',
  staff_sessions: 'hashes for staff',
  used_proofs: 'hashes of challenges',
  voice_clips: 'prompts of the hotline',
}
