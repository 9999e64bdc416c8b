import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { AppError } from '../../core/errors.ts'
import type { Database, Tx } from '../../db/client.ts'
import { ledgerEntries, submissions } from '../../db/schema/index.ts'
import type { CallDeps } from './call-deps.ts'

type Filing = Parameters<CallDeps['resubmit']>[1]

export interface ResubmitByCallDeps {
  readonly db: Database
  readonly newId: () => string
  /** Opens the next round (src/handling/resubmit-complaint.ts). Throws `conflict` while the present one runs. */
  readonly openRound: (tx: Tx, complaintId: string, filing: Filing) => Promise<{ readonly round: number }>
}

const roundOf = async (db: Pick<Tx, 'select'>, { channel, externalId }: Filing) => {
  const [row] = await db
    .select({ round: submissions.round })
    .from(submissions)
    .where(and(eq(submissions.channel, channel), eq(submissions.externalId, externalId)))
  return row
}

const keep = async (
  tx: Tx,
  { newId }: ResubmitByCallDeps,
  complaintId: string,
  round: number,
  filing: Filing,
): Promise<void> => {
  const { channel, externalId, receivedAt, text, language, raw } = filing
  const body = 'body' in raw ? Buffer.from(raw.body) : Buffer.alloc(0)
  const event = { channel, externalId, receivedAt, complaintId }
  await tx.insert(submissions).values({
    ...event,
    id: newId(),
    round,
    text,
    language,
    rawType: raw.type,
    rawSha256: createHash('sha256').update(body).digest('hex'),
    rawBytes: body.byteLength,
    rawBody: body,
  })
  await tx
    .insert(ledgerEntries)
    .values({ ...event, id: newId(), outcome: 'appended', settledAt: receivedAt })
    .onConflictDoNothing()
}

/** Sends a complaint again by telephone, once for each call however often it is asked. */
export const resubmitByCall = async (
  deps: ResubmitByCallDeps,
  complaintId: string,
  filing: Filing,
): ReturnType<CallDeps['resubmit']> => {
  const before = await roundOf(deps.db.orm, filing)
  if (before !== undefined) return { ok: true, ...before }
  try {
    return await deps.db.orm.transaction(async (tx) => {
      const { round } = await deps.openRound(tx, complaintId, filing)
      await keep(tx, deps, complaintId, round, filing)
      return { ok: true as const, round }
    })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    // A copy of this request may have been the one that opened it.
    const since = await roundOf(deps.db.orm, filing)
    return since === undefined ? { ok: false } : { ok: true, ...since }
  }
}
