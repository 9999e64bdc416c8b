import type { Line, SimulatedMedia, SimulatedMessage } from './state.ts'
import { misbehave, postWebhook, type WebhookAnswer, type WebhookDeps } from './webhooks.ts'

export interface MessageDeps extends WebhookDeps {
  /** Where the provider's API is reached: media addresses begin with it. */
  readonly apiUrl: string
  /** Path of the gateway's door for messages. */
  readonly path: string
}

export interface TypedMessage {
  readonly line: Line
  readonly phone: string
  readonly text: string
  readonly files: readonly { readonly type: string; readonly bytes: Buffer }[]
}

const STOP_WORDS = /^\s*(stop|stopall|end|quit|cancel|unsubscribe|arret)\s*$/i
const START_WORDS = /^\s*(start|yes|unstop)\s*$/i

const address = (line: Line, number: string): string => (line === 'whatsapp' ? `whatsapp:${number}` : number)

/** Address of a message's media at the provider. */
const mediaUrl = (
  { apiUrl, state }: MessageDeps,
  message: SimulatedMessage,
  { sid }: SimulatedMedia,
): string => `${apiUrl}/2010-04-01/Accounts/${state.account.sid}/Messages/${message.sid}/Media/${sid}`

/** The fields of an incoming message as the provider posts them. */
const fieldsOf = (deps: MessageDeps, message: SimulatedMessage): Record<string, string> => {
  const { sid, line, from, to, body, media } = message
  const optOut = STOP_WORDS.test(body) ? 'STOP' : START_WORDS.test(body) ? 'START' : undefined
  return {
    ToCountry: 'MA',
    MessageSid: sid,
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    AccountSid: deps.state.account.sid,
    From: address(line, from),
    To: address(line, to),
    Body: body,
    NumMedia: String(media.length),
    NumSegments: '1',
    ApiVersion: '2010-04-01',
    ...(line === 'whatsapp' ? { WaId: from.slice(1), ProfileName: '' } : {}),
    ...(line === 'sms' && optOut !== undefined ? { OptOutType: optOut } : {}),
    ...Object.fromEntries(
      media.flatMap((file, i) => [
        [`MediaUrl${i}`, mediaUrl(deps, message, file)],
        [`MediaContentType${i}`, file.type],
      ]),
    ),
  }
}

const noteOptOut = ({ state }: MessageDeps, { line, from, body }: SimulatedMessage): void => {
  if (line !== 'sms') return
  if (STOP_WORDS.test(body)) state.stopped.add(from)
  if (START_WORDS.test(body)) state.stopped.delete(from)
}

/** What people type on the simulated phone, on its way to the gateway. */
export const createOutbox = (deps: MessageDeps) => {
  const { state } = deps
  /** A message that is held back until the next one has gone. */
  let held: (() => Promise<readonly WebhookAnswer[]>) | undefined

  const record = ({ line, phone, text, files }: TypedMessage): SimulatedMessage => {
    const message: SimulatedMessage = {
      sid: state.sid(files.length > 0 ? 'MM' : 'SM'),
      line,
      direction: 'inbound',
      from: phone,
      to: line === 'sms' ? state.account.sms : state.account.whatsapp,
      body: text,
      at: state.clock.now(),
      media: files.map((file) => ({
        ...file,
        sid: state.sid('ME'),
        notYet: state.misbehaviour.notFoundFirst,
      })),
      files,
      links: [],
      status: 'received',
    }
    state.messages.push(message)
    noteOptOut(deps, message)
    return message
  }

  /** Sends a message. Resolves with its id and the gateway's answers once the webhook, with its misbehaviour, is over. */
  return async (
    typed: TypedMessage,
  ): Promise<{ readonly sid: string; readonly answers: readonly WebhookAnswer[] }> => {
    const message = record(typed)
    const url = `${deps.publicUrl}${deps.path}`
    const go = () => misbehave(deps, () => postWebhook(deps, url, fieldsOf(deps, message)))
    if (state.misbehaviour.reorder && held === undefined) {
      held = go
      return { sid: message.sid, answers: [] }
    }
    const answers = await go()
    const late = held
    held = undefined
    await late?.()
    return { sid: message.sid, answers }
  }
}
