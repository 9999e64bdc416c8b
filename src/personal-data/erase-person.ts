import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Database, Sql } from '../db/client.ts'
import { withdrawComplaint } from '../handling/withdraw-complaint.ts'
import { appendAudit } from '../staff/audit.ts'
import type { FoundPerson } from './find-person.ts'
import { HOLDINGS, type Holding } from './inventory.ts'

export interface EraseDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly store: ObjectStore
  /** Places beside the database: gives how many files were removed. */
  readonly discardFiles: (person: FoundPerson) => Promise<number>
}

/** `held`: a legal hold stops everything; nothing was erased. */
export type Erasure =
  | {
      readonly outcome: 'erased'
      readonly rows: Readonly<Record<string, number>>
      readonly objects: number
      readonly files: number
    }
  | { readonly outcome: 'held'; readonly references: readonly string[] }

const eraseRows = async (sql: Sql, table: string, holding: Holding, person: FoundPerson): Promise<number> => {
  const condition = holding.rows(sql, person)
  const done =
    holding.erase === 'row'
      ? await sql`delete from ${sql(table)} where ${condition}`
      : await sql`update ${sql(table)} set ${sql.unsafe(
          Object.entries(holding.erase)
            .map(([column, value]) => `${column} = ${value}`)
            .join(', '),
        )} where ${condition}`
  return done.count
}

/** The objects that the rows name. */
const objectsOf = async (sql: Sql, person: FoundPerson): Promise<string[]> => {
  const keys: string[] = []
  for (const [table, { rows, objects = [] }] of Object.entries(HOLDINGS))
    for (const column of objects) {
      const held = await sql<{ key: string | null }[]>`
        select ${sql(column)} as key from ${sql(table)} where ${rows(sql, person)}`
      keys.push(...held.flatMap(({ key }) => key ?? []))
    }
  return [...new Set(keys)]
}

/** What was to be sent to the person is not sent any more; what tells the bodies is. */
const TO_THE_PERSON = ['receipt.send', 'notice.send', 'message.send', 'media.process']

/** All tables in one transaction: an erasure is whole or has not happened. Gives rows by table. */
const eraseTables = (db: Database, person: FoundPerson, now: Date) =>
  db.sql.begin(async (sql) => {
    // What a judge or a body writes about these complaints at the same moment comes before us or finds nothing.
    await sql`select from complaints where id = any(${person.complaintIds as string[]}::uuid[]) order by id for update`
    const tx = sql as unknown as Sql
    const objects = await objectsOf(tx, person)
    await sql`
      update outbox_messages set settled_at = ${now}
      where complaint_id = any(${person.complaintIds as string[]}::uuid[]) and topic = any(${TO_THE_PERSON}) and settled_at is null`
    const rows: Record<string, number> = {}
    for (const [table, holding] of Object.entries(HOLDINGS)) {
      const count = await eraseRows(tx, table, holding, person)
      if (count > 0) rows[table] = count
    }
    return { objects, rows }
  })

const withdrawOpen = async ({ db }: EraseDeps, act: Act, person: FoundPerson): Promise<void> => {
  for (const id of person.complaintIds) await db.orm.transaction((tx) => withdrawComplaint(tx, act, id))
}

/**
 * Erases a person: what they said, sent and are called goes from tables, store, spool and mailbox; that a complaint was there,
 * when, and how it was handled stays, because the reports count it. A complaint that still runs is withdrawn first, which
 * tells its body. A repeat finds nothing more. Law 09-08, rights of erasure and opposition.
 */
export const erasePerson = async (deps: EraseDeps, actor: string, person: FoundPerson): Promise<Erasure> => {
  const held = person.complaints.filter(({ heldAt }) => heldAt !== null)
  if (held.length > 0) return { outcome: 'held', references: held.map(({ reference }) => reference) }
  const act = { now: deps.clock.now(), newId: deps.newId, actor }
  await withdrawOpen(deps, act, person)
  const { objects, rows } = await eraseTables(deps.db, person, act.now)
  // Only what no row of other people names; after a crash here the daily sweep finds the same.
  const unnamed = await deps.db.sql<{ key: string }[]>`
    select key from unnest(${objects}::text[]) key
    where (select true from object_references where object_key = key limit 1) is null`
  for (const { key } of unnamed) await deps.store.delete(key)
  const files = await deps.discardFiles(person)
  await deps.db.orm.transaction(async (tx) => {
    for (const { reference } of person.complaints)
      await appendAudit(tx, deps, 'ministry', { actor, action: 'person.erase', subject: reference })
  })
  return { outcome: 'erased', rows, objects: unnamed.length, files }
}
