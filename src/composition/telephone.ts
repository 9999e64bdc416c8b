import type { TwilioClient } from '../../channels/twilio-client.ts'
import type { TwilioConfig } from '../../channels/twilio-config.ts'
import { type FetchRemote, fetchRemote } from '../../media/fetch-remote.ts'
import type { Config } from '../config.ts'
import { type DeliveryResult, failed } from '../core/delivery.ts'
import { LIMITS } from '../core/limits.ts'
import type { Secrets } from '../core/secrets.ts'
import { createOutboundGuard } from '../platform/outbound-guard.ts'
import type { Parts } from './parts.ts'

/** The telephone of this gateway: a provider, or the simulator that speaks like one. */
export interface Telephone {
  readonly twilio: TwilioConfig
  readonly client: TwilioClient
  readonly simulated: boolean
  /** Brings a file of the provider into the store. */
  readonly fetch: FetchRemote
  /** Has the provider delete the media or recording at an address. */
  readonly erase: (url: string, signal: AbortSignal) => Promise<DeliveryResult>
  close(): Promise<void>
}

/** Numbers nobody is called by: Morocco has no subscribers in these blocks. */
const SIMULATED_LINE = '+212530000100'
const SIMULATED_WHATSAPP = '+212600000100'

/** Where this process itself can be reached, whatever stands in front of it. */
export const ownBase = ({ http: { host, port } }: Pick<Config, 'http'>): string => {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/** Account and token are derived, so that every process of the gateway and its next start know the same ones. */
export const simulatedTwilio = (secrets: Secrets, config: Pick<Config, 'http'>): TwilioConfig => {
  const base = ownBase(config)
  return {
    accountSid: `AC${secrets.derive('simulator-account').toString('hex').slice(0, 32)}`,
    authTokens: [secrets.derive('simulator-token').toString('hex').slice(0, 32)],
    apiUrl: `${base}/simulator/twilio`,
    mediaHosts: [new URL(base).host],
    smsFrom: SIMULATED_LINE,
    voiceFrom: SIMULATED_LINE,
    whatsappFrom: SIMULATED_WHATSAPP,
  }
}

const MEDIA = /\/Messages\/(\w+)\/Media\/(\w+)/
const RECORDING = /\/Recordings\/(\w+)/

const eraseAt =
  (client: TwilioClient) =>
  async (url: string, signal: AbortSignal): Promise<DeliveryResult> => {
    const [, message, media] = MEDIA.exec(url) ?? []
    if (message !== undefined && media !== undefined) return client.deleteMedia(message, media, signal)
    const recording = RECORDING.exec(url)?.[1]
    if (recording !== undefined) return client.deleteRecording(recording, signal)
    return failed({
      code: 'not_erasable',
      message: 'The address names no media of the provider.',
      retryable: false,
    })
  }

/** Opens the telephone; undefined when a gateway on a real database has no provider. */
export const composeTelephone = async (parts: Parts): Promise<Telephone | undefined> => {
  const { config, secrets, store, newId, simulated } = parts
  const twilio = config.twilio ?? (simulated ? simulatedTwilio(secrets, config) : undefined)
  if (twilio === undefined) return undefined
  // The vendor's SDK takes half a second to load: only where it is used.
  const { createTwilioClient } = await import('../../channels/twilio-client.ts')
  const client = createTwilioClient(twilio)
  const guard = createOutboundGuard({
    allow: config.outboundAllow,
    // An API without TLS was written into the configuration by hand; its media lie beside it.
    within: twilio.apiUrl.startsWith('http:') ? [`${twilio.apiUrl}/`] : [],
  })
  const [password = ''] = twilio.authTokens
  const source = { hosts: twilio.mediaHosts, credentials: { user: twilio.accountSid, password } }
  return {
    twilio,
    client,
    simulated,
    fetch: (url, signal) =>
      fetchRemote({ guard, store, newId, source }, url, { maxBytes: LIMITS.uploadBytes, signal }),
    erase: eraseAt(client),
    close: () => guard.close(),
  }
}
