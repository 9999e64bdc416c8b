import fs from 'node:fs'
import path from 'node:path'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { expect, inject, it } from 'vitest'
import { ERRORS } from '../../src/core/errors.ts'
import * as schema from '../../src/db/schema/index.ts'
import { exampleEnvironment } from '../../src/environment.ts'
import { STATUS_OF } from '../../src/http/status-of.ts'
import { ROOT } from './source-files.ts'

it('.env.example is what the schema says', () => {
  expect(fs.readFileSync(path.join(ROOT, '.env.example'), 'utf8')).toBe(exampleEnvironment())
})

it('every error has a status and a meaning', () => {
  expect(Object.keys(STATUS_OF).toSorted()).toEqual(Object.keys(ERRORS).toSorted())
})

it('the Drizzle schema names the tables and columns that the migrations make', async () => {
  const url = new URL(inject('postgresUrl'))
  const sql = postgres({
    host: url.searchParams.get('host') ?? '',
    port: Number(url.port),
    user: 'wasl',
    database: 'wasl',
    max: 1,
  })
  const rows = await sql<{ table_name: string; column_name: string }[]>`
    select table_name, column_name from information_schema.columns where table_schema = 'public'`
  await sql.end()
  const real = new Set(rows.map((row) => `${row.table_name}.${row.column_name}`))
  const described = Object.values(schema).flatMap((table) => {
    const { name, columns } = getTableConfig(table as PgTable)
    return columns.map((column) => `${name}.${column.name}`)
  })
  expect(described.filter((column) => !real.has(column))).toEqual([])
})
