import type { Readable } from 'node:stream'
import { and, eq, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { NewId } from '../core/clock.ts'
import type { Connector, ConnectorMessage, Connectors, Enclosure } from '../core/connector.ts'
import { type DeliveryError, type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import { mayDownloadOriginal, mayPlay } from '../core/media.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Secrets } from '../core/secrets.ts'
import type { ReferralEvent, TopicHandler } from '../core/topics.ts'
import { connectors, referrals } from '../db/schema/index.ts'
import { recordEvent } from './change-complaint.ts'
import { holdReferral } from './change-referral.ts'
import { composeDossier, type DossierDeps, type ReadMedia, renditionFileName } from './compose-dossier.ts'
import { recordDelivery } from './record-delivery.ts'

export interface ForwardDeps extends DossierDeps {
  readonly newId: NewId
  readonly secrets: Secrets
  readonly store: Pick<ObjectStore, 'get'>
  readonly connectors: Connectors
}

type ConnectorRow = typeof connectors.$inferSelect

/** Both secrets sign for this long after a rotation: a body changes its own side within the week. */
const ROTATION_OVERLAP_MS = 7 * 24 * 3600 * 1000

const final = (code: string, message: string): DeliveryResult => failed({ code, message, retryable: false })

const secretsOf = (deps: ForwardDeps, row: ConnectorRow): string[] => {
  const rotating =
    row.rotatedAt !== null && deps.clock.now().getTime() - row.rotatedAt.getTime() < ROTATION_OVERLAP_MS
  return row.sealedSecrets.slice(0, rotating ? 2 : 1).map((sealed) => deps.secrets.unseal(sealed))
}

/**
 * What may travel with the message: renditions, which carry no place and no device marks, and documents as they came,
 * because nothing is made of those. Another original is opened by its link only, and that is noted.
 */
const enclosuresOf = (deps: ForwardDeps, media: readonly ReadMedia[]): Enclosure[] => {
  const open = (key: string) => async (): Promise<Readable> => {
    const stream = await deps.store.get(key)
    if (stream === undefined) throw new Error('the object of a media asset is missing')
    return stream
  }
  return media.flatMap(({ asset, renditions }) => [
    ...(mayPlay(asset) ? renditions : []).map((made) => ({
      name: renditionFileName(asset, made),
      type: made.type,
      bytes: made.bytes,
      sha256: made.sha256,
      open: open(made.objectKey),
    })),
    ...(asset.kind === 'document' && mayDownloadOriginal(asset)
      ? [
          {
            name: asset.name,
            type: asset.type ?? asset.declaredType,
            bytes: asset.bytes,
            sha256: asset.sha256,
            open: open(asset.objectKey),
          },
        ]
      : []),
  ])
}

/** One event of one referral as a connector takes it. */
export const composeMessage = async (
  deps: ForwardDeps,
  row: ConnectorRow,
  told: { id: string; referralId: string; event: ReferralEvent },
): Promise<ConnectorMessage> => {
  const { dossier, media } = await composeDossier(deps, told.referralId)
  return {
    id: told.id,
    event: told.event,
    dossier,
    enclosures: enclosuresOf(deps, media),
    settings: row.settings,
    secrets: secretsOf(deps, row),
    at: deps.clock.now(),
  }
}

const actOf = (deps: ForwardDeps): Act => ({ now: deps.clock.now(), newId: deps.newId, actor: 'gateway' })

const settle = (deps: ForwardDeps, referralId: string): Promise<unknown> =>
  deps.db.orm.transaction(async (tx) => {
    await recordDelivery(tx, actOf(deps), await holdReferral(tx, referralId))
  })

/** Nothing more goes to this destination until a person puts it again; what was meant for it becomes visible as dead. */
const disable = (deps: ForwardDeps, row: ConnectorRow, referralId: string, error: DeliveryError) =>
  deps.db.orm.transaction(async (tx) => {
    const act = actOf(deps)
    const { complaint, administrationCode } = await holdReferral(tx, referralId)
    const [disabled] = await tx
      .update(connectors)
      .set({ disabledAt: act.now, disabledReason: error.code, updatedAt: act.now })
      .where(and(eq(connectors.id, row.id), isNull(connectors.disabledAt)))
      .returning({ id: connectors.id })
    if (disabled === undefined) return
    const facts = { administration: administrationCode, type: row.type, reason: error.code }
    await recordEvent(tx, act, complaint, 'connector_disabled', facts, 'staff')
  })

const findConnector = async (
  deps: ForwardDeps,
  connectorId: string,
): Promise<{ row: ConnectorRow; connector: Connector } | DeliveryResult> => {
  const [row] = await deps.db.orm.select().from(connectors).where(eq(connectors.id, connectorId))
  const connector = row && deps.connectors[row.type]
  if (row === undefined || connector === undefined)
    return final('connector_removed', 'The connector is no longer there.')
  if (row.disabledAt !== null) return final('connector_disabled', 'The connector has been disabled.')
  return { row, connector }
}

/** What is overtaken: the file went to another body before this one was told. */
const isOvertaken = async (deps: ForwardDeps, referralId: string, event: ReferralEvent): Promise<boolean> => {
  const [referral] = await deps.db.orm
    .select({ state: referrals.state })
    .from(referrals)
    .where(eq(referrals.id, referralId))
  return referral === undefined || (referral.state === 'transferred' && event !== 'complaint.withdrawn')
}

/**
 * Topic `referral.forward`: tells one body one event of one referral through one connector. Only what the connector
 * reports as taken makes the referral `delivered`; killed between the two, the same message goes out again with its id.
 */
export const createForwardReferral =
  (deps: ForwardDeps): TopicHandler<'referral.forward'> =>
  async ({ referralId, connectorId, event }, { messageId, signal }) => {
    const found = await findConnector(deps, connectorId)
    if ('ok' in found) return found
    if (await isOvertaken(deps, referralId, event)) return delivered('overtaken')
    const { row, connector } = found
    const message = await composeMessage(deps, row, { id: messageId, referralId, event })
    const result = await connector.deliver(message, signal)
    if (result.ok) await settle(deps, referralId)
    else if (result.error.disablesDestination) await disable(deps, row, referralId, result.error)
    return result
  }
