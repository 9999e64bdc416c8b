import { createHash, randomInt } from 'node:crypto'
import { and, eq, inArray, isNull, lt } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import type { Locale } from '../core/locale.ts'
import type { Secrets } from '../core/secrets.ts'
import type { StagedMedia } from '../core/submission.ts'
import type { Database, Orm, Tx } from '../db/client.ts'
import { complaints, ledgerEntries, uploadLinks, uploads } from '../db/schema/index.ts'
import { appendEvent, type RecordedEvent } from './settle-event.ts'

/** `/u/` and nine characters: the bare domain plus at most twelve (G29). 53 bits, for 72 hours, behind a limit of looks. */
const TOKEN_CHARACTERS = 9
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
export const LINK_LIFE_MS = 72 * 3600_000
/** After its end a link says so for a month; then it is unknown. */
const KEPT_MS = 30 * 24 * 3600_000

export interface LinkDeps {
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Pick<Secrets, 'mac'>
  readonly publicUrl: string
}

/** A token this short could be tried out on a stolen copy of the table, were it not for the key. */
const macOf = ({ secrets }: Pick<LinkDeps, 'secrets'>, token: string): string =>
  secrets.mac('upload-link', token)

const newToken = (): string =>
  Array.from({ length: TOKEN_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

/** The token of the one link for what had not arrived with a filing: derived, so that its receipt can show it again. */
export const restToken = (secrets: Pick<Secrets, 'mac'>, complaintId: string): string =>
  [...Buffer.from(secrets.mac('rest-link', complaintId), 'base64url').subarray(0, TOKEN_CHARACTERS)]
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join('')

/** Writes the row of a link; one that is there stays as it is. */
export const linkRow = async (
  orm: Orm | Tx,
  deps: Omit<LinkDeps, 'publicUrl'>,
  complaintId: string,
  token: string,
): Promise<void> => {
  const now = deps.clock.now()
  await orm
    .insert(uploadLinks)
    .values({
      id: deps.newId(),
      tokenMac: macOf(deps, token),
      complaintId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LINK_LIFE_MS),
    })
    .onConflictDoNothing()
}

/** Makes a one-time link by which files are added to a complaint, without an account, for 72 hours. Gives its URL. */
export const createUploadLink = async (
  orm: Orm | Tx,
  deps: LinkDeps,
  complaintId: string,
): Promise<string> => {
  const token = newToken()
  await linkRow(orm, deps, complaintId, token)
  return `${deps.publicUrl}/u/${token}`
}

/** A link without its secret, as long as a real one: for a text that is stored before it is sent. */
export const maskedUploadLink = (publicUrl: string): string =>
  `${publicUrl}/u/${'*'.repeat(TOKEN_CHARACTERS)}`

export interface UploadLink {
  readonly id: string
  readonly complaintId: string
  readonly reference: string
  readonly language: Locale
  readonly state: 'open' | 'used' | 'expired'
  readonly expiresAt: Date
}

interface ReadDeps extends Pick<LinkDeps, 'clock' | 'secrets'> {
  readonly db: Pick<Database, 'orm'>
}

/** The link of a token; undefined when there is none. */
export const readUploadLink = async (deps: ReadDeps, token: string): Promise<UploadLink | undefined> => {
  const [row] = await deps.db.orm
    .select({ link: uploadLinks, reference: complaints.reference, language: complaints.language })
    .from(uploadLinks)
    .innerJoin(complaints, eq(complaints.id, uploadLinks.complaintId))
    .where(eq(uploadLinks.tokenMac, macOf(deps, token)))
  if (row === undefined) return undefined
  const { id, complaintId, usedAt, expiresAt } = row.link
  const isOver = expiresAt <= deps.clock.now()
  const state = usedAt !== null ? 'used' : isOver ? 'expired' : 'open'
  return { id, complaintId, reference: row.reference, language: row.language, state, expiresAt }
}

/** What came through a link, as an event of the web: it needs no judgement, so it is recorded with its end. */
const eventOf = (linkId: string, now: Date, newId: NewId, media: readonly StagedMedia[]) => {
  const files = media.map(({ name, sha256, bytes }) => ({ name, sha256, bytes }))
  const body = Buffer.from(JSON.stringify({ link: linkId, files }))
  const externalId = `link:${linkId}`
  return { id: newId(), channel: 'web', externalId, receivedAt: now, body } as const
}

const claim = async (tx: Tx, complaintId: string, media: readonly StagedMedia[]): Promise<boolean> => {
  const ids = media.map(({ uploadId, id }) => uploadId ?? id)
  const claimed = await tx
    .update(uploads)
    .set({ claimedBy: complaintId })
    .where(and(inArray(uploads.id, ids), isNull(uploads.claimedBy)))
    .returning({ id: uploads.id })
  return claimed.length === ids.length
}

/** Takes the link, if it is still open: of two presses at once the second finds it used. */
const take = async (tx: Tx, linkId: string, now: Date) => {
  const [taken] = await tx
    .update(uploadLinks)
    .set({ usedAt: now })
    .where(and(eq(uploadLinks.id, linkId), isNull(uploadLinks.usedAt)))
    .returning()
  return taken !== undefined && taken.expiresAt > now ? taken : undefined
}

class Undone extends Error {}

/**
 * Adds files to the complaint of a link and spends the link, as one fact: claims, media, history, ledger, and the messages
 * that have the files looked at. False: it was spent before, its time is over, or a file was claimed by another.
 */
export const addByLink = async (
  deps: Pick<LinkDeps, 'clock' | 'newId'> & { readonly db: Pick<Database, 'orm'> },
  linkId: string,
  media: readonly StagedMedia[],
): Promise<boolean> => {
  const now = deps.clock.now()
  const { body, ...event } = eventOf(linkId, now, deps.newId, media)
  const work = async (tx: Tx): Promise<void> => {
    const taken = await take(tx, linkId, now)
    if (taken === undefined) throw new Undone()
    const { complaintId } = taken
    const [complaint] = await tx
      .select({ round: complaints.round, language: complaints.language })
      .from(complaints)
      .where(eq(complaints.id, complaintId))
    if (complaint === undefined || !(await claim(tx, complaintId, media))) throw new Undone()
    const { channel, externalId } = event
    await tx.insert(ledgerEntries).values({ id: deps.newId(), channel, externalId, receivedAt: now })
    const recorded: RecordedEvent = {
      ...event,
      sender: '',
      rawType: 'application/json',
      rawSha256: createHash('sha256').update(body).digest('hex'),
      rawBytes: body.length,
      rawBody: body,
      rawObject: null,
    }
    await appendEvent(tx, { now, newId: deps.newId }, recorded, {
      complaintId,
      ...complaint,
      text: '',
      media,
    })
  }
  try {
    await deps.db.orm.transaction(work)
    return true
  } catch (error) {
    if (error instanceof Undone) return false
    throw error
  }
}

/** Forgets links a month after their end. */
export const sweepUploadLinks = async ({ db, clock }: Omit<ReadDeps, 'secrets'>): Promise<void> => {
  await db.orm.delete(uploadLinks).where(lt(uploadLinks.expiresAt, new Date(clock.now().getTime() - KEPT_MS)))
}
