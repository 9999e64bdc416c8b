import { Readable } from 'node:stream'
import { AppError } from '../core/errors.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { OpeningReason } from '../core/opening.ts'
import { audit } from './audit.ts'
import { findHeldComplaint, openedLately } from './open-identity.ts'
import { findComplaint, type ReadDeps } from './read-complaint.ts'
import { type Actor, behindWall, requireRight, scopeOf } from './rights.ts'

export interface Evidence {
  readonly body: Readable
  readonly bytes: number
  readonly sha256: string
  /** A name for the download, made by us: the sender's name is never a header. */
  readonly fileName: string
}

interface EvidenceDeps extends ReadDeps {
  readonly store: ObjectStore
}

interface StoredRaw {
  type?: string
  sha256: string
  bytes: number
  body: Buffer | null
  object: string | null
}

const open = async (store: ObjectStore, raw: StoredRaw, fileName: string): Promise<Evidence> => {
  const body = raw.object === null ? Readable.from([raw.body ?? Buffer.of()]) : await store.get(raw.object)
  if (body === undefined) throw new AppError('unavailable', { detail: 'the object is not in the store' })
  return { body, bytes: raw.bytes, sha256: raw.sha256, fileName }
}

/** What programs open by its name; anything else is only bytes. */
const EXTENSIONS: Readonly<Record<string, string>> = { 'message/rfc822': 'eml', 'application/json': 'json' }

const rawName = (name: string, { type = '' }: StoredRaw): string => `${name}.${EXTENSIONS[type] ?? 'bin'}`

/** Anything else names no row, and PostgreSQL would refuse to compare it. */
export const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)

/** The one row of this id. Throws `not_found`, for what is no id too. */
const rowOf = async <Row>(id: string, find: (id: string) => PromiseLike<readonly Row[]>): Promise<Row> => {
  const [row] = isUuid(id) ? await find(id) : []
  if (row === undefined) throw new AppError('not_found')
  return row
}

/** A part of a complaint that shows the person, and why it is opened. */
interface Wanted {
  readonly reference: string
  readonly id: string
  readonly reason?: OpeningReason | undefined
}

/**
 * The reason of an opening: the one given with it, or that for which the identity is open already. A machine of the ministry
 * says by its token what it is for; anybody else is asked (`reason_required`).
 */
const reasonFor = async (
  deps: ReadDeps,
  actor: Actor,
  reference: string,
  given: OpeningReason | undefined,
): Promise<{ readonly reason?: OpeningReason }> => {
  const reason = given ?? (await openedLately(deps, actor, reference))
  if (reason) return { reason }
  if (actor.id.startsWith('token:') && actor.administrationId === null) return {}
  throw new AppError('reason_required', { fields: [{ field: 'reason', code: 'required' }] })
}

/** The bytes of one message as they came in, bit for bit (promise P15). The opening is audited before the first byte. */
export const openRawSubmission = async (
  deps: EvidenceDeps,
  actor: Actor,
  wanted: Wanted,
): Promise<Evidence> => {
  const complaint = await findHeldComplaint(deps, actor, wanted.reference, 'complaint.raw')
  const raw = await rowOf(
    wanted.id,
    (id) => deps.db.sql<StoredRaw[]>`
    select raw_type as type, raw_sha256 as sha256, raw_bytes::float8 as bytes, raw_body as body, raw_object as object
    from submissions where id = ${id} and complaint_id = ${complaint.id}`,
  )
  const reason = await reasonFor(deps, actor, complaint.reference, wanted.reason)
  await audit(deps, actor, {
    action: 'complaint.raw',
    subject: complaint.reference,
    facts: { submission: wanted.id, ...reason },
  })
  return open(deps.store, raw, rawName(`${complaint.reference}-raw`, raw))
}

/** An original as it was received. Throws `conflict` until the scanner has let it pass, or for good when it has not. */
export const openOriginal = async (deps: EvidenceDeps, actor: Actor, wanted: Wanted): Promise<Evidence> => {
  const complaint = await findHeldComplaint(deps, actor, wanted.reference, 'media.original')
  const asset = await rowOf(
    wanted.id,
    (id) => deps.db.sql<(StoredRaw & { scan: string; position: number })[]>`
    select sha256, bytes::float8 as bytes, null as body, object_key as object, scan, position
    from media_assets where id = ${id} and complaint_id = ${complaint.id}`,
  )
  if (asset.scan !== 'clean' && asset.scan !== 'off')
    throw new AppError('conflict', { detail: `the file's scan is ${asset.scan}` })
  const reason = await reasonFor(deps, actor, complaint.reference, wanted.reason)
  await audit(deps, actor, {
    action: 'media.original',
    subject: complaint.reference,
    facts: { asset: wanted.id, ...reason },
  })
  return open(deps.store, asset, `${complaint.reference}-${asset.position}.bin`)
}

export interface Playable {
  readonly key: string
  readonly type: string
  readonly bytes: number
  readonly sha256: string
}

/** One rendition of a complaint's file, for the players of the desk. */
export const findRendition = async (
  deps: ReadDeps,
  actor: Actor,
  wanted: { reference: string; id: string },
): Promise<Playable> => {
  const complaint = await findComplaint(deps, actor, wanted.reference)
  const scope = await scopeOf(deps.db.sql, actor)
  return rowOf(wanted.id, (id) =>
    behindWall(
      deps.db.sql,
      scope,
      (sql) => sql<Playable[]>`
      select r.object_key as key, r.type, r.bytes::float8 as bytes, r.sha256
      from renditions r join media_assets m on m.id = r.asset_id
      where r.id = ${id} and m.complaint_id = ${complaint.id} and m.state <> 'blocked'`,
    ),
  )
}

/** The bytes of an event that could not be read. */
export const openQuarantined = async (deps: EvidenceDeps, actor: Actor, id: string): Promise<Evidence> => {
  requireRight(actor, 'quarantine.read')
  const raw = await rowOf(
    id,
    (id) => deps.db.sql<StoredRaw[]>`
    select raw_type as type, raw_sha256 as sha256, raw_bytes::float8 as bytes, raw_body as body, raw_object as object
    from quarantine where id = ${id}`,
  )
  await audit(deps, actor, { action: 'quarantine.raw', subject: id })
  return open(deps.store, raw, rawName(id, raw))
}

/** The bytes of any mail of a complaint, a robot's or a report too. */
export const openRawMail = async (deps: EvidenceDeps, actor: Actor, wanted: Wanted): Promise<Evidence> => {
  const complaint = await findHeldComplaint(deps, actor, wanted.reference, 'complaint.raw')
  const raw = await rowOf(
    wanted.id,
    (id) => deps.db.sql<StoredRaw[]>`
    select e.raw_type as type, e.raw_sha256 as sha256, e.raw_bytes::float8 as bytes, e.raw_body as body, e.raw_object as object
    from mail_messages m join inbound_events e on e.id = m.event_id
    where m.event_id = ${id} and m.complaint_id = ${complaint.id}`,
  )
  const reason = await reasonFor(deps, actor, complaint.reference, wanted.reason)
  await audit(deps, actor, {
    action: 'complaint.raw',
    subject: complaint.reference,
    facts: { mail: wanted.id, ...reason },
  })
  return open(deps.store, raw, rawName(`${complaint.reference}-mail`, raw))
}

/** The sanitised HTML of a mail, for a frame that may do nothing. It shows the person: the opening is audited as the raw form is. */
export const openMailHtml = async (deps: ReadDeps, actor: Actor, wanted: Wanted): Promise<string> => {
  const complaint = await findHeldComplaint(deps, actor, wanted.reference, 'complaint.raw')
  const mail = await rowOf(
    wanted.id,
    (id) => deps.db.sql<{ html: string }[]>`
    select html from mail_messages where event_id = ${id} and complaint_id = ${complaint.id} and html is not null`,
  )
  const reason = await reasonFor(deps, actor, complaint.reference, wanted.reason)
  await audit(deps, actor, {
    action: 'complaint.raw',
    subject: complaint.reference,
    facts: { html: wanted.id, ...reason },
  })
  return mail.html
}
