import type { Clock, NewId } from '../../core/clock.ts'

/** Which line of the phone is used: the network it would come by. */
export const LINES = ['sms', 'whatsapp'] as const
export type Line = (typeof LINES)[number]

export interface SimulatedMedia {
  readonly sid: string
  readonly type: string
  readonly bytes: Buffer
  /** Answers "not there yet" until this many have asked. */
  notYet: number
}

export interface SimulatedMessage {
  readonly sid: string
  readonly line: Line
  readonly direction: 'inbound' | 'outbound-api'
  readonly from: string
  readonly to: string
  readonly body: string
  readonly at: Date
  readonly media: SimulatedMedia[]
  /** What the phone itself keeps of the files it sent, whatever the provider deletes. */
  readonly files: readonly Pick<SimulatedMedia, 'type' | 'bytes'>[]
  /** Addresses that an outgoing message carries. */
  readonly links: readonly string[]
  readonly template?: { readonly sid: string; readonly variables: string }
  status: string
  errorCode?: number
}

export interface SimulatedRecording extends SimulatedMedia {
  readonly callSid: string
  readonly seconds: number
  readonly at: Date
}

/** Ways in which the provider is told to misbehave. */
export interface Misbehaviour {
  /** Every webhook comes twice at once. */
  duplicate: boolean
  /** Webhooks come so many seconds late. */
  delay: number
  /** Two messages in a row arrive the other way round. */
  reorder: boolean
  /** Sending is refused with this error: 21614 a landline, 20429 too fast, 500 the provider itself. */
  refuse: number
  /** Media and recordings are not there for the first so many requests. */
  notFoundFirst: number
  /** Webhooks never come: only the provider's own list knows. */
  drop: boolean
}

export const WELL_BEHAVED: Misbehaviour = {
  duplicate: false,
  delay: 0,
  reorder: false,
  refuse: 0,
  notFoundFirst: 0,
  drop: false,
}

export interface Account {
  readonly sid: string
  readonly token: string
  /** The numbers of the service. */
  readonly sms: string
  readonly voice: string
  readonly whatsapp: string
}

export interface StateDeps {
  readonly clock: Clock
  readonly newId: NewId
  readonly account: Account
}

/** What the simulated provider knows. In memory: a restart begins with an empty phone. */
export const createState = ({ clock, newId, account }: StateDeps) => {
  const messages: SimulatedMessage[] = []
  const recordings = new Map<string, SimulatedRecording>()
  const misbehaviour: Misbehaviour = { ...WELL_BEHAVED }
  /** Who said STOP; the provider itself refuses to write to them. */
  const stopped = new Set<string>()
  return {
    account,
    clock,
    messages,
    recordings,
    misbehaviour,
    stopped,
    /** An id as the provider gives them: two letters and 32 hexadecimal digits. */
    sid: (kind: string): string => `${kind}${newId().replaceAll('-', '')}`,
    /** Messages of one phone on one line, oldest first. */
    thread: (line: Line, phone: string): readonly SimulatedMessage[] =>
      messages.filter((one) => one.line === line && (one.from === phone || one.to === phone)),
    findMessage: (sid: string): SimulatedMessage | undefined => messages.find((one) => one.sid === sid),
  }
}

export type PhoneState = ReturnType<typeof createState>
