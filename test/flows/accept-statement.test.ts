import { expect, inject, it } from 'vitest'
import { openDatabase } from '../../src/db/client.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

it('has the schema', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  const db = openDatabase({ url })
  expect(await db.sql`select * from accept_submissions('[]'::jsonb)`).toEqual([])
  await db.close()
  await drop()
})
