import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXTREMES, hostileMail } from '../support/hostile-mail.ts'
import { type MailGateway, onTheWire, openMailGateway } from '../support/mail.ts'

let gateway: MailGateway
beforeAll(async () => {
  gateway = await openMailGateway()
})
afterAll(() => gateway.close())

const ENDS = ['created', 'appended', 'ignored', 'quarantined']
let controls = 0
/** An ordinary mail right after: whatever came before, it is filed at once. */
const control = async (): Promise<void> => {
  controls += 1
  const begun = performance.now()
  const met = await gateway.take(
    onTheWire(
      `From: c${controls}@example.ma\nSubject: Suite\n\nLe controle numero ${controls} est ordinaire.\n`,
    ),
  )
  expect(met).toMatchObject({ outcome: 'created', class: 'new' })
  expect(performance.now() - begun).toBeLessThan(20_000)
}

/** As a competent clerk: each has its one end, nobody waits, and what became a record is no empty one. */
const check = async (raw: Buffer, about: string): Promise<string> => {
  const begun = performance.now()
  const met = await gateway.take(raw)
  expect(ENDS, about).toContain(met.outcome)
  expect(performance.now() - begun, about).toBeLessThan(20_000)
  if (met.outcome !== 'created') return met.outcome
  const media = await gateway.media(met.complaint_id)
  expect(met.text.trim() !== '' || media.length > 0, about).toBe(true)
  expect(met.text, about).not.toMatch(/\0/)
  expect(met.text.isWellFormed(), about).toBe(true)
  for (const { name } of media) expect(name, about).not.toMatch(/[/\\\p{Cc}]|^\.{1,2}$/u)
  expect(met.html ?? '', about).not.toMatch(/<(?:script|style|img|iframe|form|svg|object)\b|\son\w+=/i)
  return met.outcome
}

describe('mail as nobody should write it (P34, P35, P38, P43)', () => {
  it('meets a named end a hundred and fifty times, and the control is filed', async () => {
    const ends = new Set<string>()
    for (let seed = 1; seed <= 150; seed += 1) ends.add(await check(hostileMail(seed), `seed ${seed}`))
    // A corpus that is all alike tries nothing.
    expect(ends.size).toBeGreaterThan(1)
    await control()
  }, 120_000)

  it.each(Object.entries(EXTREMES))(
    '%s',
    async (name, make) => {
      await check(make(), name)
      await control()
    },
    60_000,
  )
})
