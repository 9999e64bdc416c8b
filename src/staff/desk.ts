import { readAwaitedMedia } from '../assets/awaited-media.ts'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Database } from '../db/client.ts'
import { redrive } from '../outbox/redrive.ts'
import { audit } from './audit.ts'
import { isUuid } from './open-evidence.ts'
import { findHeldComplaint } from './open-identity.ts'
import { findComplaint } from './read-complaint.ts'
import { type Action, type Actor, requireRight } from './rights.ts'

/** A body the text of a complaint points to. */
export interface RankedBody {
  readonly code: string
  readonly names: Names
  readonly service: string | undefined
  readonly score: number
}

/** What a decision of the desk is about. */
interface Decision {
  readonly complaintId: string
  /** Code of the body it goes to. */
  readonly administration: string
  /** `staff:<id>` or `token:<id>`, for the history. */
  readonly actor: string
}

/** The use cases of other features that the desk sets in motion; src/main.ts hands them in. */
export interface DeskWork {
  /** Ranks bodies for a text, best first. */
  suggest(text: string): Promise<readonly RankedBody[]>
  /** Refers a complaint that waits in triage. Throws `conflict` elsewhere and `administration_unknown`. */
  route(decision: Decision): Promise<void>
  /** Moves a referred complaint to another body; number, history and first filing date stay. */
  transfer(decision: Decision & { readonly reason: string }): Promise<void>
  /** Puts a failed file before the media pipeline again. */
  retryAsset(assetId: string): Promise<void>
  /** Has a file that a provider did not give looked for again. */
  retryFetch(fetchId: string): Promise<void>
}

export interface DeskDeps {
  readonly db: Database
  readonly clock: Clock
  readonly store: ObjectStore
  readonly work: DeskWork
}

/** A complaint the actor may do this to, with the decision written to the audit before it is carried out. */
const decide = async (
  deps: DeskDeps,
  actor: Actor,
  { reference, action, ...facts }: { reference: string; action: Action } & Record<string, unknown>,
) => {
  const complaint = await findComplaint(deps, actor, reference, action)
  await audit(deps, actor, { action, subject: complaint.reference, facts })
  return complaint
}

/** The bodies the desk is shown while a complaint waits in triage. */
export const suggestionsFor = async (
  deps: DeskDeps,
  complaint: { status: string; text: string },
): Promise<readonly RankedBody[]> => (complaint.status === 'triage' ? deps.work.suggest(complaint.text) : [])

export const routeComplaint = async (
  deps: DeskDeps,
  actor: Actor,
  wish: { reference: string; administration: string },
): Promise<void> => {
  const { id } = await decide(deps, actor, { ...wish, action: 'complaint.route' })
  await deps.work.route({ complaintId: id, administration: wish.administration, actor: actor.id })
}

export const transferComplaint = async (
  deps: DeskDeps,
  actor: Actor,
  { reason, ...wish }: { reference: string; administration: string; reason: string },
): Promise<void> => {
  const { id } = await decide(deps, actor, { ...wish, action: 'complaint.transfer' })
  await deps.work.transfer({ complaintId: id, administration: wish.administration, actor: actor.id, reason })
}

/** Tries one file of a complaint again: the pipeline over what is here, or the fetching of what is not. */
export const retryMedia = async (
  deps: DeskDeps,
  actor: Actor,
  wish: { reference: string; asset: string },
): Promise<void> => {
  const { id } = await findHeldComplaint(deps, actor, wish.reference, 'media.retry')
  await audit(deps, actor, { action: 'media.retry', subject: wish.reference, facts: { asset: wish.asset } })
  const [own] = await deps.db.sql<{ id: string }[]>`
    select id from media_assets where id::text = ${wish.asset} and complaint_id = ${id}`
  if (own !== undefined) return deps.work.retryAsset(own.id)
  const awaited = await readAwaitedMedia(deps.db, id)
  if (!awaited.some((file) => file.id === wish.asset)) throw new AppError('not_found')
  await deps.work.retryFetch(wish.asset)
}

/** Tries a dead or waiting delivery again, now. */
export const redriveDelivery = async (deps: DeskDeps, actor: Actor, id: string): Promise<void> => {
  requireRight(actor, 'delivery.redrive')
  if (!isUuid(id)) throw new AppError('not_found')
  await redrive(deps, id)
  await audit(deps, actor, { action: 'delivery.redrive', subject: id })
}
