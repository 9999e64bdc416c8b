import { eq } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryError, type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import type { TextDriver } from '../core/text-message.ts'
import type { TopicHandler, Topics } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { outgoingMessages } from '../db/schema/index.ts'
import { isWindowOpen, readConversation } from './find-way.ts'
import { MASKED_CODE, type MessageRow } from './queue-messages.ts'
import { messageFailed, messageSent } from './settle-message.ts'

export interface SendMessageDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly drivers: readonly TextDriver[]
  readonly accessCodeOf: (complaintId: string) => string
  readonly draftCodeOf: (draftId: string, phone: string) => string
  /** Stands for an upload link in what is stored. */
  readonly maskedLink: string
  /** Makes a link by which files are added to a complaint. */
  readonly createUploadLink: (complaintId: string) => Promise<string>
  /** Where a provider fetches a recording, for a while. */
  readonly soundUrl: (renditionId: string) => string
  /** Approved templates by what they say and in which language (`answered.fr`), for WhatsApp outside its window. */
  readonly templates: ReadonlyMap<string, string>
}

const refusal = (code: string, message: string): DeliveryError => ({ code, message, retryable: false })

const STOPPED = {
  ...refusal('stopped', 'The person asked for silence on this channel.'),
  disablesDestination: true,
}
const WINDOW = refusal(
  'window_closed',
  'WhatsApp takes free text for 24 hours only, and no template is approved for this.',
)

/** The stored text with what is never stored: the access code of a receipt, the code of a draft, the secret of a link. */
const textOf = async (deps: SendMessageDeps, row: MessageRow): Promise<string> => {
  const { purpose, text, complaintId } = row
  if (purpose === 'draft_code')
    return text.replace(MASKED_CODE, deps.draftCodeOf(row.variables['draft'] ?? '', row.recipient))
  if (complaintId === null) return text
  if (purpose === 'filed') return text.replace(MASKED_CODE, deps.accessCodeOf(complaintId))
  if (purpose === 'upload') return text.replace(deps.maskedLink, await deps.createUploadLink(complaintId))
  return text
}

/** What keeps a message from being handed over, or the template it must take. */
const judge = async (deps: SendMessageDeps, row: MessageRow) => {
  const conversation = await readConversation(deps.db.orm, row.channel, row.recipient)
  if (conversation?.state.stopped && row.purpose !== 'stopped') return { refused: STOPPED }
  if (isWindowOpen(row.channel, conversation, deps.clock.now())) return { template: undefined }
  const id = deps.templates.get(`${row.purpose}.${row.language}`)
  return id === undefined ? { refused: WINDOW } : { template: { id, variables: row.variables } }
}

const hand = async (deps: SendMessageDeps, row: MessageRow, signal: AbortSignal): Promise<DeliveryResult> => {
  const driver = deps.drivers.find(({ id }) => id === row.driver)
  if (driver === undefined)
    return failed({ code: 'no_driver', message: `No driver ${row.driver} runs here.`, retryable: true })
  const judged = await judge(deps, row)
  if (judged.refused) return failed(judged.refused)
  const { id, channel, sender: from, recipient: to, encoding } = row
  const template = judged.template ? { template: judged.template } : {}
  const { voice } = row.variables
  const sound = row.purpose === 'voice' && voice !== undefined ? { sound: deps.soundUrl(voice) } : {}
  const text = await textOf(deps, row)
  return driver.send({ id, channel, from, to, encoding, text, ...sound, ...template }, signal)
}

const settle = (deps: SendMessageDeps) => ({ now: deps.clock.now(), newId: deps.newId })

/** After this many failures another way is worth more than another try. */
const TRIES_A_WAY = 2

/** The other side asked to wait, or this is only the first time: the same way is tried again. */
const isWorthAnotherTry = ({ retryable, retryAfter }: DeliveryError, attempt: number): boolean =>
  retryable && (retryAfter !== undefined || attempt < TRIES_A_WAY)

/** Takes another way where there is one. What may pass keeps being tried on the same way otherwise. */
const giveUp = async (
  deps: SendMessageDeps,
  row: MessageRow,
  error: DeliveryError,
): Promise<DeliveryResult> => {
  const isTaken = await deps.db.orm.transaction((tx) =>
    messageFailed(tx, settle(deps), deps, row.id, { ...error, isFinal: true, mayPass: error.retryable }),
  )
  // Silence that was asked for is no failure for staff to mend.
  return isTaken || error.code === STOPPED.code ? delivered() : failed(error)
}

/** Topic `message.send`: hands one short message to its provider. What was handed over is not handed over again. */
export const createSendMessage =
  (deps: SendMessageDeps): TopicHandler<'message.send'> =>
  async ({ messageId }, { signal, attempt }) => {
    const [row] = await deps.db.orm.select().from(outgoingMessages).where(eq(outgoingMessages.id, messageId))
    if (row === undefined || row.state !== 'queued') return delivered(row?.providerId ?? undefined)
    const result = await hand(deps, row, signal)
    if (result.ok) {
      await deps.db.orm.transaction((tx) => messageSent(tx, settle(deps), row.id, result.providerId))
      return result
    }
    return isWorthAnotherTry(result.error, attempt) ? result : giveUp(deps, row, result.error)
  }

/** The message's tries are used up: the record says so, and what may take another way does. */
export const messageDied = async (
  deps: SendMessageDeps,
  { messageId }: Topics['message.send'],
  error: DeliveryError,
): Promise<void> => {
  await deps.db.orm.transaction((tx) =>
    messageFailed(tx, settle(deps), deps, messageId, { ...error, isFinal: true }),
  )
}
