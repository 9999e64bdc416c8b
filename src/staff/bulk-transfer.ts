import { and, eq, inArray, isNull } from 'drizzle-orm'
import { AppError } from '../core/errors.ts'
import { REFERRAL_STATES, referralMayBecome } from '../core/referral.ts'
import type { OutboxMessage } from '../core/topics.ts'
import { administrations, outboxMessages, referrals } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { audit } from './audit.ts'
import { type BulkDone, marked } from './bulk-assign.ts'
import type { HandleDeps } from './handle-complaint.ts'
import { findComplaint } from './read-complaint.ts'
import { type Actor, requireRight, scopeOf } from './rights.ts'
import { openUndo, sealUndo, type UndoDeps } from './undo.ts'

type Deps = HandleDeps & UndoDeps

/** A transfer of many is carried out after this time: until then nobody was told and nothing has moved. */
const GRACE_MS = 10_000

const MOVABLE = REFERRAL_STATES.filter((state) => referralMayBecome(state, 'transferred'))

interface Wish {
  /** Code of the body it goes to. */
  readonly administration: string
  readonly reason: string
}

/** What the relay will do for one complaint, once the grace is over. Throws what forbids it now. */
const transferOf = async (
  deps: Deps,
  actor: Actor,
  reference: string,
  { targetId, ...wish }: Wish & { readonly targetId: string },
): Promise<OutboxMessage> => {
  const { id, round } = await findComplaint(deps, actor, reference, 'complaint.transfer')
  const { bodies } = await scopeOf(deps.db.sql, actor)
  const [live] = await deps.db.orm
    .select({ referralId: referrals.id, administrationId: referrals.administrationId })
    .from(referrals)
    .where(and(eq(referrals.complaintId, id), eq(referrals.round, round), inArray(referrals.state, MOVABLE)))
  if (live === undefined || live.administrationId === targetId) throw new AppError('conflict')
  if (bodies !== 'everything' && !bodies.includes(live.administrationId)) throw new AppError('conflict')
  await audit(deps, actor, {
    action: 'complaint.transfer',
    subject: reference,
    facts: { ...wish, many: true },
  })
  const byMinistry = bodies === 'everything'
  return {
    topic: 'complaint.transfer',
    key: live.administrationId,
    payload: { ...live, ...wish, complaintId: id, actor: actor.id, byMinistry },
    dedupeKey: `transfer:${deps.newId()}`,
    complaintId: id,
    dueAt: new Date(deps.clock.now().getTime() + GRACE_MS),
  }
}

const idOfTarget = async ({ db }: Deps, code: string): Promise<string> => {
  const [target] = await db.orm
    .select({ id: administrations.id })
    .from(administrations)
    .where(and(eq(administrations.code, code), eq(administrations.state, 'active')))
  if (target === undefined)
    throw new AppError('administration_unknown', {
      fields: [{ field: 'administration', code: 'administration_unknown' }],
    })
  return target.id
}

/**
 * Hands many complaints to another body: each by itself, ten seconds from now, so that undoing is as if nothing had been. Throws
 * `administration_unknown`.
 */
export const bulkTransfer = async (
  deps: Deps,
  actor: Actor,
  { references, ...wish }: Wish & { readonly references: readonly string[] },
): Promise<BulkDone> => {
  requireRight(actor, 'complaint.transfer')
  const targetId = await idOfTarget(deps, wish.administration)
  const messages: OutboxMessage[] = []
  const failed: string[] = []
  for (const reference of marked(references))
    try {
      messages.push(await transferOf(deps, actor, reference, { ...wish, targetId }))
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'forbidden') throw error
      failed.push(reference)
    }
  const act = { now: deps.clock.now(), newId: deps.newId }
  await deps.db.orm.transaction((tx) => appendMessages(tx, act, messages))
  const undo = sealUndo(
    deps,
    actor,
    messages.map(({ dedupeKey }) => dedupeKey),
  )
  return { done: messages.length, failed, undo }
}

/** Takes back what was not carried out yet. Throws `conflict` when nothing of it is left to take back. */
export const undoTransfer = async (deps: Deps, actor: Actor, token: string): Promise<void> => {
  const keys = openUndo<readonly string[]>(deps, actor, token)
  const taken = await deps.db.orm
    .delete(outboxMessages)
    .where(
      and(
        inArray(outboxMessages.dedupeKey, [...keys]),
        isNull(outboxMessages.settledAt),
        isNull(outboxMessages.leasedUntil),
        eq(outboxMessages.attempts, 0),
      ),
    )
    .returning({ complaintId: outboxMessages.complaintId })
  if (taken.length === 0) throw new AppError('conflict')
  await audit(deps, actor, {
    action: 'complaint.transfer',
    subject: `${taken.length}`,
    facts: { undone: true },
  })
}
