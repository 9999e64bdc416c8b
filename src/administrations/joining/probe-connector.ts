import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import type { ConformanceRule, ProbeResult } from '../../core/joining.ts'

export type Probes = Partial<Record<ConformanceRule, ProbeResult>>

/** An answer after this long is too late: while a body thinks, one of its few places is taken. */
const SLOW_MS = 10_000
/** A body refuses what was signed this long ago (Standard Webhooks asks for five minutes). */
const STALE_MS = 3600_000
const FORGED = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
/** No endpoint files requests under this service. */
const NO_SERVICE = 'wasl-no-such-service'

export const found = (ok: boolean, detail: string): ProbeResult => ({ ok, detail })

/** A connector with the dossier that it is tried with. */
export interface Probe {
  readonly connector: Connector
  readonly message: (facts?: Partial<ConnectorMessage>) => Promise<ConnectorMessage>
  readonly now: () => Date
}

/** One delivery, timed. */
export const tryOnce = async ({ connector, now }: Probe, message: ConnectorMessage) => {
  const start = now().getTime()
  const result = await connector.deliver(message, AbortSignal.timeout(SLOW_MS + 5_000))
  return { result, took: now().getTime() - start, code: result.ok ? 'taken' : result.error.code }
}

/** What was not signed by us, or long ago, is refused; what was signed is taken. */
const probeSignature = async (probe: Probe): Promise<ProbeResult> => {
  const forged = await tryOnce(probe, await probe.message({ event: 'test.ping', secrets: [FORGED] }))
  if (forged.result.ok) return found(false, 'forged_taken')
  const stale = new Date(probe.now().getTime() - STALE_MS)
  const old = await tryOnce(probe, await probe.message({ event: 'test.ping', at: stale }))
  // A key says nothing of when it was used.
  if (old.result.ok && probe.connector.signs) return found(false, 'stale_taken')
  const good = await tryOnce(probe, await probe.message({ event: 'test.ping' }))
  return found(good.result.ok, good.code)
}

/** An event and a service of a kind it does not know must not break it: it takes them, or says that it never will. */
const probeError = async (probe: Probe): Promise<ProbeResult> => {
  const message = await probe.message({ event: 'test.unknown' as 'test.ping' })
  const settings = { ...(message.settings as object), service: NO_SERVICE }
  const { result, code } = await tryOnce(probe, { ...message, settings })
  return found(result.ok || !result.error.retryable, code)
}

type Repeat = Record<'idempotency' | 'slow' | 'taken', ProbeResult>

/** The same message twice, as after a cut: taken in time, and a number given is given again. */
const probeRepeat = async (probe: Probe): Promise<Repeat> => {
  const message = await probe.message()
  const first = await tryOnce(probe, message)
  const second = await tryOnce(probe, message)
  const code = first.result.ok ? second.code : first.code
  const took = Math.max(first.took, second.took)
  const isOneNumber =
    first.result.ok && second.result.ok && first.result.providerId === second.result.providerId
  return {
    taken: found(code === 'taken', code),
    idempotency: found(isOneNumber, code === 'taken' && !isOneNumber ? 'two_numbers' : code),
    slow: found(took <= SLOW_MS, `${took} ms`),
  }
}

/**
 * Tries a connector by the rules it can break. What is too slow is asked nothing more: all else would fail for the same reason,
 * and the report would name rules that nobody tried.
 */
export const probeConnector = async (rules: readonly ConformanceRule[], probe: Probe): Promise<Probes> => {
  const { taken, ...repeat } = await probeRepeat(probe)
  if (!repeat.slow.ok) return { slow: repeat.slow }
  const hasAnswers = probe.connector.destination === 'url'
  return {
    ...repeat,
    ...(rules.includes('signature') ? { signature: await probeSignature(probe) } : {}),
    // Nobody answers a mail at once: it is taken, or comes back.
    ...(rules.includes('error') ? { error: hasAnswers ? await probeError(probe) : taken } : {}),
  }
}
