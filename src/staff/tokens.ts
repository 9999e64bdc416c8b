import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { OF_A_BODY, type TokenRole } from '../core/staff-role.ts'
import type { Database, Orm, Tx } from '../db/client.ts'
import { administrations, apiTokens } from '../db/schema/index.ts'

/** Who stands behind a valid token. */
export interface TokenHolder {
  readonly tokenId: string
  readonly role: TokenRole
  readonly administrationId: string | undefined
}

interface TokenDeps {
  readonly clock: Clock
  readonly newId: NewId
}

/** Only the digest is stored; 256 random bits need no slow hash. */
const digest = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Makes a token for a known administration within a transaction. Gives the text that is shown once. */
export const issueToken = async (
  tx: Tx | Orm,
  deps: TokenDeps,
  holder: { role: TokenRole; administrationId: string | undefined; label: string },
): Promise<string> => {
  const token = `wasl_${randomBytes(32).toString('base64url')}`
  await tx.insert(apiTokens).values({
    id: deps.newId(),
    tokenSha256: digest(token),
    role: holder.role,
    administrationId: holder.administrationId ?? null,
    label: holder.label,
    createdAt: deps.clock.now(),
  })
  return token
}

/**
 * Makes a token by the code of its administration, for the command line and the seed. Throws `administration_unknown`, and
 * `validation` when a role that belongs to one administration comes without.
 */
export const createToken = async (
  deps: TokenDeps & { readonly db: Database },
  wish: { role: TokenRole; administrationCode?: string; label?: string },
): Promise<{ token: string }> => {
  if (wish.administrationCode === undefined && OF_A_BODY.includes(wish.role))
    throw new AppError('validation', { fields: [{ field: 'administration', code: 'required' }] })
  const [administration] =
    wish.administrationCode === undefined
      ? []
      : await deps.db.orm
          .select({ id: administrations.id })
          .from(administrations)
          .where(eq(administrations.code, wish.administrationCode))
  if (wish.administrationCode !== undefined && administration === undefined)
    throw new AppError('administration_unknown')
  const holder = { role: wish.role, administrationId: administration?.id, label: wish.label ?? '' }
  return { token: await issueToken(deps.db.orm, deps, holder) }
}

/** The note of use is a hint for people: once a minute is enough. */
const USE_NOTED_EVERY_MS = 60_000

/** Reads an `Authorization: Bearer …` header. Gives the holder, or undefined for anything that is not a live token. */
export const authenticateToken = async (
  deps: { readonly db: Database; readonly clock: Clock },
  authorization: string | undefined,
): Promise<TokenHolder | undefined> => {
  const token = /^Bearer +(wasl_[\w-]{43})$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return undefined
  const [row] = await deps.db.orm
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.tokenSha256, digest(token)), isNull(apiTokens.revokedAt)))
  if (row === undefined) return undefined
  const now = deps.clock.now()
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > USE_NOTED_EVERY_MS)
    await deps.db.orm.update(apiTokens).set({ lastUsedAt: now }).where(eq(apiTokens.id, row.id))
  return { tokenId: row.id, role: row.role, administrationId: row.administrationId ?? undefined }
}
