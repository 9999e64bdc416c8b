import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InboundEvent } from '../../src/core/channel.ts'
import { encodingOf } from '../../src/core/segments.ts'
import { type OutgoingText, STATUS_CHANNEL, type TextDriver } from '../../src/core/text-message.ts'

/** What arrived at the provider for one message of ours. */
export interface Arrived {
  readonly from: string
  readonly to: string
  readonly text: string
}

/** A driver with a provider before it that can be told how to behave. */
export interface DriverStage {
  readonly driver: TextDriver
  /** A person's text comes in at the door; gives the event that the driver recorded. */
  comesIn(from: string, text: string): Promise<InboundEvent>
  /** The provider says what became of a message. */
  says(providerId: string, messageId: string, word: 'delivered' | 'failed'): Promise<InboundEvent>
  arrived(): readonly Arrived[]
  /** How the provider answers the next message. */
  next(how: 'busy' | 'bad_number' | 'silent'): void
  /** What must never be found in an error. */
  readonly secret: string
  close(): Promise<void>
}

const FRENCH = "Réponse disponible à l'adresse [x] : 100 €"
const ARABIC = 'سجلنا شكايتكم 2612345678 الرمز 482157'

/** What every driver keeps, whatever provider is behind it. */
export const holdsDriverContract = (name: string, open: () => Promise<DriverStage>): void => {
  describe(`the ${name} driver`, () => {
    let stage: DriverStage
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(() => stage.close())

    let count = 0
    const message = (text: string): OutgoingText => {
      count += 1
      const id = `01900000-0000-7000-8000-${String(count).padStart(12, '0')}`
      const from = stage.driver.defaultLine.sms ?? ''
      return { id, channel: 'sms', from, to: '+212612345678', text, encoding: encodingOf(text) }
    }
    const send = (text: string, signal: AbortSignal = AbortSignal.timeout(5_000)) =>
      stage.driver.send(message(text), signal)
    const read = (event: InboundEvent) => ('body' in event.raw ? event.raw.body : new Uint8Array())

    it.each([
      ['French', 'Le guichet est fermé à 10 h, 50 € demandés'],
      ['French beyond GSM-7', 'Ma plainte a été oubliée, ça suffit'],
      ['Arabic', 'الماء مقطوع عندنا منذ يومين'],
      ['emoji', 'Route cassée 🚧🚧'],
      ['white space and signs', '  a & b = c ? % + #  '],
    ])('reads %s as it was written', async (_name, text) => {
      const event = await stage.comesIn('+212612345678', text)
      expect(event.raw.type).toBe(stage.driver.rawType)
      expect(event).toMatchObject({ channel: 'sms', sender: '+212612345678' })
      expect(stage.driver.readText(read(event))).toMatchObject({
        channel: 'sms',
        from: '+212612345678',
        text,
        media: [],
      })
      expect(stage.driver.readText(read(event))?.line).toBe(stage.driver.defaultLine.sms)
    })

    it('gives two messages two names', async () => {
      const [a, b] = [await stage.comesIn('+212612345678', '1'), await stage.comesIn('+212612345678', '1')]
      expect(a.externalId).not.toBe(b.externalId)
    })

    it.each([
      ['French', FRENCH],
      ['Arabic', ARABIC],
      ['a long text', 'La réponse de l’administration. '.repeat(12)],
    ])('brings %s to the person', async (_name, text) => {
      const result = await send(text)
      expect(result).toMatchObject({ ok: true, providerId: expect.any(String) })
      expect(stage.arrived().at(-1)).toEqual({
        from: stage.driver.defaultLine.sms,
        to: '+212612345678',
        text,
      })
    })

    it.each([
      ['busy', true],
      ['bad_number', false],
    ] as const)('says as data that the provider is %s', async (how, retryable) => {
      stage.next(how)
      const result = await send(FRENCH)
      expect(result).toMatchObject({ ok: false, error: { retryable } })
      expect(JSON.stringify(result)).not.toContain(stage.secret)
      expect(JSON.stringify(result)).not.toContain('612345678')
    })

    it('gives up when it is told to, and may be tried again', async () => {
      stage.next('silent')
      const began = performance.now()
      expect(await send(FRENCH, AbortSignal.timeout(200))).toMatchObject({
        ok: false,
        error: { retryable: true },
      })
      expect(performance.now() - began).toBeLessThan(3_000)
    })

    it.each(['delivered', 'failed'] as const)(
      'hears that a message is %s, by the name it was given',
      async (word) => {
        const sent = message(FRENCH)
        const result = await stage.driver.send(sent, AbortSignal.timeout(5_000))
        const providerId = result.ok ? (result.providerId ?? '') : ''
        const event = await stage.says(providerId, sent.id, word)
        expect(event.channel).toBe(STATUS_CHANNEL)
        expect(stage.driver.readStatus(read(event))).toMatchObject({ providerId, state: word })
        expect([sent.id, providerId]).toContain(event.sender)
      },
    )
  })
}
