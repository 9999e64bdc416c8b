import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { signatureOf } from '../../src/simulator/phone/webhooks.ts'
import { scratchFolder, until } from '../support/gateway-process.ts'
import { DOOR, openTelephoneDoor } from '../support/telephone-door.ts'

const PATH = '/webhooks/twilio/messages'
/** P04. */
const LONGEST_ANSWER_MS = 5_000

it('answers every webhook while PostgreSQL is stopped, and misses none once it is back (P03, P04)', async () => {
  const folder = scratchFolder('outage')
  let postgres = await startEmbeddedPostgres(path.join(folder, 'pg'))
  await migrateDatabase(postgres.url)
  const door = await openTelephoneDoor(postgres.url)
  let sent = 0
  const knock = async () => {
    sent += 1
    const fields = new Map([
      ['Body', `message ${sent}`],
      ['From', `+21261234${String(sent % 7).padStart(4, '0')}`],
      ['MessageSid', `SM${sent}`],
    ])
    const start = performance.now()
    const answer = await fetch(`${door.url}${PATH}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signatureOf(DOOR.token, `${DOOR.publicUrl}${PATH}`, fields),
      },
      body: new URLSearchParams([...fields]).toString(),
    })
    return { status: answer.status, tookMs: performance.now() - start }
  }
  const knockAll = (count: number) => Promise.all(Array.from({ length: count }, knock))
  const recorded = async () => {
    const [row] = await door.db.sql<{ count: number }[]>`select count(*)::int as count from inbound_events`
    return row?.count
  }
  try {
    const before = await knockAll(20)
    await postgres.stop()
    const during = [...(await knockAll(40)), ...(await knockAll(40))]
    expect(door.spooled()).toBe(80)
    postgres = await startEmbeddedPostgres(path.join(folder, 'pg'))
    const after = await knockAll(20)
    for (const { status, tookMs } of [...before, ...during, ...after]) {
      expect(status).toBe(200)
      expect(tookMs).toBeLessThan(LONGEST_ANSWER_MS)
    }
    // The pool's first connections died with the server: whoever asks first may hear so.
    await until('everything is recorded', async () => (await recorded()) === sent && door.spooled() === 0)
    const [counts] = await door.db.sql`
      select count(*)::int as entries, (select count(*)::int from outbox_messages) as messages from ledger_entries`
    expect(counts).toEqual({ entries: sent, messages: sent })
  } finally {
    await door.close()
    await postgres.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
