import { and, asc, eq } from 'drizzle-orm'
import { nameIn } from '../core/locale.ts'
import {
  complainants,
  complaintEvents,
  complaints,
  deadlines,
  mediaAssets,
  outgoingMessages,
  receipts,
  rounds,
  submissions,
  transcripts,
} from '../db/schema/index.ts'
import { readOpenings } from '../staff/read-openings.ts'
import { type ReadDeps, readTrackedComplaint } from './tracked-complaint.ts'

/** How a person can be reached, as the record has it. */
export interface OwnContact {
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly preferred: string | null
}

const NOBODY: OwnContact = { name: null, email: null, phone: null, preferred: 'none' }

export const readOwnContact = async ({ db }: ReadDeps, complaintId: string): Promise<OwnContact> => {
  const [row] = await db.orm.select().from(complainants).where(eq(complainants.complaintId, complaintId))
  if (row === undefined) return NOBODY
  const { name, email, phone, preferred } = row
  return { name, email, phone, preferred }
}

const readSent = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({
      at: submissions.receivedAt,
      round: submissions.round,
      channel: submissions.channel,
      language: submissions.language,
      text: submissions.text,
      rawSha256: submissions.rawSha256,
    })
    .from(submissions)
    .where(eq(submissions.complaintId, complaintId))
    .orderBy(asc(submissions.receivedAt), asc(submissions.id))

const readRounds = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({
      number: rounds.number,
      openedAt: rounds.openedAt,
      reviewedAt: rounds.reviewedAt,
      outcome: rounds.outcome,
      answeredAt: rounds.answeredAt,
      answer: rounds.answer,
      satisfied: rounds.satisfied,
      closedAt: rounds.closedAt,
    })
    .from(rounds)
    .where(eq(rounds.complaintId, complaintId))
    .orderBy(asc(rounds.number))

const readDates = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({ round: deadlines.round, kind: deadlines.kind, dueOn: deadlines.dueOn, metAt: deadlines.metAt })
    .from(deadlines)
    .where(eq(deadlines.complaintId, complaintId))
    .orderBy(asc(deadlines.round), asc(deadlines.dueOn))

const readReceipts = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({
      round: receipts.round,
      issuedAt: receipts.issuedAt,
      channel: receipts.channel,
      state: receipts.state,
      contentSha256: receipts.contentSha256,
    })
    .from(receipts)
    .where(eq(receipts.complaintId, complaintId))
    .orderBy(asc(receipts.round))

const readMessages = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({
      at: outgoingMessages.createdAt,
      channel: outgoingMessages.channel,
      to: outgoingMessages.recipient,
      text: outgoingMessages.text,
      state: outgoingMessages.state,
    })
    .from(outgoingMessages)
    .where(eq(outgoingMessages.complaintId, complaintId))
    .orderBy(asc(outgoingMessages.createdAt))

const readEvents = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({ at: complaintEvents.at, round: complaintEvents.round, event: complaintEvents.event })
    .from(complaintEvents)
    .where(and(eq(complaintEvents.complaintId, complaintId), eq(complaintEvents.audience, 'citizen')))
    .orderBy(asc(complaintEvents.at), asc(complaintEvents.id))

const readFiles = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({
      id: mediaAssets.id,
      round: mediaAssets.round,
      name: mediaAssets.name,
      type: mediaAssets.type,
      declaredType: mediaAssets.declaredType,
      bytes: mediaAssets.bytes,
      sha256: mediaAssets.sha256,
      state: mediaAssets.state,
      scan: mediaAssets.scan,
      transcript: transcripts.text,
    })
    .from(mediaAssets)
    .leftJoin(transcripts, eq(transcripts.assetId, mediaAssets.id))
    .where(eq(mediaAssets.complaintId, complaintId))
    .orderBy(asc(mediaAssets.round), asc(mediaAssets.position))

/**
 * Everything the record holds about one person's complaint, for the right of access (law 09-08, article 7): what was sent,
 * what was done, who was told, who looked, and the list of files with the hashes by which each copy can be checked.
 * `originalUrl` gives the time-limited address of a file. Undefined when there is no such complaint.
 */
export const exportOwnData = async (
  deps: ReadDeps,
  complaintId: string,
  originalUrl: (assetId: string) => string,
) => {
  const [[complaint], tracked] = await Promise.all([
    deps.db.orm.select().from(complaints).where(eq(complaints.id, complaintId)),
    readTrackedComplaint(deps, complaintId),
  ])
  if (complaint === undefined || tracked === undefined) return undefined
  const { reference, kind, language, channel, place, anonymous, receivedAt } = complaint
  const { administration, state, late, round } = tracked
  const [files, openings] = await Promise.all([
    readFiles(deps, complaintId),
    readOpenings(deps, complaint.reference),
  ])
  return {
    format: 'wasl-own-data/1',
    madeAt: deps.clock.now(),
    reference,
    kind,
    language,
    channel,
    place,
    anonymous,
    receivedAt,
    state,
    late,
    round,
    administration: administration && {
      code: administration.code,
      name: nameIn(administration.names, language),
    },
    contact: await readOwnContact(deps, complaintId),
    sent: await readSent(deps, complaintId),
    rounds: await readRounds(deps, complaintId),
    dates: await readDates(deps, complaintId),
    receipts: await readReceipts(deps, complaintId),
    messages: await readMessages(deps, complaintId),
    timeline: await readEvents(deps, complaintId),
    openings: openings.map(({ at, action, administration: names, reason }) => ({
      at,
      action,
      by: names ? nameIn(names, language) : 'ministry',
      reason: reason ?? null,
    })),
    media: files.map(({ id, scan, ...file }) => ({
      ...file,
      url: file.state === 'blocked' || scan === 'infected' ? null : originalUrl(id),
    })),
  }
}
