import type { Sql } from '../db/client.ts'

type Row = Readonly<Record<string, unknown>>

/** Rows by table, with the columns' own names; `administration` stands for the id of the body with that code. */
export interface SeedRows {
  readonly complaints: Row[]
  readonly complainants: Row[]
  readonly submissions: Row[]
  readonly rounds: Row[]
  readonly deadlines: Row[]
  readonly receipts: Row[]
  readonly referrals: Row[]
  readonly events: Row[]
}

const bodyId = (column: string): string => `(select id from administrations where code = r.${column})`

/** One statement a table: the rows travel as one JSON text and become typed columns there. */
const insert = (
  sql: Pick<Sql, 'unsafe'>,
  table: string,
  rows: readonly Row[],
  columns: Readonly<Record<string, string>>,
) => {
  const given = Object.entries(columns)
  const targets = given.map(([name]) => name).join(', ')
  const source = given.map(([, from]) => from).join(', ')
  return sql.unsafe(
    `insert into ${table} (${targets})
     select ${source} from jsonb_to_recordset($1::text::jsonb) as r (${recordOf(rows)})`,
    [JSON.stringify(rows)],
  )
}

/** PostgreSQL types of the columns that are no text. */
const TYPES: Readonly<Record<string, string>> = {
  id: 'uuid',
  complaint_id: 'uuid',
  anonymous: 'boolean',
  satisfied: 'boolean',
  round: 'integer',
  number: 'integer',
  raw_bytes: 'bigint',
  policy_version: 'integer',
  due_on: 'date',
  at: 'timestamptz',
  facts: 'jsonb',
}
const typeOf = (column: string): string => TYPES[column] ?? (column.endsWith('_at') ? 'timestamptz' : 'text')

const recordOf = ([first = {}]: readonly Row[]): string =>
  Object.keys(first)
    .map((column) => `${column} ${typeOf(column)}`)
    .join(', ')

const same = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(Object.keys(rows[0] ?? {}).map((column) => [column, `r.${column}`]))

/** Writes everything in one transaction: a demo is there whole or not at all. */
export const insertRows = async (sql: Sql, rows: SeedRows): Promise<void> => {
  await sql.begin(async (tx) => {
    const {
      administration: _,
      named_administration: __,
      service: ____,
      service_of: _____,
      ...plain
    } = same(rows.complaints)
    await insert(tx, 'complaints', rows.complaints, {
      ...plain,
      named_administration_id: bodyId('named_administration'),
      administration_id: bodyId('administration'),
      service_id:
        '(select s.id from services s join administrations a on a.id = s.administration_id where a.code = r.service_of and s.code = r.service)',
    })
    await insert(tx, 'complainants', rows.complainants, same(rows.complainants))
    await insert(tx, 'submissions', rows.submissions, {
      ...same(rows.submissions),
      raw_body: 'r.raw_body::bytea',
    })
    await insert(tx, 'rounds', rows.rounds, { ...same(rows.rounds), answered_by: bodyId('answered_by') })
    await insert(tx, 'deadlines', rows.deadlines, same(rows.deadlines))
    // Their running clocks, which a trigger reads off the dates (migrations/0018_handling.sql).
    await tx`update complaints set status = status where origin = 'seed'`
    await insert(tx, 'receipts', rows.receipts, same(rows.receipts))
    const { administration: ___, ...referral } = same(rows.referrals)
    await insert(tx, 'referrals', rows.referrals, {
      ...referral,
      administration_id: bodyId('administration'),
    })
    await insert(tx, 'complaint_events', rows.events, same(rows.events))
  })
}
