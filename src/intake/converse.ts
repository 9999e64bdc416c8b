import { and, eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { type Conversation, type MessageHeard, type Reply, THIS, type Turn } from '../core/conversation.ts'
import { type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import type { Locale } from '../core/locale.ts'
import { answerableNumber } from '../core/phone-number.ts'
import { parseReference } from '../core/reference.ts'
import type { InboundText, TextChannel } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { conversations, ledgerEntries } from '../db/schema/index.ts'
import {
  type ConversationRow,
  holdConversation,
  readConversation,
  saveConversation,
} from '../messages/find-way.ts'
import { complaintOfPhone, languageOfPhone, readKnownComplaint } from '../messages/known-complaint.ts'
import { type Draft, MASKED_CODE, queueMessages, type Way } from '../messages/queue-messages.ts'
import { receiptKey, templateVariables } from '../messages/write-to-complainant.ts'
import { type Applied, applyEffects, complaintMeant, type Said } from './apply-effects.ts'
import type { ConverseDeps } from './converse-deps.ts'
import { detectLanguage } from './detect-language.ts'
import { gatherPart, type Whole } from './glue-parts.ts'
import type { Judge } from './judge-event.ts'
import { ignoreEvent, keepWithComplaint, quarantineEvent, type RecordedEvent } from './settle-event.ts'

/** Morocco's state writes Arabic; a text in Latin letters without any telling word is answered in French. */
const languageOf = (text: string): Locale | undefined =>
  detectLanguage(text) ?? (/\p{Script=Latin}/u.test(text) ? 'fr' : undefined)

/** Whoever filed elsewhere and answers a notice by "1" or "OK" goes on in the language of the filing. */
const languageWith = async (tx: Tx, { state, phone }: ConversationRow, text: string) =>
  detectLanguage(text) ??
  (state.language === undefined ? await languageOfPhone(tx, phone) : undefined) ??
  languageOf(text)
const UNTOLD: Locale = 'ar'

/** A name is short; what is longer tells something and is not searched for names. */
const NAME_WORDS = 6

const actOf = ({ clock, newId }: ConverseDeps, way: Pick<Way, 'channel'>): Act => ({
  now: clock.now(),
  newId,
  actor: `citizen:${way.channel}`,
})

const known = (tx: Tx, deps: ConverseDeps, complaintId: string | undefined) =>
  complaintId === undefined
    ? undefined
    : readKnownComplaint(tx, { now: deps.clock.now(), officeZone: deps.officeZone }, complaintId)

/** What the conversation must know besides the words. */
const factsOf = async (tx: Tx, deps: ConverseDeps, phone: string, text: string) => {
  const parsed = parseReference(text)
  const [latest, named] = [
    await known(tx, deps, await complaintOfPhone(tx, phone)),
    parsed.ok ? await known(tx, deps, await complaintOfPhone(tx, phone, parsed.reference)) : undefined,
  ]
  return { ...(latest ? { latest } : {}), ...(named ? { named } : {}) }
}

/** What is said about a complaint whose state did not allow what was asked: where it stands. */
const asItIs = (reply: Reply, applied: readonly Applied[]): Reply => {
  const refused = applied.find(({ refused: no }) => no)
  return refused && ['routed', 'satisfied', 'resubmitted', 'withdrawn'].includes(reply.say)
    ? { say: 'status', ...(reply.about ? { about: reply.about } : {}) }
    : reply
}

const draftsOf = async (
  tx: Tx,
  deps: ConverseDeps,
  turn: Turn,
  applied: readonly Applied[],
  { channel, occasion }: { readonly channel: TextChannel; readonly occasion: string },
): Promise<Draft[]> => {
  const language = turn.conversation.language ?? UNTOLD
  const drafts: Draft[] = []
  for (const [nth, planned] of turn.replies.entries()) {
    const { say, about, offices = [] } = asItIs(planned, applied)
    const complaint = await known(tx, deps, complaintMeant(about, applied))
    const isReceipt = say === 'filed' || say === 'resubmitted'
    const receiptId = isReceipt ? applied.find((done) => done.receiptId !== undefined)?.receiptId : undefined
    // A refusal at once (National Defence) is told by its notice.
    if (say === 'routed' && complaint?.state === 'closed') continue
    drafts.push({
      purpose: say,
      language,
      text: deps.write(language, say, {
        offices,
        accessCode: MASKED_CODE,
        link: deps.maskedLink,
        ...(complaint ? { complaint } : {}),
      }),
      dedupeKey: receiptId === undefined ? `reply:${occasion}:${nth}` : receiptKey(receiptId),
      variables: complaint ? templateVariables(complaint) : {},
      complaintId: complaint?.id,
      receiptId,
    })
    // The body's own voice, where the channel can carry it.
    if (say === 'answer' && channel === 'whatsapp' && complaint?.voiceNote)
      drafts.push({
        purpose: 'voice',
        language,
        text: deps.write(language, 'voice', { complaint }),
        dedupeKey: `reply:${occasion}:${nth}:voice`,
        variables: { voice: complaint.voiceNote },
        complaintId: complaint.id,
      })
  }
  return drafts
}

/** The state with the filed complaint in the place of THIS. */
const rooted = ({ joining, waiting, ...rest }: Conversation, applied: readonly Applied[]): Conversation => {
  const idOf = (id: string) => (id === THIS ? complaintMeant(THIS, applied) : id)
  const [joined, asked] = [joining && idOf(joining.complaintId), waiting && idOf(waiting.complaintId)]
  return {
    ...rest,
    ...(joining && joined ? { joining: { ...joining, complaintId: joined } } : {}),
    ...(waiting && asked ? { waiting: { ...waiting, complaintId: asked } } : {}),
  }
}

/** One turn of a held conversation: effects, what is said, what is remembered. All or nothing. */
export const takeTurn = async (
  tx: Tx,
  deps: ConverseDeps,
  held: ConversationRow,
  turn: Turn,
  { said, occasion }: { readonly said?: Said; readonly occasion: string },
): Promise<Applied[]> => {
  const way: Way = { channel: held.channel, driver: held.driver, sender: held.line, recipient: held.phone }
  const act = actOf(deps, way)
  const language = turn.conversation.language ?? UNTOLD
  const scene = { tx, act, deps, said, channel: held.channel, language }
  const applied = await applyEffects(scene, turn.effects)
  await saveConversation(tx, held, rooted(turn.conversation, applied), act.now)
  await queueMessages(
    tx,
    act,
    way,
    await draftsOf(tx, deps, turn, applied, { channel: held.channel, occasion }),
  )
  return applied
}

/** Gives every event its end in the ledger: with a complaint it met, or ignored with what it was. */
const settleEvents = async (
  tx: Tx,
  deps: ConverseDeps,
  said: Said,
  applied: readonly Applied[],
  why: string,
) => {
  const settling = { now: deps.clock.now(), newId: deps.newId }
  const met = applied.find(({ complaintId }) => complaintId !== undefined)?.complaintId
  const complaint = await known(tx, deps, met)
  for (const event of [said.event, ...said.others])
    if (complaint === undefined) await ignoreEvent(tx, settling, event, why)
    else
      await keepWithComplaint(tx, settling, event, {
        complaintId: complaint.id,
        round: complaint.round,
        text: '',
        language: said.language,
      })
}

const isSettled = async (tx: Tx, event: RecordedEvent): Promise<boolean> => {
  const [entry] = await tx
    .select({ outcome: ledgerEntries.outcome })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.channel, event.channel), eq(ledgerEntries.externalId, event.externalId)))
  return entry !== undefined && entry.outcome !== null && entry.outcome !== 'failed'
}

/** What one whole message makes of a held conversation, with its end in the ledger. */
export const hear = async (
  tx: Tx,
  deps: ConverseDeps,
  held: ConversationRow,
  from: InboundText,
  whole: Whole,
  offices?: MessageHeard['offices'],
): Promise<void> => {
  const { text, event } = whole
  if (answerableNumber(held.phone) === undefined) return fileUnanswerable(tx, deps, from, whole)
  const detected = await languageWith(tx, held, text)
  const turn = deps.converse(held.state, {
    type: 'message',
    at: event.receivedAt,
    text,
    files: from.media.length,
    optOutUpstream: from.optOutUpstream,
    ...(detected ? { detected } : {}),
    ...(await factsOf(tx, deps, held.phone, text)),
    ...(offices ? { offices } : {}),
  })
  const said = { ...whole, from, phone: held.phone, language: turn.conversation.language ?? UNTOLD }
  const applied = await takeTurn(tx, deps, held, turn, { said, occasion: event.id })
  await settleEvents(tx, deps, said, applied, turn.why)
}

/** Nobody can be answered there, so nothing is asked and nothing joined: each message with words is a filing (P29). */
const fileUnanswerable = async (
  tx: Tx,
  deps: ConverseDeps,
  from: InboundText,
  whole: Whole,
): Promise<void> => {
  const language = languageOf(whole.text) ?? UNTOLD
  const said: Said = { ...whole, from, phone: undefined, language }
  const isEmpty = whole.text.trim() === '' && from.media.length === 0
  const scene = { tx, act: actOf(deps, from), deps, said, channel: from.channel, language }
  const applied = await applyEffects(scene, isEmpty ? [] : [{ do: 'file' }])
  await settleEvents(tx, deps, said, applied, 'empty')
}

/** Offices are looked for outside the transaction, and only where a name is awaited. */
const officesFor = async (deps: ConverseDeps, from: InboundText) => {
  const waiting = (await readConversation(deps.db.orm, from.channel, from.from))?.state.waiting?.for
  const isName =
    (waiting === 'administration' || waiting === 'pick') && from.text.trim().split(/\s+/).length <= NAME_WORDS
  return isName ? deps.findOffices(from.text) : undefined
}

const keepLine = async (tx: Tx, held: ConversationRow): Promise<void> => {
  const { channel, phone, line, driver, lastInboundAt } = held
  await tx
    .update(conversations)
    .set({ line, driver, lastInboundAt })
    .where(and(eq(conversations.channel, channel), eq(conversations.phone, phone)))
}

/** One message under the lock of its conversation: glued where it is a part, then heard. */
const judgeText = async (
  tx: Tx,
  deps: ConverseDeps,
  driver: string,
  from: InboundText,
  event: RecordedEvent,
  offices: MessageHeard['offices'],
): Promise<void> => {
  const now = deps.clock.now()
  const way: Way = { channel: from.channel, driver, sender: from.line, recipient: from.from }
  const found = await holdConversation(tx, way, now)
  if (await isSettled(tx, event)) return
  const held = { ...found, line: from.line, driver, lastInboundAt: event.receivedAt }
  await keepLine(tx, held)
  const alone: Whole = { text: from.text, event, others: [] }
  if (from.part === undefined) return hear(tx, deps, held, from, alone, offices)
  const gathered = await gatherPart(tx, now, event, { ...from, part: from.part })
  if (gathered.end === 'whole') return hear(tx, deps, held, from, gathered.whole)
  if (gathered.end === 'alone') return hear(tx, deps, held, from, alone)
  if (gathered.end === 'repeat') await ignoreEvent(tx, { now, newId: deps.newId }, event, 'part_repeated')
}

/** Understands one short message of a person: files it, joins it, acts on it or answers it. Safe to repeat. */
export const createTextJudge =
  (deps: ConverseDeps): Judge =>
  async (event): Promise<DeliveryResult> => {
    const driver = deps.drivers.find(({ rawType }) => rawType === event.rawType)
    if (driver === undefined)
      return failed({ code: 'no_driver', message: `No driver reads ${event.rawType} here.`, retryable: true })
    const from = driver.readText(event.rawBody ?? Buffer.alloc(0))
    if (from === undefined) {
      const settling = { now: deps.clock.now(), newId: deps.newId }
      await deps.db.orm.transaction((tx) => quarantineEvent(tx, settling, event, 'unreadable'))
      return delivered()
    }
    const offices = await officesFor(deps, from)
    await deps.db.orm.transaction((tx) => judgeText(tx, deps, driver.id, from, event, offices))
    return delivered()
  }
