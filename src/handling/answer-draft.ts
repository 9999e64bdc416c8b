import { eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Classification } from '../core/cause.ts'
import { AppError } from '../core/errors.ts'
import type { AnswerOutcome } from '../core/referral.ts'
import type { Tx } from '../db/client.ts'
import { administrations, answerDrafts } from '../db/schema/index.ts'
import { changeComplaint, findAdmissible, recordEvent } from '../referrals/change-complaint.ts'
import { type ComplaintRow, changeReferral, type HeldReferral } from '../referrals/change-referral.ts'
import { classifyComplaint } from '../referrals/classify.ts'
import { answerReferral, type BodyDeps } from '../referrals/record-answer.ts'
import { takeIfFree } from './assign-complaint.ts'
import { actUpon, type Handled } from './holding.ts'

export interface Answer extends Classification {
  readonly text: string
  readonly outcome?: AnswerOutcome | undefined
}

/** An answer says by itself that the complaint was admissible: so does one that waits for approval. */
const admissible = async (tx: Tx, act: Act, { referral, complaint }: HeldReferral): Promise<ComplaintRow> => {
  if (referral.state === 'accepted') return complaint
  await changeReferral(tx, act, referral, 'accepted', { acceptedAt: act.now })
  await findAdmissible(tx, act, complaint)
  await recordEvent(tx, act, complaint, 'admissible')
  return changeComplaint(tx, act, complaint, 'admissible')
}

/** Lays an answer before the second person of the body. Nothing of it is sent. */
const propose = (
  deps: BodyDeps,
  handled: Handled,
  answer: Answer,
  staffId: string | undefined,
): Promise<void> =>
  actUpon(deps, handled, async (tx, act, held) => {
    await takeIfFree(tx, act, held, staffId)
    const complaint = await admissible(tx, act, held)
    await changeComplaint(tx, act, complaint, 'answer_in_approval')
    const draft = {
      round: complaint.round,
      text: answer.text,
      outcome: answer.outcome ?? null,
      writtenBy: act.actor,
      writtenAt: act.now,
      remark: null,
      returnedBy: null,
    }
    await tx
      .insert(answerDrafts)
      .values({ complaintId: complaint.id, ...draft })
      .onConflictDoUpdate({ target: answerDrafts.complaintId, set: draft })
    await classifyComplaint(tx, act, complaint, answer)
    await recordEvent(tx, act, complaint, 'answer_proposed', {}, 'staff')
  })

const wantsApproval = async ({ db }: BodyDeps, administrationId: string): Promise<boolean> => {
  const [body] = await db.orm
    .select({ approves: administrations.approvesAnswers })
    .from(administrations)
    .where(eq(administrations.id, administrationId))
  return body?.approves ?? false
}

/** Who answers: a person of the body, and whether that person may let answers pass. */
export interface Answering {
  readonly staffId: string | undefined
  readonly mayApprove: boolean
}

/** Answers a complaint, or lays the answer before a second person where the body wants one. Gives which of the two it was. */
export const answerComplaint = async (
  deps: BodyDeps,
  handled: Handled,
  answer: Answer,
  { staffId, mayApprove }: Answering,
): Promise<'answered' | 'proposed'> => {
  const { body, referralId } = handled
  if (!mayApprove && (await wantsApproval(deps, body.administrationId))) {
    await propose(deps, handled, answer, staffId)
    return 'proposed'
  }
  await answerReferral(deps, body, referralId, answer)
  return 'answered'
}

const draftOf = async (tx: Pick<Tx, 'select'>, complaintId: string) => {
  const [draft] = await tx.select().from(answerDrafts).where(eq(answerDrafts.complaintId, complaintId))
  if (draft === undefined) throw new AppError('conflict')
  return draft
}

/** Lets a proposed answer pass, as it is or corrected; it goes out at once. Nobody approves what they wrote themselves. */
export const approveAnswer = async (
  deps: BodyDeps,
  handled: Handled & { readonly complaintId: string },
  corrected: Partial<Answer> = {},
): Promise<void> => {
  const { body, referralId, complaintId } = handled
  const draft = await draftOf(deps.db.orm, complaintId)
  if (draft.writtenBy === body.actor) throw new AppError('forbidden')
  await answerReferral(deps, body, referralId, {
    ...corrected,
    text: corrected.text ?? draft.text,
    outcome: corrected.outcome ?? draft.outcome ?? undefined,
    writtenBy: draft.writtenBy,
    approvedBy: body.actor,
    // What was given back waits for its writer, and for nobody else.
    from: 'answer_in_approval',
  })
  await deps.db.orm.delete(answerDrafts).where(eq(answerDrafts.complaintId, complaintId))
}

/** Gives a proposed answer back to whoever wrote it, with a remark. */
export const returnAnswer = (deps: BodyDeps, handled: Handled, remark: string): Promise<void> =>
  actUpon(deps, handled, async (tx, act, { complaint }) => {
    if (complaint.status !== 'answer_in_approval') throw new AppError('conflict')
    await draftOf(tx, complaint.id)
    await tx
      .update(answerDrafts)
      .set({ remark, returnedBy: act.actor })
      .where(eq(answerDrafts.complaintId, complaint.id))
    await changeComplaint(tx, act, complaint, 'in_progress')
    await recordEvent(tx, act, complaint, 'answer_returned', {}, 'staff')
  })
