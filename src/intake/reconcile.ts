import type { Sql } from '../db/client.ts'

export interface LedgerGap {
  readonly channel: string
  readonly externalId: string
  /** Where the event is; the other side does not know it. */
  readonly only: 'record' | 'ledger'
}

/** A list a person reads. */
const SHOWN = 1_000

/** Filings that the ledger does not know, and entries that say "created" or "appended" of something that is not there. */
export const findLedgerGaps = (sql: Sql): Promise<readonly LedgerGap[]> => sql<LedgerGap[]>`
  select coalesce(s.channel, l.channel) as channel, coalesce(s.external_id, l.external_id) as "externalId",
         case when l.channel is null then 'record' else 'ledger' end as only
  from (
    select s.channel, s.external_id from submissions s join complaints c on c.id = s.complaint_id
    where c.origin = 'file'
  ) s
  full join (
    select channel, external_id from ledger_entries where outcome in ('created', 'appended')
  ) l on l.channel = s.channel and l.external_id = s.external_id
  where s.channel is null or l.channel is null
  order by 1, 2 limit ${SHOWN}`
