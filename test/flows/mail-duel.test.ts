import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailGateway, openMailGateway } from '../support/mail.ts'

let here: MailGateway
let there: MailGateway
beforeAll(async () => {
  here = await openMailGateway({
    host: 'here.example',
    secretKey: 'the key of one gateway, long enough for it',
  })
  there = await openMailGateway({
    host: 'there.example',
    secretKey: 'the key of the other, long enough for it too',
  })
})
afterAll(() => Promise.all([here.close(), there.close()]))

/** The null path a server notes on delivery. */
const delivered = (
  mail: { raw: Buffer; returnPath: string },
  change: (raw: string) => string = (raw) => raw,
): Buffer =>
  Buffer.from(`Return-Path: <${mail.returnPath}>\r\n${change(mail.raw.toString('latin1'))}`, 'latin1')

const opening = (subject: string) =>
  `Return-Path: <plaintes@there.example>\nFrom: plaintes@there.example\nTo: plaintes@here.example\nSubject: ${subject}\nMessage-ID: <${subject}@there.example>\n\nBonjour, ceci est un message.\n`

/** Hands each side what the other sent, fifty times. Gives the acknowledgments that went out. */
const duel = async (subject: string, change?: (raw: string) => string): Promise<number> => {
  const start = here.outbox.length + there.outbox.length
  await here.take(opening(subject))
  let flying = await here.sendReceipts()
  for (let round = 0; round < 50 && flying.length > 0; round += 1) {
    const [to, from] = round % 2 === 0 ? [there, here] : [here, there]
    expect(from.outbox.length).toBeGreaterThan(0)
    for (const mail of flying) await to.take(delivered(mail, change))
    flying = await to.sendReceipts()
  }
  return here.outbox.length + there.outbox.length - start
}

/** The other side strips what marks a mail as a machine's. */
const unmarked = (raw: string): string =>
  raw.replace(/^(?:Auto-Submitted|X-Auto-Response-Suppress|X-Wasl-Loop|Return-Path):.*\r\n/gim, '')

describe('two gateways that acknowledge each other', () => {
  it('send one acknowledgment in fifty rounds', async () => {
    expect(await duel('marked')).toBe(1)
  })

  it('end soon even where every mark was lost on the way', async () => {
    const start = [here.outbox.length, there.outbox.length]
    await here.take(opening('unmarked'))
    let flying = await here.sendReceipts()
    for (let round = 0; round < 50 && flying.length > 0; round += 1) {
      const to = round % 2 === 0 ? there : here
      for (const { raw } of flying)
        await to.take(
          Buffer.from(`Return-Path: <x@y.example>\r\n${unmarked(raw.toString('latin1'))}`, 'latin1'),
        )
      flying = await to.sendReceipts()
    }
    expect(here.outbox.length - start[0]!).toBeLessThanOrEqual(3)
    expect(there.outbox.length - start[1]!).toBeLessThanOrEqual(3)
  })

  it('leave every mail on the ledger, none open', async () => {
    for (const { db } of [here, there]) {
      const [row] =
        await db.sql`select count(*)::int as all, count(outcome)::int as ended from ledger_entries where channel = 'email'`
      expect(row?.['all']).toBeGreaterThan(0)
      expect(row?.['ended']).toBe(row?.['all'])
    }
  })
})
