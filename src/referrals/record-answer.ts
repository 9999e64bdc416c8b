import { and, desc, eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Classification } from '../core/cause.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { GROUNDS, type Ground, type Status } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { AnswerOutcome } from '../core/referral.ts'
import type { ReviewRecord } from '../core/review.ts'
import type { Database, Tx } from '../db/client.ts'
import { administrations, complaintEvents, referrals, rounds } from '../db/schema/index.ts'
import { noteRequest } from '../deadlines/information-request.ts'
import { appendNotice } from '../messages/append-notice.ts'
import {
  changeComplaint,
  closeInadmissible,
  findAdmissible,
  presentRound,
  recordEvent,
  storeAnswer,
} from './change-complaint.ts'
import { type ComplaintRow, changeReferral, type HeldReferral, holdReferral } from './change-referral.ts'
import { classifyComplaint } from './classify.ts'
import { answerMerged, separateAll } from './merged-complaints.ts'
import { recordDelivery } from './record-delivery.ts'
import { transferHeld } from './transfer-referral.ts'

export interface BodyDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

/** The body that acts, from its token. */
export interface ActingBody {
  readonly administrationId: string
  readonly actor: string
}

/**
 * Runs one act of a body upon its own referral: the complaint is locked, the act proves that the body has the dossier,
 * and a repeat of an act already done changes nothing. Throws `not_found` for the referral of another body.
 */
const actOn = (
  deps: BodyDeps,
  body: ActingBody,
  referralId: string,
  isDone: (tx: Tx, held: HeldReferral) => boolean | Promise<boolean>,
  run: (tx: Tx, act: Act, held: HeldReferral) => Promise<unknown>,
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const held = await holdReferral(tx, referralId, body.administrationId)
    if (await isDone(tx, held)) return
    if (held.referral.round !== held.complaint.round) throw new AppError('conflict')
    const act = { now: deps.clock.now(), newId: deps.newId, actor: body.actor }
    await run(tx, act, await recordDelivery(tx, act, held))
  })

/** The questions of the formal review as a person answered them. */
const keepReview = async (
  tx: Tx,
  complaint: ComplaintRow,
  review: ReviewRecord | undefined,
): Promise<void> => {
  if (review) await tx.update(rounds).set({ review }).where(presentRound(complaint))
}

/** A body that gives one dossier two numbers took a repeat for another complaint: a conformance test wants to know. */
const noteSecondNumber = async (
  deps: BodyDeps,
  body: ActingBody,
  referralId: string,
  wanted: string | undefined,
): Promise<void> => {
  await deps.db.orm.transaction(async (tx) => {
    const { referral, complaint } = await holdReferral(tx, referralId, body.administrationId)
    const { externalReference: given } = referral
    if (complaint.origin !== 'practice' || given === null || wanted === undefined || given === wanted) return
    const act = { now: deps.clock.now(), newId: deps.newId, actor: body.actor }
    await recordEvent(tx, act, complaint, 'accepted_again', {}, 'staff')
  })
}

/** The body takes the complaint as admissible, under a number of its own. */
export const acceptReferral = (
  deps: BodyDeps,
  body: ActingBody,
  referralId: string,
  {
    externalReference,
    review,
    ...about
  }: Classification & { externalReference?: string | undefined; review?: ReviewRecord },
): Promise<void> =>
  actOn(
    deps,
    body,
    referralId,
    (_tx, { referral }) =>
      referral.state === 'accepted' &&
      (externalReference === undefined || referral.externalReference === externalReference),
    async (tx, act, { referral, complaint, administrationCode }) => {
      await changeReferral(tx, act, referral, 'accepted', {
        externalReference: externalReference ?? null,
        acceptedAt: act.now,
      })
      await changeComplaint(tx, act, complaint, 'admissible')
      await findAdmissible(tx, act, complaint)
      await keepReview(tx, complaint, review)
      await recordEvent(tx, act, complaint, 'admissible', { administration: administrationCode })
      await classifyComplaint(tx, act, complaint, about)
      await appendNotice(tx, act, complaint, 'accepted')
    },
  ).catch(async (error: unknown) => {
    await noteSecondNumber(deps, body, referralId, externalReference)
    throw error
  })

const isGround = (value: string): value is Ground => (GROUNDS as readonly string[]).includes(value)

export interface Refusal extends Classification {
  readonly ground: string
  readonly reason: string
  /** Who is competent instead, by name: the citizen reads it, and refusals without one are counted. */
  readonly direction?: string | undefined
  readonly review?: ReviewRecord
}

/** The body refuses with a listed ground. Throws `ground_required` for any other: "not ours" is a transfer. */
export const refuseReferral = async (
  deps: BodyDeps,
  body: ActingBody,
  referralId: string,
  { ground, reason, direction, review, ...about }: Refusal,
): Promise<void> => {
  if (!isGround(ground))
    throw new AppError('ground_required', {
      fields: [{ field: 'ground', code: 'ground_required', detail: GROUNDS.join(', ') }],
    })
  const told = direction ? `${reason}\n${direction}` : reason
  await actOn(
    deps,
    body,
    referralId,
    (_tx, { referral }) =>
      referral.state === 'refused' && referral.ground === ground && referral.reason === told,
    async (tx, act, { referral, complaint, administrationCode }) => {
      await changeReferral(tx, act, referral, 'refused', { ground, reason: told, settledAt: act.now })
      await closeInadmissible(tx, act, complaint, {
        ground,
        reason: told,
        administration: administrationCode,
        ...(direction ? { direction } : {}),
        ...(review?.duplicateOf ? { duplicateOf: review.duplicateOf } : {}),
      })
      await keepReview(tx, complaint, review)
      await classifyComplaint(tx, act, complaint, about)
      await separateAll(tx, act, complaint)
    },
  )
}

const transferredTo = async (tx: Tx, complaint: ComplaintRow): Promise<string | undefined> => {
  const [last] = await tx
    .select({ code: administrations.code })
    .from(referrals)
    .innerJoin(administrations, eq(administrations.id, referrals.administrationId))
    .where(and(eq(referrals.complaintId, complaint.id), eq(referrals.round, complaint.round)))
    .orderBy(desc(referrals.createdAt), desc(referrals.id))
    .limit(1)
  return last?.code
}

/** The body says whose the complaint is. */
export const transferReferral = (
  deps: BodyDeps,
  body: ActingBody,
  referralId: string,
  wish: { administration: string; reason: string },
): Promise<void> =>
  actOn(
    deps,
    body,
    referralId,
    async (tx, { referral, complaint }) =>
      referral.state === 'transferred' && (await transferredTo(tx, complaint)) === wish.administration,
    (tx, act, held) => transferHeld(tx, act, held, { ...wish, actor: body.actor }),
  )

const lastQuestion = async (tx: Tx, complaint: ComplaintRow): Promise<unknown> => {
  const [asked] = await tx
    .select({ facts: complaintEvents.facts })
    .from(complaintEvents)
    .where(
      and(
        eq(complaintEvents.complaintId, complaint.id),
        eq(complaintEvents.round, complaint.round),
        eq(complaintEvents.event, 'information_requested'),
      ),
    )
    .orderBy(desc(complaintEvents.at), desc(complaintEvents.id))
    .limit(1)
  return asked?.facts['question']
}

/**
 * The body asks the complainant through the gateway, which alone knows how to reach the person. `officeZone`: whose days the
 * person has to answer.
 */
export const askComplainant = (
  deps: BodyDeps & { readonly officeZone: string },
  body: ActingBody,
  referralId: string,
  { question }: { question: string },
): Promise<void> =>
  actOn(
    deps,
    body,
    referralId,
    async (tx, { complaint }) =>
      complaint.status === 'information_requested' && (await lastQuestion(tx, complaint)) === question,
    async (tx, act, { referral, complaint, administrationCode }) => {
      if (referral.state !== 'delivered' && referral.state !== 'accepted') throw new AppError('conflict')
      // One question at a time: the person answers what was asked last, and its clock is the one that runs.
      if (complaint.status === 'information_requested') throw new AppError('conflict')
      await changeComplaint(tx, act, complaint, 'information_requested')
      await noteRequest(tx, act, complaint, deps.officeZone)
      await recordEvent(tx, act, complaint, 'information_requested', {
        administration: administrationCode,
        question,
      })
      await appendNotice(tx, act, complaint, 'need_info')
    },
  )

const isAnsweredWith = async (tx: Tx, complaint: ComplaintRow, text: string): Promise<boolean> => {
  const [round] = await tx
    .select({ answer: rounds.answer })
    .from(rounds)
    .where(and(eq(rounds.complaintId, complaint.id), eq(rounds.number, complaint.round)))
  return round?.answer === text
}

export interface AnswerOfBody extends Classification {
  readonly text: string
  readonly outcome?: AnswerOutcome | undefined
  /** Who wrote it and who let it pass, where that is not whoever acts. */
  readonly writtenBy?: string
  readonly approvedBy?: string
  /** The state it must be answered from; absent, whichever allows it. */
  readonly from?: Status
}

/** The body's answer ends the round; it says by itself that the complaint was admissible. Both legal dates are met. */
export const answerReferral = (
  deps: BodyDeps,
  body: ActingBody,
  referralId: string,
  { text, outcome, service, cause, from, ...people }: AnswerOfBody,
): Promise<void> =>
  actOn(
    deps,
    body,
    referralId,
    async (tx, { referral, complaint }) =>
      referral.state === 'answered' && (await isAnsweredWith(tx, complaint, text)),
    async (tx, act, { referral, complaint, administrationCode }) => {
      if (from !== undefined && complaint.status !== from) throw new AppError('conflict')
      await changeReferral(tx, act, referral, 'answered', { settledAt: act.now })
      await findAdmissible(tx, act, complaint)
      await storeAnswer(tx, act, complaint, {
        answer: text,
        answeredBy: referral.administrationId,
        answerOutcome: outcome ?? null,
        ...people,
      })
      await changeComplaint(tx, act, complaint, 'answered')
      await recordEvent(tx, act, complaint, 'answered', {
        administration: administrationCode,
        outcome: outcome ?? null,
      })
      await classifyComplaint(tx, act, complaint, { service, cause })
      await appendNotice(tx, act, complaint, 'answered')
      await answerMerged(tx, act, complaint)
    },
  )
