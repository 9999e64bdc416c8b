import { sql } from 'drizzle-orm'
import type { Act } from '../../core/act.ts'
import { AppError } from '../../core/errors.ts'
import type { Tx } from '../../db/client.ts'
import { referrals } from '../../db/schema/index.ts'
import type { AcceptWithin } from '../../intake/accept-submission.ts'
import { lockSequences } from '../../referrals/change-referral.ts'
import { audit } from '../../staff/audit.ts'
import type { Actor } from '../../staff/rights.ts'
import type { JoiningDeps } from './affiliation.ts'
import { CASES, type PracticeCase } from './practice-cases.ts'
import { ownBody } from './set-up.ts'

export interface PracticeDeps extends JoiningDeps {
  /** The acceptance itself, not counted by any metric. */
  readonly acceptPractice: AcceptWithin
}

/**
 * A complaint of nobody before a body, for those who learn and for connectors that are tried. It has a number, dates and a
 * referral like any other; and nothing that leaves the house or is counted: no message, no ledger entry, no receipt.
 */
export const openPracticeCase = async (
  tx: Tx,
  deps: PracticeDeps,
  act: Act,
  { administrationId, ...practice }: PracticeCase & { readonly administrationId: string },
): Promise<{ complaintId: string; referralId: string; reference: string }> => {
  const { complaintId, reference } = await deps.acceptPractice(tx, {
    ...practice,
    channel: 'web',
    externalId: `practice:${act.newId()}`,
    receivedAt: act.now,
    contact: {},
    anonymous: true,
    media: [],
    raw: { type: 'text/plain', body: Buffer.from(practice.text) },
  })
  for (const table of ['outbox_messages', 'ledger_entries', 'receipts'])
    await tx.execute(sql`delete from ${sql.identifier(table)} where complaint_id = ${complaintId}`)
  await tx.execute(sql`
    update complaints set origin = 'practice', status = 'formal_review', administration_id = ${administrationId}
    where id = ${complaintId}`)
  await lockSequences(tx, [administrationId])
  const referralId = act.newId()
  await tx.insert(referrals).values({
    id: referralId,
    complaintId,
    round: 1,
    administrationId,
    state: 'delivered',
    createdAt: act.now,
    updatedAt: act.now,
    deliveredAt: act.now,
  })
  return { complaintId, referralId, reference }
}

/** Puts the ten cases of the exercise before the trainees of the actor's body. Throws `conflict` while older ones wait. */
export const openExercise = async (deps: PracticeDeps, actor: Actor): Promise<void> => {
  const administrationId = ownBody(actor)
  const { waiting } = await countPractice(deps, administrationId)
  if (waiting > 0) throw new AppError('conflict')
  await deps.db.orm.transaction(async (tx) => {
    const act = { now: deps.clock.now(), newId: deps.newId, actor: actor.id }
    for (const practice of CASES) await openPracticeCase(tx, deps, act, { ...practice, administrationId })
  })
  await audit(deps, actor, { action: 'body.exercise', subject: administrationId })
}

/** How the exercise of a body stands: cases answered, refused or handed on, and cases that wait. */
export const countPractice = async (
  { db }: Pick<JoiningDeps, 'db'>,
  administrationId: string,
): Promise<{ done: number; waiting: number; trained: number }> => {
  const [row] = await db.sql<{ done: number; waiting: number; trained: number }[]>`
    with own as (
      select c.id, c.status, r.state, c.round from referrals r join complaints c on c.id = r.complaint_id
      where r.administration_id = ${administrationId} and c.origin = 'practice'
        and not exists (select from conformance_runs t where r.id in (t.answer_referral, t.transfer_referral)))
    select count(*) filter (where state = 'transferred' or status in ('answered', 'closed'))::int as done,
           count(*) filter (where state <> 'transferred' and status not in ('answered', 'closed'))::int as waiting,
           (select count(distinct actor)::int from complaint_events e join own on own.id = e.complaint_id
             where e.actor like 'staff:%') as trained
    from own`
  return row ?? { done: 0, waiting: 0, trained: 0 }
}
