import { and, eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import type { AfterNotice, KnownComplaint, Saying, WriteText } from '../core/conversation.ts'
import { type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import { answerableNumber } from '../core/phone-number.ts'
import { isTextChannel, type TextChannel, type TextDriver } from '../core/text-message.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database, Tx } from '../db/client.ts'
import { complainants, complaints, notices, outgoingMessages, receipts } from '../db/schema/index.ts'
import { mailNoticeInstead } from './fall-back.ts'
import { findWay, holdConversation, readConversation, saveConversation } from './find-way.ts'
import { readKnownComplaint } from './known-complaint.ts'
import { type Draft, MASKED_CODE, queueMessages, type Way } from './queue-messages.ts'

export interface WriteDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly drivers: readonly TextDriver[]
  readonly write: WriteText
  readonly afterNotice: AfterNotice
  readonly officeZone: string
}

type Contacted = Pick<typeof complaints.$inferSelect, 'id' | 'channel' | 'language'> & {
  readonly phone: string | null
  readonly preferred: string | null
}

const refused = (code: string, message: string): DeliveryResult => failed({ code, message, retryable: false })
const NO_PHONE = refused('no_phone', 'The complainant left no number that can be answered.')
const NO_LINE = refused('no_line', 'No number is configured from which this person can be written to.')

/** How a complainant can be reached, beside how they filed. */
export const readContact = async (tx: Tx, complaintId: string): Promise<Contacted | undefined> => {
  const [row] = await tx
    .select({
      id: complaints.id,
      channel: complaints.channel,
      language: complaints.language,
      phone: complainants.phone,
      preferred: complainants.preferred,
    })
    .from(complaints)
    .leftJoin(complainants, eq(complainants.complaintId, complaints.id))
    .where(eq(complaints.id, complaintId))
  return row
}

/** The text channel of a person: asked for, else the one they filed by; a caller is texted. */
const channelOf = ({ preferred, channel }: Contacted, via?: string | null): TextChannel => {
  const wished = [via, preferred, channel].find((name) => name != null && isTextChannel(name))
  return wished !== undefined && wished !== null && isTextChannel(wished) ? wished : 'sms'
}

/** Facts that an approved template of the provider's may show, by number. */
export const templateVariables = ({ reference, answerBy }: KnownComplaint): Record<string, string> => ({
  1: reference,
  2: answerBy,
})

/** The way to a complainant's telephone, or why there is none. */
export const wayTo = async (
  tx: Tx,
  { drivers }: WriteDeps,
  contact: Contacted,
  via?: string | null,
): Promise<Way | DeliveryResult> => {
  const phone = answerableNumber(contact.phone ?? '')
  if (phone === undefined) return NO_PHONE
  const channel = channelOf(contact, via)
  return findWay(drivers, await readConversation(tx, channel, phone), channel, phone) ?? NO_LINE
}

export const isWay = (way: Way | DeliveryResult): way is Way => 'recipient' in way

/** One text about a complaint, in the language of the conversation or else of the filing. */
export const draftOf = async (
  tx: Tx,
  deps: WriteDeps,
  contact: Contacted,
  way: Way,
  { purpose, ...about }: Pick<Draft, 'purpose' | 'dedupeKey' | 'receiptId' | 'noticeId'>,
): Promise<Draft | undefined> => {
  const reading = { now: deps.clock.now(), officeZone: deps.officeZone }
  const complaint = await readKnownComplaint(tx, reading, contact.id)
  if (complaint === undefined) return undefined
  const conversation = await readConversation(tx, way.channel, way.recipient)
  const language = conversation?.state.language ?? contact.language
  return {
    ...about,
    purpose,
    language,
    text: deps.write(language, purpose, { complaint, accessCode: MASKED_CODE }),
    variables: templateVariables(complaint),
    complaintId: contact.id,
  }
}

/** What the receipt of a round says: the first gives number and code, a later one the new date. */
export const receiptSaying = (round: number): Saying => (round === 1 ? 'filed' : 'resubmitted')

export const receiptKey = (receiptId: string): string => `receipt:${receiptId}`

/** Whether this was queued before: asked before the insert, which would wait for whoever is sending it. */
const isQueued = async (tx: Tx, dedupeKey: string): Promise<boolean> => {
  const rows = await tx
    .select({ id: outgoingMessages.id })
    .from(outgoingMessages)
    .where(eq(outgoingMessages.dedupeKey, dedupeKey))
  return rows.length > 0
}

/** Nobody can be answered there: the record says so, and there is nothing for staff to send again (P29). */
const noteUnanswerable = async (tx: Tx, now: Date, receiptId: string): Promise<DeliveryResult> => {
  await tx
    .update(receipts)
    .set({ state: 'failed', failure: 'unanswerable', updatedAt: now })
    .where(and(eq(receipts.id, receiptId), eq(receipts.state, 'due')))
  return delivered()
}

/**
 * Topic `receipt.send` for filings by telephone (SMS, WhatsApp, a call): queues the receipt to the number it came from, or to
 * the one that was given. Its state follows the message. Safe to repeat.
 */
export const createSendReceiptByPhone =
  (deps: WriteDeps): TopicHandler<'receipt.send'> =>
  ({ receiptId }) =>
    deps.db.orm.transaction(async (tx) => {
      const act = { now: deps.clock.now(), newId: deps.newId }
      const [receipt] = await tx.select().from(receipts).where(eq(receipts.id, receiptId))
      const dedupeKey = receiptKey(receiptId)
      const contact = receipt && (await readContact(tx, receipt.complaintId))
      if (receipt === undefined || contact === undefined || (await isQueued(tx, dedupeKey)))
        return delivered()
      const way = await wayTo(tx, deps, contact, receipt.via)
      if (way === NO_PHONE) return noteUnanswerable(tx, act.now, receiptId)
      if (!isWay(way)) return way
      const purpose = receiptSaying(receipt.round)
      const draft = await draftOf(tx, deps, contact, way, { purpose, dedupeKey, receiptId })
      if (draft) await queueMessages(tx, act, way, [draft])
      return delivered()
    })

/** What is asked with a notice is what the next digit of the person answers. */
const rememberQuestion = async (tx: Tx, deps: WriteDeps, way: Way, say: Saying, complaintId: string) => {
  const now = deps.clock.now()
  const { channel, phone, state } = await holdConversation(tx, way, now)
  const next = deps.afterNotice(state, say, complaintId, now)
  if (next !== state) await saveConversation(tx, { channel, phone }, next, now)
}

/** The notice takes the complainant's address where there is one; the record says why. */
const noteUnsent = async (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  notice: typeof notices.$inferSelect,
  result: DeliveryResult,
): Promise<DeliveryResult> => {
  if (!result.ok && !(await mailNoticeInstead(tx, act, notice, result.error.code)))
    await tx
      .update(notices)
      .set({ state: 'failed', failure: result.error.code, updatedAt: act.now })
      .where(eq(notices.id, notice.id))
  return delivered()
}

/** Topic `notice.send` for those who left a telephone: says what happened, and remembers what it asks. */
export const createSendNotice =
  (deps: WriteDeps): TopicHandler<'notice.send'> =>
  ({ noticeId }) =>
    deps.db.orm.transaction(async (tx) => {
      const act = { now: deps.clock.now(), newId: deps.newId }
      const [notice] = await tx.select().from(notices).where(eq(notices.id, noticeId))
      const contact = notice && (await readContact(tx, notice.complaintId))
      const dedupeKey = `notice:${noticeId}`
      if (notice === undefined || contact === undefined || (await isQueued(tx, dedupeKey))) return delivered()
      const way = await wayTo(tx, deps, contact)
      if (!isWay(way)) return noteUnsent(tx, act, notice, way)
      const about = { purpose: notice.kind, dedupeKey, noticeId }
      const draft = await draftOf(tx, deps, contact, way, about)
      if (draft === undefined) return delivered()
      await queueMessages(tx, act, way, [draft])
      await rememberQuestion(tx, deps, way, notice.kind, contact.id)
      return delivered()
    })
