import { afterAll, beforeAll, expect, it } from 'vitest'
import { HOLDINGS, IMPERSONAL } from '../../src/personal-data/inventory.ts'
import { openTestDatabase } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())

it('knows every table, and of those it keeps in part every column', async () => {
  // A table that is kept in parts is one table.
  const rows = await open.db.sql<{ name: string }[]>`
    select relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`
  const names = rows.map(({ name }) => name)
  expect(Object.keys({ ...HOLDINGS, ...IMPERSONAL }).toSorted()).toEqual(names)
  for (const [table, { erase, keep = [] }] of Object.entries(HOLDINGS)) {
    if (erase === 'row') continue
    const columns = await open.db.sql<{ name: string }[]>`
      select column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = ${table}`
    const known = [...Object.keys(erase), ...keep.flatMap((line) => line.split(' '))]
    expect(known.toSorted(), table).toEqual(columns.map(({ name }) => name).toSorted())
  }
})
