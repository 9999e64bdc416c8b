import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { LIMITS } from '../core/limits.ts'
import type { Locale } from '../core/locale.ts'
import type { Database } from '../db/client.ts'
import { drafts, receipts, submissions } from '../db/schema/index.ts'

export interface DraftDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
}

/** What a citizen has answered so far. The answers are the web channel's; here they are kept, not understood. */
export interface Draft {
  readonly id: string
  readonly answers: Readonly<Record<string, unknown>>
  readonly language: Locale
  /** Identity of the one filing this draft can become: two tabs and a double click meet the same complaint. */
  readonly submissionKey: string
  readonly expiresAt: Date
  /** Set once it was filed: read from the record itself, so that it holds from the commit on. */
  readonly sent?: { readonly complaintId: string; readonly receiptId: string }
}

const TOKEN_BYTES = 24
/** How long "already sent" is said on this device. Short, because the device may be shared. */
const SENT_LIFE_SECONDS = 3600

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000)

/** Opens an empty draft. The token goes into the browser's cookie and is nowhere else. */
export const openDraft = async (
  { db, clock, newId }: DraftDeps,
  language: Locale,
): Promise<{ readonly token: string; readonly draft: Draft }> => {
  const now = clock.now()
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const expiresAt = later(now, LIMITS.draftLife)
  const draft: Draft = { id: newId(), answers: {}, language, submissionKey: newId(), expiresAt }
  await db.orm.insert(drafts).values({
    ...draft,
    tokenSha256: hashOf(token),
    createdAt: now,
    updatedAt: now,
  })
  return { token, draft }
}

/**
 * Opens the draft behind a form that carries its own key, once however often the form is sent: it holds the files until the
 * form is right. No cookie leads to it.
 */
export const openKeyedDraft = async (
  { db, clock }: Pick<DraftDeps, 'db' | 'clock'>,
  key: string,
  language: Locale,
): Promise<void> => {
  const now = clock.now()
  await db.orm
    .insert(drafts)
    .values({
      id: key,
      answers: {},
      language,
      submissionKey: key,
      tokenSha256: hashOf(randomBytes(TOKEN_BYTES).toString('base64url')),
      createdAt: now,
      updatedAt: now,
      expiresAt: later(now, LIMITS.draftLife),
    })
    .onConflictDoNothing()
}

type DraftKey = { readonly token: string } | { readonly id: string }

/** The draft of a cookie's token, or the one that a link or a phone's code leads to; undefined when its week is over. */
export const findDraft = async ({ db, clock }: DraftDeps, key: DraftKey): Promise<Draft | undefined> => {
  const isIt = 'token' in key ? eq(drafts.tokenSha256, hashOf(key.token)) : eq(drafts.id, key.id)
  const [row] = await db.orm
    .select({ draft: drafts, complaintId: submissions.complaintId, receiptId: receipts.id })
    .from(drafts)
    .leftJoin(
      submissions,
      and(eq(submissions.channel, 'web'), eq(submissions.externalId, drafts.submissionKey)),
    )
    .leftJoin(
      receipts,
      and(eq(receipts.complaintId, submissions.complaintId), eq(receipts.round, submissions.round)),
    )
    .where(and(isIt, gt(drafts.expiresAt, clock.now())))
  if (row === undefined) return undefined
  const { complaintId, receiptId } = row
  const { id, answers, language, submissionKey, expiresAt } = row.draft
  const sent = complaintId === null || receiptId === null ? undefined : { complaintId, receiptId }
  return { id, answers, language, submissionKey, expiresAt, ...(sent ? { sent } : {}) }
}

/** Merges answers into a draft that is still open and gives it seven more days. False: it was sent meanwhile. */
export const saveAnswers = async (
  { db, clock }: DraftDeps,
  draftId: string,
  answers: Readonly<Record<string, unknown>>,
  language: Locale,
): Promise<boolean> => {
  const now = clock.now()
  const saved = await db.orm
    .update(drafts)
    .set({
      answers: sql`${drafts.answers} || ${JSON.stringify(answers)}::jsonb`,
      language,
      updatedAt: now,
      expiresAt: later(now, LIMITS.draftLife),
    })
    .where(and(eq(drafts.id, draftId), isNull(drafts.submittedComplaintId)))
    .returning({ id: drafts.id })
  return saved.length === 1
}

/** Closes a draft with the complaint it became, and forgets what was typed: the record has it now. */
export const closeDraft = async (
  { db, clock }: DraftDeps,
  draftId: string,
  complaintId: string,
): Promise<void> => {
  const now = clock.now()
  await db.orm
    .update(drafts)
    .set({
      answers: {},
      submittedComplaintId: complaintId,
      updatedAt: now,
      expiresAt: later(now, SENT_LIFE_SECONDS),
    })
    .where(eq(drafts.id, draftId))
}

/** Removes drafts whose time is over. Uploads that nobody claimed go with their own sweep. For the minute's sweep. */
export const sweepDrafts = async ({ db, clock }: DraftDeps): Promise<void> => {
  await db.orm.delete(drafts).where(lt(drafts.expiresAt, clock.now()))
}
