import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryResult, delivered } from '../core/delivery.ts'
import { AppError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import type { Locale } from '../core/locale.ts'
import type { FiledFile, MailReading, ReadMail } from '../core/mail-message.ts'
import type { ObjectStore } from '../core/object-store.ts'
import { markIn } from '../core/satisfaction.ts'
import type { Accepted, Contact, StagedMedia, Submission } from '../core/submission.ts'
import type { DeliveryContext } from '../core/topics.ts'
import type { Database, Tx } from '../db/client.ts'
import { closeSatisfied } from '../handling/rate-answer.ts'
import { receiveInformation } from '../handling/receive-information.ts'
import { type ResubmitDeps, resubmitComplaint } from '../handling/resubmit-complaint.ts'
import { type ComplaintRow, lockComplaint } from '../referrals/change-referral.ts'
import { derivedId } from './derived-id.ts'
import { detectLanguage } from './detect-language.ts'
import type { Judge } from './judge-event.ts'
import { normaliseEmail, storableText } from './normalise.ts'
import { keepIn, openRaw, originalOf, rawFormOf, stagedOf } from './read-mail-files.ts'
import { type JudgedMail, registerMail } from './read-mail-register.ts'
import {
  noteMail,
  noteText,
  oweAcknowledgment,
  type SpokenNote,
  settleBodyMail,
  settleBounce,
  settlingOf,
} from './read-mail-settle.ts'
import { findRelation, mayJoin } from './read-mail-thread.ts'
import { isReleased } from './resolve-quarantine.ts'
import {
  type Addition,
  appendEvent,
  ignoreEvent,
  isSettled,
  keepWithComplaint,
  quarantineEvent,
  type RecordedEvent,
} from './settle-event.ts'
import { takeHit } from './take-hit.ts'

export interface ReadMailDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly store: ObjectStore
  readonly accept: (submission: Submission) => Promise<Accepted>
  readonly mail: MailReading
  readonly words: (locale: Locale, key: `mail.note.${SpokenNote}`) => string
  readonly resubmit: ResubmitDeps
  /** Sends a receipt by another contact of the complainant and gives the way it took. */
  readonly fallBack?: (receiptId: string) => Promise<string | undefined>
  /** A notice bounced: says so on the record and takes another way where there is one. */
  readonly noticeFailed?: (noticeId: string, failure: string) => Promise<void>
}

/** Mails of one robot that are filed in a day: beyond it something runs wild, and the ledger says so. */
const ROBOT_FILINGS_A_DAY = 20
const DAY = 24 * 3600

const quarantined = async (deps: ReadMailDeps, event: RecordedEvent, reason: string): Promise<void> => {
  await deps.db.orm.transaction((tx) => quarantineEvent(tx, settlingOf(deps), event, reason))
}

const ignored = async (deps: ReadMailDeps, event: RecordedEvent, reason: string): Promise<void> => {
  await deps.db.orm.transaction((tx) => ignoreEvent(tx, settlingOf(deps), event, reason))
}

const headOf = async (deps: ReadMailDeps, event: RecordedEvent): Promise<ReadMail> => {
  const raw = await openRaw(deps.store, event)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of (raw ?? []) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > LIMITS.jsonBodyBytes) break
  }
  return deps.mail.readHead(Buffer.concat(chunks))
}

interface ReadWhole {
  readonly mail: ReadMail
  readonly files: readonly FiledFile[]
}

/** The whole message, or its headers alone where the whole could not be read in time, in memory or at all. */
const readWhole = async (
  deps: ReadMailDeps,
  event: RecordedEvent,
  signal: AbortSignal,
): Promise<ReadWhole> => {
  if (event.rawBytes > LIMITS.mailReadBytes) return { mail: await headOf(deps, event), files: [] }
  const raw = await openRaw(deps.store, event)
  if (raw === undefined) throw new AppError('unavailable', { detail: 'The raw message is not in the store' })
  const read = await deps.mail.read(raw, keepIn(deps.store, event, signal), signal)
  if (!read.ok) return { mail: await headOf(deps, event), files: [] }
  const { mail, files } = read
  const says = mail.text !== '' || mail.subject !== '' || files.length > 0
  return says ? read : { files, mail: { ...mail, notes: [...mail.notes, 'unreadable'] } }
}

/** The language to answer in, by the sender's own words; Arabic with French beside it where they give no sign. */
const languageOf = (mail: ReadMail): Locale | undefined =>
  detectLanguage(mail.ownText) ?? detectLanguage(mail.subject)

const contactOf = ({ mail, examined, verdict }: JudgedMail): Contact => {
  const [sender] = mail.from
  const email = sender && normaliseEmail(storableText(sender.address))
  const deceives = examined.flags.some((flag) =>
    ['name_shows_other_address', 'mixed_scripts', 'hidden_marks'].includes(flag),
  )
  const name = storableText(sender?.name ?? '')
    .trim()
    .slice(0, LIMITS.nameCharacters)
  return {
    ...(email === undefined ? {} : { email }),
    // A name that imitates another sender stands beside the address on the message alone, flagged.
    ...(name === '' || deceives ? {} : { name }),
    preferred: verdict.answerable ? 'email' : 'none',
  }
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n')

/** The subject is part of what was said: some write all of it there. */
const textOf = ({ mail }: JudgedMail, note: string): string => {
  const subject = mail.text.startsWith(mail.subject) ? '' : mail.subject
  return storableText(joined(note, subject, mail.text)).slice(0, LIMITS.mailTextCharacters)
}

const notesOf = (deps: ReadMailDeps, judged: JudgedMail): string =>
  noteText(
    deps.words,
    judged.mail.notes,
    judged.languageSure ? [languageOf(judged.mail) ?? 'ar'] : ['ar', 'fr'],
  )

/** Attachments, and the message itself where its words cannot be shown. */
const mediaOf = async (deps: ReadMailDeps, { event, mail, files }: JudgedMail): Promise<StagedMedia[]> => {
  const staged = stagedOf(event, files)
  const needsOriginal = mail.notes.some((note) => note !== 'text_cut')
  return needsOriginal ? [...staged, await originalOf(deps.store, event)] : staged
}

const fileMail = async (deps: ReadMailDeps, judged: JudgedMail): Promise<void> => {
  const { event, mail } = judged
  await deps.accept({
    channel: event.channel,
    externalId: event.externalId,
    receivedAt: event.receivedAt,
    kind: 'complaint',
    text: textOf(judged, notesOf(deps, judged)),
    language: languageOf(mail) ?? 'ar',
    contact: contactOf(judged),
    anonymous: false,
    media: await mediaOf(deps, judged),
    raw: rawFormOf(event),
  })
}

/** What a person says of the answer, where one was given. A machine's words ("not at my desk") are no mark. */
const markOf = ({ mail, verdict }: JudgedMail, { status }: ComplaintRow) =>
  verdict.answerable && (status === 'answered' || status === 'closed') ? markIn(mail.ownText) : undefined

/** "Not satisfied": the complaint goes round again with the mail as its words, and its receipt is the answer. */
const sendAgain = async (
  tx: Tx,
  deps: ReadMailDeps,
  { event }: JudgedMail,
  { language, ...added }: Omit<Addition, 'round'>,
  before: ComplaintRow,
): Promise<void> => {
  const settling = settlingOf(deps)
  if (await isSettled(tx, event)) return
  const { complaintId, text, media } = added
  const { round } = await resubmitComplaint(tx, { ...settling, actor: 'citizen:email' }, deps.resubmit, {
    complaintId,
    channel: event.channel,
    language: before.language as Locale,
    content: { text, media },
  })
  const keep = media.length > 0 ? appendEvent : keepWithComplaint
  await keep(tx, settling, event, { ...added, language, round })
}

/** A mail joins its complaint; where something was asked it is the answer, and its sender hears what arrived. */
const addMail = async (deps: ReadMailDeps, judged: JudgedMail, complaintId: string): Promise<void> => {
  const { event, mail, verdict } = judged
  const media = await mediaOf(deps, judged)
  const text = storableText(joined(notesOf(deps, judged), mail.ownText)).slice(0, LIMITS.mailTextCharacters)
  const language = languageOf(mail) ?? 'ar'
  await deps.db.orm.transaction(async (tx) => {
    const settling = settlingOf(deps)
    const complaint = await lockComplaint(tx, complaintId)
    const mark = markOf(judged, complaint)
    const added = { complaintId, text, language, media }
    if (mark?.satisfied === false) return sendAgain(tx, deps, judged, added, complaint)
    const { round, status } = complaint
    if (!(await appendEvent(tx, settling, event, { ...added, round }))) return
    const act = { ...settling, actor: 'citizen:email' }
    const isAnswer = status === 'information_requested'
    await receiveInformation(tx, act, { complaintId, occasion: event.id, isAnswer })
    if (mark?.satisfied) await closeSatisfied(tx, act, complaintId)
    if (verdict.answerable) await oweAcknowledgment(tx, settling, judged, complaintId)
  })
}

/** Robots may file, a day's worth: a form of a town hall writes as a robot, and so does a machine that runs wild. */
const isFlood = async (deps: ReadMailDeps, { mail, verdict }: JudgedMail): Promise<boolean> => {
  if (verdict.class !== 'automatic') return false
  const bucket = derivedId(`mail-robot:${mail.from[0]?.address.toLowerCase() ?? ''}`)
  return (await takeHit({ ...deps, sql: deps.db.sql }, bucket, DAY)).count > ROBOT_FILINGS_A_DAY
}

/** Why a person must look at a message before it is on the record; undefined for nearly all. */
const doubtOf = ({ mail, verdict }: JudgedMail): string | undefined => {
  if (verdict.class === 'spam') return 'spam'
  return mail.notes.includes('unreadable') && mail.from.length === 0 ? 'unreadable' : undefined
}

/** Says what a message is. One that a person released from the quarantine is not kept back again for the same reason. */
const judgedOf = async (deps: ReadMailDeps, event: RecordedEvent, read: ReadWhole, signal: AbortSignal) => {
  const { mail } = read
  // Of what is larger only the beginning may have been taken.
  const isWhole = event.rawBytes <= LIMITS.mailReadBytes
  const open = async () => (isWhole ? openRaw(deps.store, event) : undefined)
  const examined = await deps.mail.examine(mail, { open, signal })
  const relation = await findRelation(deps.db.sql, examined.pointers)
  const joins = mayJoin(relation, mail, examined)
  const about = { bytes: event.rawBytes, joins }
  const judged: JudgedMail = {
    ...read,
    event,
    examined,
    verdict: deps.mail.classify(mail, examined, about),
    languageSure: languageOf(mail) !== undefined,
  }
  const doubt = doubtOf(judged)
  if (doubt === undefined || !(await isReleased(deps.db.sql, event)))
    return { judged, relation, joins, doubt }
  const verdict = deps.mail.classify(mail, examined, { ...about, released: true })
  return { judged: { ...judged, verdict }, relation, joins, doubt: undefined }
}

const judgeRead = async (
  deps: ReadMailDeps,
  event: RecordedEvent,
  read: ReadWhole,
  signal: AbortSignal,
): Promise<void> => {
  const { judged, relation, joins, doubt } = await judgedOf(deps, event, read, signal)
  const { verdict } = judged
  if (doubt !== undefined) return quarantined(deps, event, doubt)
  if (!(await registerMail(deps.db.orm, judged))) return ignored(deps, event, 'repeat')
  const { complaint, referral } = relation
  if (verdict.class === 'bounce') return settleBounce(deps, judged, relation)
  if (verdict.class === 'own') return noteMail(deps, judged, relation, joins)
  if (referral && !joins) return settleBodyMail(deps, judged, referral)
  if (verdict.fate === 'note') return noteMail(deps, judged, relation, joins)
  if (joins && complaint) return addMail(deps, judged, complaint.id)
  if (await isFlood(deps, judged)) return ignored(deps, event, 'automatic:flood')
  return fileMail(deps, judged)
}

/**
 * The judge of the channel `email`: reads a recorded message and gives it its one end. May be called again at any point: ids
 * and keys follow from the event, and every end is set once. Legal dates run from the reception, whatever Date says.
 */
export const createMailJudge =
  (deps: ReadMailDeps): Judge =>
  async (event: RecordedEvent, { signal }: DeliveryContext): Promise<DeliveryResult> => {
    if (event.rawBytes > LIMITS.mailReadBytes && !(await isReleased(deps.db.sql, event)))
      await quarantined(deps, event, 'too_large')
    else await judgeRead(deps, event, await readWhole(deps, event, signal), signal)
    return delivered()
  }
