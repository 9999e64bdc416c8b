import { timingSafeEqual } from 'node:crypto'
import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import { parseAccessCode } from '../core/reference.ts'
import type { Secrets } from '../core/secrets.ts'
import { readSignedId, signId } from '../core/signed-id.ts'
import { drafts } from '../db/schema/index.ts'
import { type Draft, type DraftDeps, findDraft } from './keep-draft.ts'
import type { Hits } from './take-hit.ts'

type Signing = Pick<Secrets, 'mac'>

const LINK = 'draft-link'

/** The secret part of the address that opens a draft on another device. */
export const draftToken = (secrets: Signing, draftId: string): string => signId(secrets, LINK, draftId)

/** The draft a token was made for; undefined when it was not made by us. */
export const readDraftToken = (secrets: Signing, token: string): string | undefined =>
  readSignedId(secrets, LINK, token)

const CODES = 1_000_000n

/** The six digits that open a draft together with the number they were texted to. Derived, so that nobody can read it here. */
export const draftCode = (secrets: Signing, draftId: string, phone: string): string => {
  const mac = Buffer.from(secrets.mac('draft-code', `${draftId}:${phone}`), 'base64url')
  return String(mac.readBigUInt64BE(0) % CODES).padStart(6, '0')
}

const phoneMacOf = (secrets: Signing, phone: string): string => secrets.mac('draft-phone', phone)

/** Lets a draft be opened by a number with the code that was texted to it. The last number counts. */
export const bindPhone = async (
  { db, secrets }: Pick<DraftDeps, 'db'> & { readonly secrets: Signing },
  draftId: string,
  phone: string,
): Promise<void> => {
  await db.orm
    .update(drafts)
    .set({ phoneMac: phoneMacOf(secrets, phone) })
    .where(eq(drafts.id, draftId))
}

export type Resumed =
  | { readonly outcome: 'found'; readonly draft: Draft }
  | { readonly outcome: 'code' | 'wrong' }
  | { readonly outcome: 'too_many'; readonly retryAfter: number }

export interface ResumeDeps extends DraftDeps {
  readonly secrets: Signing
  readonly takeHit: (bucket: string, seconds: number) => Promise<Hits>
}

/** Six digits, so what one number and one network may try in an hour is few. */
const TRIES = { perPhone: 5, perClient: 60, seconds: 3600 } as const

const takeTry = async (
  { takeHit }: ResumeDeps,
  phoneMac: string,
  client: string,
): Promise<Hits | undefined> => {
  const ofPhone = await takeHit(`draft-code:${phoneMac}`, TRIES.seconds)
  const ofClient = await takeHit(`draft-tries:${client}`, TRIES.seconds)
  if (ofPhone.count > TRIES.perPhone) return ofPhone
  return ofClient.count > TRIES.perClient ? ofClient : undefined
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Finds the draft that a number and its code open, the newest where several do. `phone` is E.164, the code as typed. */
export const resumeByPhone = async (
  deps: ResumeDeps,
  typed: { readonly phone: string; readonly code: string; readonly client: string },
): Promise<Resumed> => {
  const { db, clock, secrets } = deps
  const code = parseAccessCode(typed.code)
  if (code === undefined) return { outcome: 'code' }
  const phoneMac = phoneMacOf(secrets, typed.phone)
  const spent = await takeTry(deps, phoneMac, typed.client)
  if (spent !== undefined) return { outcome: 'too_many', retryAfter: spent.secondsLeft }
  const open = await db.orm
    .select({ id: drafts.id })
    .from(drafts)
    .where(
      and(
        eq(drafts.phoneMac, phoneMac),
        gt(drafts.expiresAt, clock.now()),
        isNull(drafts.submittedComplaintId),
      ),
    )
    .orderBy(desc(drafts.updatedAt))
  const ids = open.map(({ id }) => id).filter((id) => isSame(draftCode(secrets, id, typed.phone), code))
  const draft = ids[0] === undefined ? undefined : await findDraft(deps, { id: ids[0] })
  return draft === undefined ? { outcome: 'wrong' } : { outcome: 'found', draft }
}
