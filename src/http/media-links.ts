import { and, eq, ne } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { mayOpen } from '../core/media.ts'
import { type MediaLink, readMediaToken } from '../core/media-link.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database } from '../db/client.ts'
import { complaints, mediaAssets, referrals, renditions } from '../db/schema/index.ts'
import { renditionFileName } from '../referrals/compose-dossier.ts'
import { appendAudit, tenantOf } from '../staff/audit.ts'
import { type ServedObject, serveObject } from './serve-object.ts'

export interface MediaLinkDeps {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: Pick<Secrets, 'mac'>
  readonly store: ObjectStore
}

type AssetRow = typeof mediaAssets.$inferSelect

/** A file a scanner has not yet judged is asked for again after this many seconds. */
const SCAN_PATIENCE = 30

const findObject = async (
  { db }: MediaLinkDeps,
  { object, id }: MediaLink,
): Promise<{ asset: AssetRow; served: ServedObject } | undefined> => {
  if (object === 'original') {
    const [asset] = await db.orm.select().from(mediaAssets).where(eq(mediaAssets.id, id))
    return (
      asset && {
        asset,
        served: {
          key: asset.objectKey,
          type: asset.type ?? asset.declaredType,
          bytes: asset.bytes,
          sha256: asset.sha256,
          fileName: asset.name,
          disposition: 'attachment',
        },
      }
    )
  }
  const [row] = await db.orm
    .select({ asset: mediaAssets, rendition: renditions })
    .from(renditions)
    .innerJoin(mediaAssets, eq(mediaAssets.id, renditions.assetId))
    .where(eq(renditions.id, id))
  return (
    row && {
      asset: row.asset,
      served: {
        key: row.rendition.objectKey,
        type: row.rendition.type,
        bytes: row.rendition.bytes,
        sha256: row.rendition.sha256,
        fileName: renditionFileName(row.asset, row.rendition),
        disposition: 'inline',
      },
    }
  )
}

/** Whose link it is. A body's link dies with the transfer of its referral; undefined: it no longer holds. */
const holderOf = async (
  { db }: MediaLinkDeps,
  { scope }: MediaLink,
  { complaintId }: AssetRow,
): Promise<{ administrationId: string | null } | undefined> => {
  const referralId = /^referral:(.+)$/.exec(scope)?.[1]
  if (referralId === undefined) return { administrationId: null }
  const [referral] = await db.orm
    .select({ administrationId: referrals.administrationId })
    .from(referrals)
    .where(
      and(
        eq(referrals.id, referralId),
        eq(referrals.complaintId, complaintId),
        ne(referrals.state, 'transferred'),
      ),
    )
  return referral
}

/** A player asks for an object in many parts; opening it is the first of them. */
const isOpening = (range: string | undefined): boolean => range === undefined || /^bytes=0-/.test(range)

/** The original shows what renditions leave out (place, device): each opening is in the audit, before the first byte. */
const auditOpening = (
  deps: MediaLinkDeps,
  link: MediaLink,
  asset: AssetRow,
  holder: { administrationId: string | null },
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const [complaint] = await tx
      .select({ reference: complaints.reference })
      .from(complaints)
      .where(eq(complaints.id, asset.complaintId))
    await appendAudit(tx, deps, tenantOf(holder), {
      actor: link.scope,
      action: 'media.original',
      subject: complaint?.reference ?? asset.complaintId,
      facts: { asset: asset.id },
    })
  })

/** `/media/{token}`: opens what a signed, time-limited link is for. Any reason why not, but the scan, looks the same. */
export const mediaLinkRoutes = async (app: FastifyInstance, deps: MediaLinkDeps): Promise<void> => {
  app.get<{ Params: { token: string } }>(
    '/media/:token',
    { schema: { hide: true } },
    async (request, reply) => {
      const link = readMediaToken(deps.secrets, request.params.token, deps.clock.now())
      const found = link && (await findObject(deps, link))
      const holder = link && found && (await holderOf(deps, link, found.asset))
      if (link === undefined || found === undefined || holder === undefined) throw new AppError('not_found')
      const { asset, served } = found
      if (asset.state === 'blocked' || asset.scan === 'infected') throw new AppError('not_found')
      if (!mayOpen(asset, link.object)) throw new AppError('unavailable', { retryAfter: SCAN_PATIENCE })
      if (link.object === 'original' && isOpening(request.headers.range))
        await auditOpening(deps, link, asset, holder)
      return serveObject(reply, deps.store, served)
    },
  )
}
