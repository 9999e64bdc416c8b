import { and, eq, ne } from 'drizzle-orm'
import type { Classification } from '../core/cause.ts'
import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { ObjectStore } from '../core/object-store.ts'
import { complaintNotes, referrals } from '../db/schema/index.ts'
import {
  type Answer,
  answerComplaint as answer,
  approveAnswer as approve,
  returnAnswer as giveBack,
} from '../handling/answer-draft.ts'
import { assignComplaint as assign } from '../handling/assign-complaint.ts'
import { classifyComplaint as classify } from '../handling/classify-complaint.ts'
import { type Handled, versionOf } from '../handling/holding.ts'
import { replyMeanwhile } from '../handling/interim-reply.ts'
import { requireFreshEyes } from '../handling/review-complaint.ts'
import { dropVoiceAnswer, recordVoiceAnswer, type Spoken } from '../handling/voice-answer.ts'
import { askComplainant, transferReferral } from '../referrals/record-answer.ts'
import { audit } from './audit.ts'
import { findComplaint, type ReadDeps } from './read-complaint.ts'
import { type Action, type Actor, mayDo, scopeOf } from './rights.ts'

export interface HandleDeps extends ReadDeps {
  readonly newId: NewId
  /** The zone whose days are counted. */
  readonly officeZone: string
}

/** Which complaint, and in which state the person saw it: absent, whatever it is now. */
export interface Meant {
  readonly reference: string
  /** `version` of the record as it was read. */
  readonly seen?: string | undefined
}

interface Held extends Handled {
  readonly complaintId: string
  readonly round: number
  readonly reference: string
  /** Bodies within the actor's reach. */
  readonly bodies: readonly string[]
}

/** The person behind an actor; a machine with a token is none. */
export const staffIdOf = (actor: Actor): string | undefined => /^staff:(.+)$/.exec(actor.id)?.[1]

/** Throws `conflict` when something happened to the complaint since it was seen. */
export const requireSeen = async (
  { db }: Pick<HandleDeps, 'db'>,
  complaintId: string,
  { seen }: Pick<Meant, 'seen'>,
): Promise<void> => {
  if (seen !== undefined && seen !== (await versionOf(db.orm, complaintId))) throw new AppError('conflict')
}

/**
 * A complaint that the actor may do this to, in the hands of a body within the actor's reach. Throws `not_found` outside the
 * scope, `forbidden` without the right, and `conflict` when another body has it or something happened since it was seen. The
 * act is in the audit before it is done.
 */
export const hold = async (
  deps: HandleDeps,
  actor: Actor,
  { reference: typed, seen }: Meant,
  action: Action,
  facts: Record<string, unknown> = {},
): Promise<Held> => {
  const { id, reference, round } = await findComplaint(deps, actor, typed, action)
  const { bodies } = await scopeOf(deps.db.sql, actor)
  const [live] = await deps.db.orm
    .select({ id: referrals.id, administrationId: referrals.administrationId })
    .from(referrals)
    .where(and(eq(referrals.complaintId, id), eq(referrals.round, round), ne(referrals.state, 'transferred')))
  if (live === undefined || bodies === 'everything' || !bodies.includes(live.administrationId))
    throw new AppError('conflict')
  await requireSeen(deps, id, { seen })
  await audit(deps, actor, { action, subject: reference, facts })
  const body = { administrationId: live.administrationId, actor: actor.id }
  return { complaintId: id, round, reference, bodies, referralId: live.id, body }
}

/** The actor takes the complaint upon themselves. */
export const takeComplaint = async (deps: HandleDeps, actor: Actor, meant: Meant): Promise<void> => {
  const held = await hold(deps, actor, meant, 'complaint.take')
  const staffId = staffIdOf(actor)
  if (staffId === undefined)
    throw new AppError('forbidden', { detail: 'a token is nobody who could take it' })
  await assign(deps, held, { to: staffId, bodies: held.bodies })
}

/** Gives the complaint to a person of the body, or back to the pool; from `from` alone, where it is given. Gives who had it. */
export const assignComplaint = async (
  deps: HandleDeps,
  actor: Actor,
  { to, from, ...meant }: Meant & { readonly to: string | null; readonly from?: string | null },
): Promise<{ before: string | null }> => {
  const held = await hold(deps, actor, meant, 'complaint.assign', { to })
  return assign(deps, held, { to, from, bodies: held.bodies })
}

/** What of a wish is classification, for the audit. */
export const classOf = ({ service, cause }: Classification): Classification => ({
  ...(service === undefined ? {} : { service }),
  ...(cause === undefined ? {} : { cause }),
})

/** Notes or corrects the service and the cause, at any time while the body has it and after. */
export const classifyComplaint = async (
  deps: HandleDeps,
  actor: Actor,
  { reference, seen, ...about }: Meant & Classification,
): Promise<void> =>
  classify(
    deps,
    await hold(deps, actor, { reference, seen }, 'complaint.classify', { ...classOf(about) }),
    about,
  )

/** Asks the complainant, who answers on any channel. */
export const requestInformation = async (
  deps: HandleDeps,
  actor: Actor,
  { question, ...meant }: Meant & { readonly question: string },
): Promise<void> => {
  const held = await hold(deps, actor, meant, 'complaint.ask')
  await askComplainant(deps, held.body, held.referralId, { question })
}

/** Hands the complaint to the body or unit that answers for it. The third time in a round the ministry's triage places it. */
export const handOver = async (
  deps: HandleDeps,
  actor: Actor,
  { administration, reason, ...meant }: Meant & { readonly administration: string; readonly reason: string },
): Promise<void> => {
  const held = await hold(deps, actor, meant, 'complaint.transfer', { administration, reason })
  await transferReferral(deps, held.body, held.referralId, { administration, reason })
}

/** Answers, or proposes the answer where the body has a second person look at it. */
export const answerComplaint = async (
  deps: HandleDeps,
  actor: Actor,
  { reference, seen, ...said }: Meant & Answer,
): Promise<'answered' | 'proposed'> => {
  const held = await hold(deps, actor, { reference, seen }, 'complaint.answer', { ...classOf(said) })
  await requireFreshEyes(deps.db, held, actor.id)
  const answering = { staffId: staffIdOf(actor), mayApprove: mayDo(actor, 'complaint.approve') }
  return answer(deps, held, said, answering)
}

/** Keeps a spoken answer beside the one that is being written. */
export const recordVoice = async (
  deps: HandleDeps & { readonly store: ObjectStore },
  actor: Actor,
  { body, type, ...meant }: Meant & Spoken,
): Promise<void> =>
  recordVoiceAnswer(deps, await hold(deps, actor, meant, 'complaint.answer'), { body, type })

/** Takes a spoken answer away again, before the answer is given. */
export const dropVoice = async (deps: HandleDeps, actor: Actor, meant: Meant): Promise<void> =>
  dropVoiceAnswer(deps, await hold(deps, actor, meant, 'complaint.answer'))

/** Lets a proposed answer pass; it goes out at once. */
export const approveAnswer = async (
  deps: HandleDeps,
  actor: Actor,
  { reference, seen, ...corrected }: Meant & Partial<Answer>,
): Promise<void> => {
  const meant = { reference, seen }
  const held = await hold(deps, actor, meant, 'complaint.approve', { ...classOf(corrected) })
  await approve(deps, held, corrected)
}

/** Gives a proposed answer back with a remark. */
export const returnAnswer = async (
  deps: HandleDeps,
  actor: Actor,
  { remark, ...meant }: Meant & { readonly remark: string },
): Promise<void> => giveBack(deps, await hold(deps, actor, meant, 'complaint.approve'), remark)

/** Tells the complainant why the answer takes longer. */
export const sendInterimReply = async (
  deps: HandleDeps,
  actor: Actor,
  { text, ...meant }: Meant & { readonly text: string },
): Promise<void> => replyMeanwhile(deps, await hold(deps, actor, meant, 'complaint.answer'), text)

/** Writes a note for colleagues. It is no act upon the complaint: nothing of it is ever sent. */
export const addNote = async (
  deps: HandleDeps,
  actor: Actor,
  { reference, text }: { readonly reference: string; readonly text: string },
): Promise<void> => {
  const complaint = await findComplaint(deps, actor, reference, 'complaint.note')
  await deps.db.orm.insert(complaintNotes).values({
    id: deps.newId(),
    complaintId: complaint.id,
    administrationId: actor.administrationId,
    round: complaint.round,
    at: deps.clock.now(),
    actor: actor.id,
    text,
  })
  await audit(deps, actor, { action: 'complaint.note', subject: complaint.reference })
}
