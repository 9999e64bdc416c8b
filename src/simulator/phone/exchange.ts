import { createCalls } from './calls.ts'
import { createOutbox } from './messages.ts'
import { createSender } from './send.ts'
import { createState, type StateDeps } from './state.ts'

/** The doors of the gateway that this provider knocks at. */
export const DOORS = {
  messages: '/webhooks/twilio/messages',
  voice: '/webhooks/twilio/voice',
  callStatus: '/webhooks/twilio/voice/status',
} as const

export interface ExchangeOptions extends StateDeps {
  /** The gateway's public URL: webhooks are signed over it. */
  readonly publicUrl: string
  /** Where the gateway is reached from here, when that is not the public URL. */
  readonly deliverTo?: string
  /** Where `providerApi` answers: base and prefix. */
  readonly apiUrl: string
}

/** A telephone provider that speaks the real one's protocol: what its customers' phones do, and what it does then. */
export const createExchange = (options: ExchangeOptions) => {
  const state = createState(options)
  const deps = {
    state,
    publicUrl: options.publicUrl,
    ...(options.deliverTo === undefined ? {} : { deliverTo: options.deliverTo }),
    apiUrl: options.apiUrl,
  }
  return {
    state,
    /** A person writes. */
    write: createOutbox({ ...deps, path: DOORS.messages }),
    /** A person calls. */
    calls: createCalls({ ...deps, path: DOORS.voice, statusPath: DOORS.callStatus }),
    /** The gateway writes. */
    send: createSender(deps),
  }
}

export type Exchange = ReturnType<typeof createExchange>
