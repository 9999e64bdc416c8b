import { randomBytes } from 'node:crypto'
import { and, eq, inArray } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Connectors } from '../core/connector.ts'
import { AppError } from '../core/errors.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Tx } from '../db/client.ts'
import { connectors } from '../db/schema/index.ts'
import type { AdministrationForm, SavedAdministration } from './administration-form.ts'

type GivenConnector = NonNullable<AdministrationForm['connectors']>[number]
type Row = typeof connectors.$inferSelect

/** A connector as given, understood by its type. */
export interface WantedConnector {
  readonly type: string
  readonly destination: string
  readonly settings: Record<string, unknown>
  readonly signs: boolean
  readonly rotate: boolean
  /** A secret of the body's, to be sealed. */
  readonly given?: string
}

const readConnector = (known: Connectors, given: GivenConnector, position: number): WantedConnector => {
  const { type, rotate = false, ...rest } = given
  const field = `connectors.${position}`
  const connector = known[type]
  if (connector === undefined)
    throw new AppError('validation', { fields: [{ field: `${field}.type`, code: 'unknown' }] })
  const read = connector.settingsSchema.safeParse(rest)
  if (!read.success)
    throw new AppError('validation', {
      fields: read.error.issues.map(({ path, code }) => ({ field: `${field}.${path.join('.')}`, code })),
    })
  const refused = connector.refuse?.(read.data)
  if (refused)
    throw new AppError(refused.code, {
      fields: [{ field: `${field}.${connector.destination}`, code: refused.code, detail: refused.detail }],
    })
  const destination = String(read.data[connector.destination])
  const { [connector.secretField ?? '']: secret, ...settings } = read.data
  const sealing = typeof secret === 'string' ? { given: secret } : {}
  return { type, destination, settings, signs: connector.signs, rotate, ...sealing }
}

/**
 * Reads connectors as given, before anything is written. Throws `validation` for an unknown type, wrong settings or one
 * destination given twice, and what the type says of a destination it can never reach (`address_forbidden`).
 */
export const readConnectors = (
  known: Connectors,
  given: readonly GivenConnector[] | undefined,
): WantedConnector[] | undefined => {
  const wanted = given?.map((connector, position) => readConnector(known, connector, position))
  const destinations = new Set(wanted?.map(({ type, destination }) => `${type} ${destination}`))
  if (wanted && destinations.size < wanted.length)
    throw new AppError('validation', { fields: [{ field: 'connectors', code: 'repeated' }] })
  return wanted
}

/** A Standard Webhooks secret: 256 random bits. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

interface Saved {
  readonly shown: SavedAdministration['connectors'][number]
  /** New or enabled again: what waited for this body may now go out by it. */
  readonly opened: boolean
}

const saveConnector = async (
  tx: Tx,
  act: Act,
  secrets: Secrets,
  administrationId: string,
  { wanted, old }: { wanted: WantedConnector; old: Row | undefined },
): Promise<Saved> => {
  const made = wanted.signs && (old === undefined || wanted.rotate) ? newSecret() : undefined
  const secret = made ?? wanted.given
  const sealed = old?.sealedSecrets ?? []
  const row = {
    settings: wanted.settings,
    ...(secret === undefined
      ? {}
      : { sealedSecrets: [secrets.seal(secret), ...sealed.slice(0, 1)], rotatedAt: act.now }),
    // Putting a connector is the word of a person that it may be used again.
    disabledAt: null,
    disabledReason: null,
    updatedAt: act.now,
  }
  const id = old?.id ?? act.newId()
  if (old) await tx.update(connectors).set(row).where(eq(connectors.id, id))
  else
    await tx
      .insert(connectors)
      .values({ sealedSecrets: [], ...row, id, administrationId, type: wanted.type, createdAt: act.now })
  return {
    shown: {
      id,
      type: wanted.type,
      ...wanted.settings,
      disabledReason: null,
      // What the body gave us it knows.
      ...(made === undefined ? {} : { secret: made }),
    },
    opened: old === undefined || old.disabledAt !== null,
  }
}

const showUnchanged = (rows: readonly Row[]): SavedAdministration['connectors'] =>
  rows.map(({ id, type, settings, disabledReason }) => ({ id, type, ...settings, disabledReason }))

/**
 * Makes a body's connectors those that are wanted: a known destination keeps its id and secret, a new one gets them, the
 * rest are removed. Gives them as shown, and the ids through which waiting referrals may now go.
 */
export const putConnectors = async (
  tx: Tx,
  act: Act,
  secrets: Secrets,
  known: Connectors,
  body: { administrationId: string; wanted: readonly WantedConnector[] | undefined },
): Promise<{ shown: SavedAdministration['connectors']; opened: string[] }> => {
  const { administrationId, wanted } = body
  const rows = await tx
    .select()
    .from(connectors)
    .where(eq(connectors.administrationId, administrationId))
    .orderBy(connectors.id)
  if (wanted === undefined) return { shown: showUnchanged(rows), opened: [] }
  const destinationOf = (row: Row) => String(row.settings[known[row.type]?.destination ?? ''])
  const saved: Saved[] = []
  for (const connector of wanted) {
    const old = rows.find(
      (row) => row.type === connector.type && destinationOf(row) === connector.destination,
    )
    saved.push(await saveConnector(tx, act, secrets, administrationId, { wanted: connector, old }))
  }
  const kept = new Set(saved.map(({ shown }) => shown.id))
  const gone = rows.filter(({ id }) => !kept.has(id)).map(({ id }) => id)
  if (gone.length > 0)
    await tx
      .delete(connectors)
      .where(and(eq(connectors.administrationId, administrationId), inArray(connectors.id, gone)))
  return {
    shown: saved.map(({ shown }) => shown),
    opened: saved.filter(({ opened }) => opened).map(({ shown }) => shown.id),
  }
}
