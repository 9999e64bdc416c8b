import { setTimeout as sleep } from 'node:timers/promises'
import type { Line, PhoneState, SimulatedMessage } from './state.ts'
import { misbehave, postWebhook, type WebhookDeps } from './webhooks.ts'

export type Sent =
  | { readonly ok: true; readonly message: SimulatedMessage }
  | { readonly ok: false; readonly status: number; readonly code: number }

/** Takes a message to a phone as the provider's API does; its status callbacks follow. */
export type Sender = (fields: URLSearchParams) => Sent

const DAY_MS = 24 * 3600 * 1000
/** Fixed lines of Morocco: no SMS reaches them. */
const LANDLINE = /^\+2125/
/** Outside WhatsApp's window. */
const NO_WINDOW = 63016
/** Between the words of a status, in milliseconds: nothing that is sent arrives at once. */
const STEP_MS = 30

const numberOf = (address: string): string => address.replace(/^whatsapp:/, '')

const HTTP_OF: Readonly<Record<number, number>> = { 500: 500, 20429: 429 }

const written = (line: Line, number: string): string => (line === 'whatsapp' ? `whatsapp:${number}` : number)

const hasWindow = ({ messages, clock }: PhoneState, phone: string): boolean =>
  messages.some(
    ({ line, direction, from, at }) =>
      line === 'whatsapp' &&
      direction === 'inbound' &&
      from === phone &&
      clock.now().getTime() - at.getTime() < DAY_MS,
  )

const refusal = ({ misbehaviour, stopped }: PhoneState, line: Line, to: string): number => {
  if (misbehaviour.refuse !== 0) return misbehaviour.refuse
  if (line === 'sms' && LANDLINE.test(to)) return 21614
  return line === 'sms' && stopped.has(to) ? 21610 : 0
}

const tell = async (deps: WebhookDeps, message: SimulatedMessage, callback: string): Promise<void> => {
  const { line, to, from, status, errorCode, sid } = message
  await misbehave(deps, () =>
    postWebhook(deps, callback, {
      MessageSid: sid,
      SmsSid: sid,
      MessageStatus: status,
      SmsStatus: status,
      To: written(line, to),
      From: written(line, from),
      AccountSid: deps.state.account.sid,
      ApiVersion: '2010-04-01',
      ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
    }),
  )
}

/** Takes the message to the phone and tells how far it is, word by word. */
const carry = async (
  deps: WebhookDeps,
  message: SimulatedMessage,
  callback: string | null,
  fails: number | undefined,
): Promise<void> => {
  for (const status of fails === undefined ? ['sent', 'delivered'] : ['failed']) {
    await sleep(STEP_MS)
    message.status = status
    if (fails !== undefined) message.errorCode = fails
    if (callback !== null) await tell(deps, message, callback)
  }
}

const messageOf = (state: PhoneState, fields: URLSearchParams, line: Line): SimulatedMessage => {
  const text = (name: string): string => fields.get(name) ?? ''
  const template = { sid: text('ContentSid'), variables: text('ContentVariables') }
  return {
    sid: state.sid('SM'),
    line,
    direction: 'outbound-api',
    from: numberOf(text('From')) || state.account[line],
    to: numberOf(text('To')),
    body: text('Body'),
    at: state.clock.now(),
    media: [],
    files: [],
    links: fields.getAll('MediaUrl'),
    ...(template.sid === '' ? {} : { template }),
    status: 'queued',
  }
}

/** The provider's way of sending: accepts or refuses at once, tells the rest by status callbacks. */
export const createSender = (deps: WebhookDeps): Sender => {
  const { state } = deps
  return (fields) => {
    const line: Line = fields.get('To')?.startsWith('whatsapp:') ? 'whatsapp' : 'sms'
    const message = messageOf(state, fields, line)
    const code = refusal(state, line, message.to)
    if (code !== 0) return { ok: false, status: HTTP_OF[code] ?? 400, code }
    const isLate = line === 'whatsapp' && message.template === undefined && !hasWindow(state, message.to)
    state.messages.push(message)
    void carry(deps, message, fields.get('StatusCallback'), isLate ? NO_WINDOW : undefined)
    return { ok: true, message }
  }
}
