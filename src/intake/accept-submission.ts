import { createHash } from 'node:crypto'
import { sql as statement } from 'drizzle-orm'
import { isAway, wasCut } from '../core/away.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { createDeadlineTable } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import { receiptContent, receiptWay } from '../core/receipt.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Accepted, Submission } from '../core/submission.ts'
import type { OutboxMessage } from '../core/topics.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Sql, Tx } from '../db/client.ts'
import type { DeadlineRules } from '../deadlines/current-rules.ts'
import { createWaker } from '../outbox/wake-relays.ts'
import { accessCodeHash, accessCodeOf } from './access-code.ts'
import { referenceCandidates } from './allocate-reference.ts'
import { withPatience } from './statement-patience.ts'

export interface AcceptanceDeps {
  readonly sql: Sql
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  /** The policy and calendar in force; kept in memory, refreshed in the background. */
  readonly deadlineRules: () => DeadlineRules
  readonly officeZone: string
}

/** Filings that one statement takes at most. */
const BATCH_LIMIT = 64
const STATEMENTS_IN_FLIGHT = 2
/** For a reference that another took at the same moment, or a connection that broke. */
const TRIES = 3
const UNIQUE_VIOLATION = '23505'

interface AcceptedRow {
  channel: string
  external_id: string
  complaint_id: string
  receipt_id: string
  reference: string
  received_at: Date
  review_by: string
  answer_by: string
  content_sha256: string
  is_repeat: boolean
}

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const rawMember = ({ raw }: Submission) =>
  'body' in raw
    ? {
        rawType: raw.type,
        rawSha256: sha256(raw.body),
        rawBytes: raw.body.byteLength,
        rawBody: Buffer.from(raw.body).toString('base64'),
      }
    : { rawType: raw.type, rawSha256: raw.sha256, rawBytes: raw.bytes, rawObject: raw.objectKey }

/** What must happen after the commit: route it, send its receipt where the reply was not enough, look at its files. */
const outboxOf = (
  submission: Submission,
  ids: { complaintId: string; receiptId: string },
): OutboxMessage[] => {
  const { complaintId, receiptId } = ids
  const via = receiptWay(submission.channel, submission.contact.email)
  return [
    { topic: 'complaint.route', key: 'route', payload: { complaintId }, dedupeKey: `route:${complaintId}:1` },
    ...(via !== 'inline'
      ? [
          {
            topic: 'receipt.send' as const,
            key: `receipt:${via}`,
            payload: { receiptId },
            dedupeKey: `receipt:${receiptId}`,
          },
        ]
      : []),
    ...submission.media.map(({ id: assetId }) => ({
      topic: 'media.process' as const,
      key: 'media',
      payload: { assetId },
      dedupeKey: `media:${assetId}`,
    })),
  ]
}

/** One filing as `accept_submissions` reads it (migrations/0005_accept.sql). */
const memberOf = (
  deps: AcceptanceDeps,
  deadlinesOf: ReturnType<typeof createDeadlineTable>,
  submission: Submission,
) => {
  const { newId, secrets, officeZone } = deps
  const complaintId = newId()
  const receiptId = newId()
  const { policy, holidays } = deps.deadlineRules()
  const { review, answer } = deadlinesOf(submission.receivedAt, policy, holidays)
  const via = receiptWay(submission.channel, submission.contact.email)
  return {
    submissionId: newId(),
    complaintId,
    receiptId,
    eventId: newId(),
    ledgerId: newId(),
    channel: submission.channel,
    externalId: submission.externalId,
    receivedAt: submission.receivedAt,
    references: referenceCandidates(submission.receivedAt, officeZone),
    accessCodeHash: accessCodeHash(secrets, complaintId, accessCodeOf(secrets, complaintId)),
    kind: submission.kind,
    language: submission.language,
    text: submission.text,
    place: submission.place,
    anonymous: submission.anonymous,
    administration: submission.administration,
    ...submission.contact,
    ...rawMember(submission),
    deadlines: [review, answer],
    media: submission.media,
    contentSha256: sha256(receiptContent(submission)),
    receiptState: via === 'inline' ? 'sent' : 'due',
    receiptVia: via,
    outbox: outboxOf(submission, { complaintId, receiptId }).map((message) => ({ id: newId(), ...message })),
  }
}

type Member = ReturnType<typeof memberOf>

const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown }).code === UNIQUE_VIOLATION

const answerOf = (secrets: Secrets, row: AcceptedRow): Accepted => ({
  complaintId: row.complaint_id,
  receiptId: row.receipt_id,
  reference: row.reference,
  accessCode: accessCodeOf(secrets, row.complaint_id),
  receivedAt: row.received_at,
  reviewBy: row.review_by,
  answerBy: row.answer_by,
  contentSha256: row.content_sha256,
  repeat: row.is_repeat,
})

/**
 * The door every filing goes through. `accept` resolves after the commit with what the citizen is told; the same
 * (channel, externalId) gives the same answer however often and from however many places it comes.
 *
 * Throws AppError `unavailable` when the database is away: nothing was promised and the caller may try again or spool.
 */
export const createAcceptance = (deps: AcceptanceDeps) => {
  const identityOf = (channel: string, externalId: string) => `${channel}\u0000${externalId}`

  const wakeRelays = createWaker(deps.sql)
  const deadlines = createDeadlineTable(deps.officeZone)

  const runAll = async (members: readonly Member[]): Promise<readonly Accepted[]> => {
    const rows = await withPatience(
      deps.sql<AcceptedRow[]>`select * from accept_submissions(${JSON.stringify(members)}::text::jsonb)`,
    )
    wakeRelays()
    const byIdentity = new Map(rows.map((row) => [identityOf(row.channel, row.external_id), row]))
    const fresh = new Set<string>()
    return members.flatMap(({ channel, externalId }) => {
      const identity = identityOf(channel, externalId)
      const row = byIdentity.get(identity)
      if (row === undefined) return []
      // Copies inside one batch: the first is the filing, the others are its repeats.
      const repeat = row.is_repeat || fresh.has(identity)
      fresh.add(identity)
      return [{ ...answerOf(deps.secrets, row), repeat }]
    })
  }

  const enqueue = createBatcher({
    runAll,
    limit: BATCH_LIMIT,
    inFlight: STATEMENTS_IN_FLIGHT,
    sharedFate: isAway,
  })

  const accept = async (submission: Submission): Promise<Accepted> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await enqueue(memberOf(deps, deadlines, submission))
      } catch (error) {
        if ((isUniqueViolation(error) || wasCut(error)) && tries < TRIES) continue
        if (isAway(error)) throw new AppError('unavailable', { cause: error })
        throw error
      }
    }
  }

  /**
   * The same acceptance as part of a transaction, for a door whose own state must change with it. A reference that another
   * took in the same moment fails the transaction; the caller comes again.
   */
  const acceptWithin = async (tx: Tx, submission: Submission): Promise<Accepted> => {
    const members = JSON.stringify([memberOf(deps, deadlines, submission)])
    const [row] = (await tx.execute(
      statement`select * from accept_submissions(${members}::text::jsonb)`,
    )) as unknown as AcceptedRow[]
    if (row === undefined) throw new Error('acceptance gave no answer')
    // The transaction's client leaves instants as text.
    return answerOf(deps.secrets, { ...row, received_at: new Date(row.received_at) })
  }
  return { accept, acceptWithin }
}

export type Accept = ReturnType<typeof createAcceptance>['accept']
export type AcceptWithin = ReturnType<typeof createAcceptance>['acceptWithin']
