import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSmpp } from '../../channels/sms/smpp/driver.ts'
import type { LinkDeps } from '../../channels/sms/smpp/link.ts'
import type { Receive } from '../../src/core/channel.ts'
import type { OutgoingText } from '../../src/core/text-message.ts'
import { createDoorMemory } from '../../src/intake/door-memory.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { pollUntil } from '../support/poll-until.ts'
import { type Smsc, startSmsc } from '../support/smsc.ts'

const PERSON = '+212612345678'
const TEXT = 'Le guichet est fermé depuis lundi'
const TEN_MINUTES = 10 * 60_000

let open: Awaited<ReturnType<typeof openTestDatabase>>
let smsc: Smsc
const clock = { at: Date.parse('2026-11-21T10:00:00Z'), now: () => new Date(clock.at) }
beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())
beforeEach(async () => {
  smsc = await startSmsc()
  clock.at += 3_600_000
  await open.db.sql`truncate inbound_events, ledger_entries, outbox_messages cascade`
})

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await smsc.close()
})

/** One process of the gateway before the message centre: another one is a restart. */
const startProcess = async (more: Partial<LinkDeps> & { readonly receive?: Receive } = {}) => {
  const notes: { event: string; reason?: unknown }[] = []
  const { receive, ...given } = more
  const reception = createReception({ sql: open.db.sql, newId: newUuidV7 })
  const record: Receive = async (events) => {
    await Promise.all(events.map(reception))
  }
  const { driver, channel } = createSmpp({
    config: smsc.config(),
    clock,
    note: (note) => notes.push(note),
    ...given,
    timing: { settleEvery: 20, firstWait: 20, ...given.timing },
  })
  const stopping = new AbortController()
  const memory = createDoorMemory({ db: open.db, clock })
  const watching = channel.watch?.(receive ?? record, stopping.signal, memory)
  const stop = async () => {
    stopping.abort()
    await watching
  }
  closers.push(stop)
  /** The link stands on our side as well. */
  const bound = () => pollUntil(() => notes.some(({ event }) => event === 'smpp.bound'))
  return { driver, notes, record, stop, bound }
}

const texts = async () =>
  (await open.db.sql`select external_id from inbound_events where channel = 'sms'`).length
const areAnswered = () =>
  pollUntil(async () => {
    const [row] = await open.db.sql`select bool_and(answered_at is not null) as all from inbound_events`
    return row?.['all'] === true
  })
/** Long enough for an answer to have arrived, and for the link to have noted that. */
const answersSettle = async () => {
  clock.at += 11_000
  await areAnswered()
}

let count = 0
const message = (text = 'Bonjour'): OutgoingText => {
  count += 1
  const id = `01900000-0000-7000-8000-${String(count).padStart(12, '0')}`
  return { id, channel: 'sms', from: '3737', to: PERSON, text, encoding: 'gsm7' }
}
const patience = () => AbortSignal.timeout(10_000)

describe('a message that the network brings twice', () => {
  it('is one when the gateway died between recording and answering', async () => {
    const dying = Promise.withResolvers<void>()
    let recorded = 0
    const first = await startProcess({
      receive: async (events) => {
        await Promise.all(events.map(createReception({ sql: open.db.sql, newId: newUuidV7 })))
        recorded += 1
        await dying.promise
      },
    })
    await smsc.bind()
    void smsc.text(PERSON, TEXT)
    await pollUntil(() => recorded === 1)
    smsc.drop()
    await first.stop()
    // By now another ten minutes of the clock may have begun.
    clock.at += TEN_MINUTES - 1_000
    await startProcess()
    expect(await smsc.text(PERSON, TEXT)).toBe(0)
    expect(await texts()).toBe(1)
    dying.resolve()
  })

  it('is one when the answer of a dying link was lost, by the same process and by the next', async () => {
    const first = await startProcess()
    expect(await smsc.text(PERSON, TEXT)).toBe(0)
    smsc.drop()
    await pollUntil(() => smsc.binds() === 2)
    expect(await smsc.text(PERSON, TEXT)).toBe(0)
    smsc.drop()
    await first.stop()
    await startProcess()
    expect(await smsc.text(PERSON, TEXT)).toBe(0)
    expect(await texts()).toBe(1)
  })

  it('is one when it comes again while it is still being recorded', async () => {
    const slow = Promise.withResolvers<void>()
    const process = await startProcess({
      receive: async (events) => {
        await slow.promise
        await process.record(events)
      },
    })
    await smsc.bind()
    const answers = [smsc.text(PERSON, TEXT), smsc.text(PERSON, TEXT)]
    slow.resolve()
    expect(await Promise.all(answers)).toEqual([0, 0])
    expect(await texts()).toBe(1)
  })

  it('is one, and answered with an error until it is durable', async () => {
    let isAway = true
    const process = await startProcess({
      receive: async (events) => {
        if (isAway) throw new Error('the database is away')
        await process.record(events)
      },
    })
    await smsc.bind()
    expect(await smsc.text(PERSON, TEXT)).toBe(0x08)
    expect(await texts()).toBe(0)
    isAway = false
    expect(await smsc.text(PERSON, TEXT)).toBe(0)
    expect(await texts()).toBe(1)
    expect(process.notes.map(({ event }) => event)).toContain('smpp.not_recorded')
  })
})

describe('a person who sends the same word twice', () => {
  it('is heard twice', async () => {
    await startProcess()
    await smsc.text(PERSON, '1')
    await smsc.text(PERSON, '1')
    expect(await texts()).toBe(2)
  })

  it('is heard twice over a loss of the link and over a restart', async () => {
    const first = await startProcess()
    await smsc.text(PERSON, '1')
    await answersSettle()
    smsc.drop()
    await pollUntil(() => smsc.binds() === 2)
    await smsc.text(PERSON, '1')
    await answersSettle()
    await first.stop()
    await startProcess()
    await smsc.text(PERSON, '1')
    expect(await texts()).toBe(3)
  })

  it('is heard twice when two processes hold links', async () => {
    await startProcess()
    await smsc.text(PERSON, '1')
    await answersSettle()
    await startProcess()
    await pollUntil(() => smsc.binds() === 2)
    await smsc.text(PERSON, '1')
    expect(await texts()).toBe(2)
  })
})

describe('the link', () => {
  it('is asked after, and bound anew when it has died without a word', async () => {
    const { notes } = await startProcess({ timing: { enquireEvery: 30, answer: 100 } })
    await pollUntil(() => smsc.enquiries() > 2)
    expect(smsc.binds()).toBe(1)
    smsc.behaviour.deaf = true
    await pollUntil(() => smsc.binds() >= 2)
    smsc.behaviour.deaf = false
    expect(await smsc.text(PERSON, TEXT)).toBe(0)
    expect(notes.filter(({ event }) => event === 'smpp.bound').length).toBeGreaterThan(1)
  })

  it('takes what had been waiting at the message centre, with the bind', async () => {
    const fields = {
      source_addr_ton: 1,
      source_addr_npi: 1,
      dest_addr_ton: 0,
      dest_addr_npi: 1,
      destination_addr: '3737',
    }
    for (const nth of [1, 2, 3])
      smsc.waiting.push({
        ...fields,
        source_addr: `21261234567${nth}`,
        short_message: Buffer.from(TEXT.replace('é', 'e')),
      })
    await startProcess()
    await pollUntil(() => smsc.taken.length === 3)
    expect(smsc.taken).toEqual([0, 0, 0])
    expect(await texts()).toBe(3)
  })

  it('that is refused is tried again, and no word of the password is said', async () => {
    smsc.behaviour.password = 'another'
    const { notes } = await startProcess()
    await pollUntil(() => notes.length > 1)
    expect(notes.every(({ event }) => event === 'smpp.refused')).toBe(true)
    expect(notes.map(({ reason }) => String(reason)).join()).not.toContain('secret')
    smsc.behaviour.password = 'secret'
    await smsc.bind()
  })

  it('that is lost tells whoever waits for an answer at once', async () => {
    const { driver, bound } = await startProcess()
    await bound()
    smsc.behaviour.silent = true
    const began = performance.now()
    const sending = driver.send(message(), patience())
    await pollUntil(() => !smsc.behaviour.silent)
    smsc.drop()
    expect(await sending).toMatchObject({ ok: false, error: { code: 'smpp_no_answer', retryable: true } })
    expect(performance.now() - began).toBeLessThan(8_000)
  })

  it('that is not there says so instead of losing a message', async () => {
    const { driver } = createSmpp({
      config: { ...smsc.config(), port: 1 },
      clock,
      note: () => {},
    })
    expect(await driver.send(message(), patience())).toMatchObject({
      ok: false,
      error: { code: 'smpp_unbound', retryable: true },
    })
  })
})

describe('what is sent', () => {
  it('asks for a receipt of the last part alone, and numbers the parts', async () => {
    const { driver, bound } = await startProcess()
    await bound()
    await driver.send({ ...message('ش'.repeat(150)), encoding: 'ucs2' }, patience())
    expect(smsc.submitted.map(({ part }) => part?.slice(1))).toEqual([
      [3, 1],
      [3, 2],
      [3, 3],
    ])
    expect(smsc.submitted.map(({ registered }) => registered)).toEqual([0, 0, 1])
    expect(smsc.submitted.map(({ dataCoding }) => dataCoding)).toEqual([8, 8, 8])
  })

  it('keeps to a window of ten unanswered messages', async () => {
    const { driver, bound } = await startProcess()
    await bound()
    smsc.behaviour.slowMs = 30
    const sent = await Promise.all(Array.from({ length: 40 }, () => driver.send(message(), patience())))
    expect(sent.every(({ ok }) => ok)).toBe(true)
    expect(smsc.submitted).toHaveLength(40)
    expect(smsc.mostOpen()).toBeLessThanOrEqual(10)
    expect(smsc.mostOpen()).toBeGreaterThan(5)
  })

  it('holds still once it is throttled, for everybody, and goes on afterwards', async () => {
    const { driver, bound } = await startProcess()
    await bound()
    smsc.refusals.push(0x58)
    const throttled = { ok: false, error: { code: 'smpp_throttled', retryable: true, retryAfter: 1 } }
    expect(await driver.send(message(), patience())).toMatchObject(throttled)
    // Nothing of this reaches the network.
    expect(await driver.send(message(), patience())).toMatchObject(throttled)
    expect(smsc.submitted).toHaveLength(0)
    clock.at += 1_000
    expect(await driver.send(message(), patience())).toMatchObject({ ok: true })
    expect(smsc.submitted).toHaveLength(1)
  })

  it('finishes a text of several parts at the slower pace', async () => {
    const { driver, bound } = await startProcess({ clock: systemClock })
    await bound()
    smsc.refusals.push(0, 0x58)
    const text = 'La réponse de l administration. '.repeat(12)
    expect(await driver.send(message(text), patience())).toMatchObject({ ok: true })
    expect(smsc.submitted.map(({ part }) => part?.[2])).toEqual([1, 2, 3])
  })
})
