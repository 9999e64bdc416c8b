import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connector } from '../../src/core/connector.ts'
import type { Dossier } from '../../src/core/dossier.ts'
import { dossierOf, messageOf } from '../support/dossier.ts'

/** What the far side saw of one message. */
export interface Arrived {
  /** The id by which the body recognises a repeat. */
  readonly id: string
  readonly event: string
  readonly dossier: Dossier
}

/** A real far side on loopback that does as its destination says. */
export interface FarSide {
  readonly connector: Connector
  /** Settings for a destination that takes everything, answers "later", "never", not at all, or that nobody listens at. */
  readonly settings: Readonly<Record<'takes' | 'later' | 'never' | 'silent' | 'absent', unknown>>
  readonly secrets: readonly string[]
  arrived(): Promise<readonly Arrived[]>
  close(): Promise<void>
}

const patience = () => AbortSignal.timeout(5_000)

/** What every way of reaching a body must hold to. */
export const connectorContract = (name: string, open: () => Promise<FarSide>): void => {
  describe(`connector ${name}`, () => {
    let far: FarSide
    beforeAll(async () => {
      far = await open()
    })
    afterAll(() => far.close())
    const deliver = (
      destination: keyof FarSide['settings'],
      facts: Parameters<typeof messageOf>[0] = {},
      signal = patience(),
    ) =>
      far.connector.deliver(
        messageOf({ settings: far.settings[destination], secrets: far.secrets, ...facts }),
        signal,
      )

    it('describes its settings and names its destination among them', () => {
      expect(Object.keys(far.connector.settingsSchema.shape)).toContain(far.connector.destination)
      expect(far.connector.settingsSchema.safeParse({}).success).toBe(false)
      expect(far.connector.settingsSchema.safeParse(far.settings.takes).success).toBe(true)
    })

    it.each([
      'complaint.referred',
      'complaint.updated',
      'complaint.withdrawn',
      'complaint.resubmitted',
      'test.ping',
    ] as const)('tells %s, with the dossier whole', async (event) => {
      const dossier = dossierOf({ text: 'é ك 🙂 "<&' })
      expect(await deliver('takes', { event, dossier })).toMatchObject({ ok: true })
      expect((await far.arrived()).at(-1)).toMatchObject({ event, dossier })
    })

    it('gives a repeat the same id and another message another one', async () => {
      const message = messageOf({})
      for (const id of [message.id, message.id, messageOf({}).id]) await deliver('takes', { id })
      const [first, second, third] = (await far.arrived()).slice(-3).map(({ id }) => id)
      expect(second).toBe(first)
      expect(third).not.toBe(first)
      expect(first).toContain(message.id)
    })

    it('reports "later" as worth another try and "never" as not', async () => {
      expect(await deliver('later')).toMatchObject({ ok: false, error: { retryable: true } })
      expect(await deliver('never')).toMatchObject({ ok: false, error: { retryable: false } })
    })

    it('reports an absent far side as worth another try', async () => {
      expect(await deliver('absent')).toMatchObject({ ok: false, error: { retryable: true } })
    })

    it('stops when it is told to', async () => {
      const start = performance.now()
      const result = await deliver('silent', {}, AbortSignal.timeout(200))
      expect(result).toMatchObject({ ok: false, error: { retryable: true } })
      expect(performance.now() - start).toBeLessThan(4_000)
    })

    it('says nothing of secrets, destination or citizen in an error', async () => {
      for (const destination of ['later', 'never', 'absent'] as const) {
        const told = JSON.stringify(await deliver(destination))
        const settings = far.settings[destination] as Record<string, unknown>
        const kept = [...far.secrets, String(settings[far.connector.destination]), dossierOf().text]
        for (const secret of kept) expect(told).not.toContain(secret)
      }
    })
  })
}
