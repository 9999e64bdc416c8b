import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { signatureOf } from '../../src/simulator/phone/webhooks.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { DOOR, knocker, openTelephoneDoor } from '../support/telephone-door.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let door: Awaited<ReturnType<typeof openTelephoneDoor>>
beforeAll(async () => {
  open = await openTestDatabase()
  door = await openTelephoneDoor(open.url)
})
afterAll(async () => {
  await door.close()
  await open.close()
})
afterEach(() => open.db.sql`truncate inbound_events, ledger_entries, outbox_messages cascade`)

const { send, signed } = knocker(() => door.url)
const rows = async () => {
  const [counts] = await open.db.sql`
    select (select count(*)::int from inbound_events) as events, (select count(*)::int from ledger_entries) as entries,
           (select count(*)::int from outbox_messages) as messages`
  return counts
}
const message = (sid: string, text = 'Le guichet est fermé') =>
  new URLSearchParams({ MessageSid: sid, From: '+212612345678', Body: text }).toString()

describe("Twilio's door", () => {
  it('records a signed message once, however often and whenever it comes again (P12, P66)', async () => {
    const copies = await Promise.all(Array.from({ length: 20 }, () => signed(message('SM1'))))
    expect(copies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    const before = await rows()
    expect(before).toEqual({ events: 1, entries: 1, messages: 1 })
    // A day later, judged and settled meanwhile.
    await open.db.sql`update ledger_entries set outcome = 'created', settled_at = now()`
    await open.db.sql`update outbox_messages set settled_at = now()`
    expect((await signed(message('SM1'))).status).toBe(200)
    expect(await rows()).toEqual(before)
    expect(await open.db.sql`select outcome from ledger_entries`).toEqual([{ outcome: 'created' }])
  })

  it('writes nothing of what is not signed (P60)', async () => {
    const signature = signatureOf(
      'another-token',
      `${DOOR.publicUrl}${DOOR.path}`,
      new Map([['MessageSid', 'SM2']]),
    )
    for (const headers of [{}, { 'x-twilio-signature': '' }, { 'x-twilio-signature': signature }])
      expect((await send('MessageSid=SM2', headers)).status).toBe(403)
    expect(await rows()).toEqual({ events: 0, entries: 0, messages: 0 })
    expect(door.spooled()).toBe(0)
  })

  it('keeps 50 messages of one number at once (P18)', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => signed(message(`SM${i}`))))
    expect(await rows()).toMatchObject({ events: 50 })
  })
})
