import { createHash } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import type { StagedMedia } from '../core/submission.ts'
import type { Database, Tx } from '../db/client.ts'
import { ledgerEntries, receipts, rounds, submissions, uploads } from '../db/schema/index.ts'
import { appendEvent, keepWithComplaint, type RecordedEvent } from '../intake/settle-event.ts'
import { presentRound } from '../referrals/change-complaint.ts'
import { type ComplaintRow, lockComplaint } from '../referrals/change-referral.ts'
import { closeSatisfied } from './rate-answer.ts'
import { receiveInformation } from './receive-information.ts'
import { type ResubmitDeps, resubmitComplaint } from './resubmit-complaint.ts'
import { withdrawComplaint } from './withdraw-complaint.ts'

export interface FollowUpDeps extends ResubmitDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
}

/** The complaint as the page showed it: an act meant for an earlier round is not done to a later one. */
export interface MeantRound {
  readonly complaintId: string
  readonly round: number
}

/** What a person sends after the filing, on a channel that has judged it. The same `externalId` is the same sending. */
export interface FollowUp extends MeantRound {
  readonly channel: string
  readonly externalId: string
  readonly text: string
  readonly language: Locale
  readonly media: readonly StagedMedia[]
  /** What came, as it came; the files themselves are kept apart, bit for bit. */
  readonly raw: { readonly type: string; readonly body: Buffer }
}

const actOf = ({ clock, newId }: FollowUpDeps, channel: string): Act => ({
  now: clock.now(),
  newId,
  actor: `citizen:${channel}`,
})

const hold = async (tx: Tx, { complaintId, round }: MeantRound): Promise<ComplaintRow> => {
  const complaint = await lockComplaint(tx, complaintId)
  if (complaint.round !== round) throw new AppError('conflict')
  return complaint
}

/** Opens the ledger's line for a sending and gives it the form in which events are settled. */
const enterLedger = async (tx: Tx, { now, newId }: Act, sent: FollowUp): Promise<RecordedEvent> => {
  const { channel, externalId, complaintId, raw } = sent
  await tx
    .insert(ledgerEntries)
    .values({ id: newId(), channel, externalId, receivedAt: now })
    .onConflictDoNothing()
  return {
    id: newId(),
    channel,
    externalId,
    sender: complaintId,
    receivedAt: now,
    rawType: raw.type,
    rawSha256: createHash('sha256').update(raw.body).digest('hex'),
    rawBytes: raw.body.byteLength,
    rawBody: raw.body,
    rawObject: null,
  }
}

/** From now on the asset alone speaks for the object: no sweep of abandoned uploads takes it. */
const claimUploads = async (tx: Tx, { complaintId, media }: FollowUp): Promise<void> => {
  const ids = media.flatMap(({ uploadId }) => uploadId ?? [])
  if (ids.length === 0) return
  await tx
    .update(uploads)
    .set({ claimedBy: complaintId })
    .where(and(inArray(uploads.id, ids), isNull(uploads.claimedBy)))
}

const isEnded = ({ status }: ComplaintRow): boolean => status === 'answered' || status === 'closed'

/**
 * Adds words and files to a complaint that runs; the body that has it is told. Where something was asked, it is the answer.
 * A repeat changes nothing. Throws `conflict` once the complaint is answered or closed: sending it again is open then.
 */
export const addToComplaint = (deps: FollowUpDeps, sent: FollowUp): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const { complaintId, externalId, text, language, media } = sent
    const complaint = await lockComplaint(tx, complaintId)
    const act = actOf(deps, sent.channel)
    if (await wasSent(tx, sent)) return
    if (isEnded(complaint)) throw new AppError('conflict')
    const event = await enterLedger(tx, act, sent)
    await appendEvent(tx, act, event, { complaintId, round: complaint.round, text, language, media })
    await claimUploads(tx, sent)
    const isAnswer = complaint.status === 'information_requested'
    await receiveInformation(tx, act, { complaintId, occasion: externalId, isAnswer })
  })

const bySending = ({ channel, externalId }: FollowUp) =>
  and(eq(submissions.channel, channel), eq(submissions.externalId, externalId))

const wasSent = async (tx: Tx, sent: FollowUp): Promise<boolean> => {
  const known = await tx.select({ id: submissions.id }).from(submissions).where(bySending(sent))
  return known.length > 0
}

/** The receipt that a sending was given when it came the first time. */
const receiptOf = async (tx: Tx, sent: FollowUp): Promise<string | undefined> => {
  const [known] = await tx
    .select({ id: receipts.id })
    .from(submissions)
    .innerJoin(
      receipts,
      and(eq(receipts.complaintId, submissions.complaintId), eq(receipts.round, submissions.round)),
    )
    .where(bySending(sent))
  return known?.id
}

/**
 * Sends an answered or closed complaint again with what is missing, as a new round. Gives the id of that round's receipt, the
 * same one for a repeat. Throws `conflict` when the round it was meant for is not the present one, or still runs.
 */
export const sendAgain = (deps: FollowUpDeps, sent: FollowUp): Promise<string> =>
  deps.db.orm.transaction(async (tx) => {
    const { complaintId, channel, text, language, media } = sent
    const { language: receiptLanguage } = await lockComplaint(tx, complaintId)
    const known = await receiptOf(tx, sent)
    if (known !== undefined) return known
    await hold(tx, sent)
    const act = actOf(deps, channel)
    const { receiptId, round } = await resubmitComplaint(tx, act, deps, {
      complaintId,
      channel,
      language: receiptLanguage,
      content: { text, media },
    })
    await keepWithComplaint(tx, act, await enterLedger(tx, act, sent), { complaintId, round, text, language })
    return receiptId
  })

/** The complainant says whether the answer of the present round satisfies. Yes closes it; no leaves the way open. */
export const rateAnswer = (
  deps: FollowUpDeps,
  meant: MeantRound,
  rating: { readonly channel: string; readonly satisfied: boolean },
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const complaint = await hold(tx, meant)
    if (rating.satisfied) return closeSatisfied(tx, actOf(deps, rating.channel), meant.complaintId)
    if (!isEnded(complaint)) throw new AppError('conflict')
    await tx.update(rounds).set({ satisfied: false }).where(presentRound(complaint))
  })

/** The complainant takes the complaint back, as the page showed it. A closed one stays as it is. */
export const takeBack = (deps: FollowUpDeps, meant: MeantRound, channel: string): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    await hold(tx, meant)
    await withdrawComplaint(tx, actOf(deps, channel), meant.complaintId)
  })
