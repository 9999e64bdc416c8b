import { createWriteStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ObjectStore } from '../core/object-store.ts'
import type { Sql } from '../db/client.ts'
import type { FoundPerson } from './find-person.ts'
import { HOLDINGS } from './inventory.ts'

export interface ExportDeps {
  readonly sql: Sql
  readonly store: ObjectStore
}

export interface Exported {
  /** Rows written, by table. */
  readonly rows: Readonly<Record<string, number>>
  readonly files: number
  /** Keys that rows name and the store has not. */
  readonly missing: readonly string[]
}

/** Keys hold a slash and nothing that a file system minds. */
const fileOf = (folder: string, key: string): string => path.join(folder, 'files', key.replaceAll('/', '_'))

const copyObject = async ({ store }: ExportDeps, key: string, folder: string): Promise<boolean> => {
  const object = await store.get(key)
  if (object === undefined) return false
  await pipeline(object, createWriteStream(fileOf(folder, key), { mode: 0o600 }))
  return true
}

/**
 * Writes everything that is held about a person into a new folder: `person.json` with the rows of each table, bytes in
 * base64, and every file under `files/` by its key. Law 09-08, right of access.
 */
export const exportPerson = async (
  deps: ExportDeps,
  person: FoundPerson,
  folder: string,
): Promise<Exported> => {
  const { sql } = deps
  await fs.mkdir(path.join(folder, 'files'), { recursive: true, mode: 0o700 })
  const tables: Record<string, readonly Record<string, unknown>[]> = {}
  const missing: string[] = []
  let files = 0
  for (const [table, { rows, objects = [] }] of Object.entries(HOLDINGS)) {
    const held = await sql<Record<string, unknown>[]>`select * from ${sql(table)} where ${rows(sql, person)}`
    if (held.length === 0) continue
    tables[table] = held
    for (const key of held.flatMap((row) => objects.map((column) => row[column])))
      if (typeof key !== 'string') continue
      else if (await copyObject(deps, key, folder)) files += 1
      else missing.push(key)
  }
  const json = JSON.stringify(tables, (_key, value: unknown) => plain(value), 2)
  await fs.writeFile(path.join(folder, 'person.json'), `${json}\n`, { mode: 0o600 })
  return { rows: mapValues(tables, (held) => held.length), files, missing }
}

/** A Buffer has become `{ type, data }` by the time JSON asks about it. */
const plain = (value: unknown): unknown => {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown }
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data).toString('base64') : value
}

const mapValues = <V, W>(record: Record<string, V>, change: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
