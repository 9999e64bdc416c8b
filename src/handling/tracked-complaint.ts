import { and, asc, desc, eq, inArray, or, sql } from 'drizzle-orm'
import { type AwaitedMedia, readAwaitedMedia } from '../assets/awaited-media.ts'
import {
  type AwaitedDate,
  type CitizenState,
  type ClosedReason,
  citizenState,
  type Ground,
  type Kind,
  runningDate,
  type Status,
} from '../core/complaint.ts'
import type { Counting } from '../core/deadlines.ts'
import type { Locale, Names } from '../core/locale.ts'
import type { Database } from '../db/client.ts'
import {
  administrations,
  complaintEvents,
  complaints,
  deadlines,
  mediaAssets,
  receipts,
  renditions,
  rounds,
} from '../db/schema/index.ts'
import { countingOf } from '../deadlines/read-counting.ts'

export interface TrackedMedia {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly kind: 'audio' | 'video' | 'image' | 'document' | undefined
  readonly state: 'stored' | 'processing' | 'ready' | 'failed' | 'blocked'
  /** Ids of what can be shown: name of the rendition → its id. */
  readonly renditions: Readonly<Record<string, string>>
}

/** A complaint as the person who filed it may see it, on any channel. */
export interface TrackedComplaint {
  readonly reference: string
  readonly kind: Kind
  readonly language: Locale
  readonly state: CitizenState
  readonly closedReason?: ClosedReason
  readonly ground?: Ground
  /** Number of the complaint it was merged into, where the same person sent that. */
  readonly mergedInto?: string
  /** What the body wrote beside the ground, or when it merged. */
  readonly refusal?: string
  /** The legal date that is being waited for has passed. */
  readonly late: boolean
  readonly round: number
  readonly administration?: { readonly code: string; readonly names: Names }
  readonly receivedAt: Date
  /** Last day of the review and of the answer in the present round, YYYY-MM-DD. */
  readonly reviewBy: string
  readonly answerBy: string
  /** The legal date that runs. */
  readonly runs: AwaitedDate
  /** What the dates were counted from. */
  readonly counting: Counting
  /** Until when what is asked now may be answered, YYYY-MM-DD. */
  readonly answerUsBy?: string
  readonly answer?: string
  /** The language of an answer that was written for another complaint, where it is another than this one's. */
  readonly answerIn?: Locale
  /** The answer as it was spoken, once it is given. */
  readonly answerVoice?: TrackedMedia
  /** Answers of the rounds before, first round first. */
  readonly earlierAnswers: readonly {
    readonly round: number
    readonly answer: string
    readonly answerIn?: Locale
    readonly voice?: TrackedMedia
  }[]
  /** What the body asks while it waits for the complainant. */
  readonly question?: string
  readonly timeline: readonly { readonly at: Date; readonly event: string }[]
  readonly media: readonly TrackedMedia[]
  /** What was sent and is not here: it still lies with the telephone company, or could not be had from it. */
  readonly awaitedMedia: readonly Pick<AwaitedMedia, 'id' | 'name' | 'state'>[]
}

export interface ReadDeps {
  readonly db: Pick<Database, 'orm' | 'sql'>
  readonly clock: { now(): Date }
}

const readHead = async ({ db }: ReadDeps, complaintId: string) => {
  const [head] = await db.orm
    .select({ complaint: complaints, administration: administrations, round: rounds })
    .from(complaints)
    .innerJoin(rounds, and(eq(rounds.complaintId, complaints.id), eq(rounds.number, complaints.round)))
    // Until it is routed, the one the citizen named; in triage it is nobody's.
    .leftJoin(
      administrations,
      eq(
        administrations.id,
        sql`coalesce(${complaints.administrationId}, case when ${complaints.status} <> 'triage' then ${complaints.namedAdministrationId} end)`,
      ),
    )
    .where(eq(complaints.id, complaintId))
  return head
}

/** A file with the round it belongs to, and whether it is a body's spoken answer. */
interface KeptMedia {
  readonly complaintId: string
  readonly round: number
  readonly ofAnswer: boolean
  readonly file: TrackedMedia
}

/** The complaint's own files, and what was spoken for the answers it was given. */
const readMedia = async (
  { db }: ReadDeps,
  complaintId: string,
  given: readonly GivenAnswer[],
): Promise<KeptMedia[]> => {
  const answering = given.map(({ fromId }) => fromId)
  const rows = await db.orm
    .select({ asset: mediaAssets, rendition: renditions })
    .from(mediaAssets)
    .leftJoin(renditions, eq(renditions.assetId, mediaAssets.id))
    .where(
      or(
        eq(mediaAssets.complaintId, complaintId),
        and(eq(mediaAssets.ofAnswer, true), inArray(mediaAssets.complaintId, answering)),
      ),
    )
    .orderBy(asc(mediaAssets.round), asc(mediaAssets.position))
  return [...Map.groupBy(rows, ({ asset }) => asset.id).values()].flatMap((group) => {
    const asset = group[0]?.asset
    if (asset === undefined) return []
    const { id, name, bytes, state, round, ofAnswer } = asset
    const shown = group.flatMap(({ rendition }) => (rendition ? [[rendition.name, rendition.id]] : []))
    const file = {
      id,
      name,
      bytes,
      state,
      kind: asset.kind ?? undefined,
      renditions: Object.fromEntries(shown),
    }
    return { complaintId: asset.complaintId, round, ofAnswer, file }
  })
}

const readTimeline = ({ db }: ReadDeps, complaintId: string) =>
  db.orm
    .select({ at: complaintEvents.at, event: complaintEvents.event })
    .from(complaintEvents)
    .where(and(eq(complaintEvents.complaintId, complaintId), eq(complaintEvents.audience, 'citizen')))
    .orderBy(asc(complaintEvents.at), asc(complaintEvents.id))

/** An answer with the complaint and the round it was written for: another one where this was merged into it. */
interface GivenAnswer {
  readonly round: number
  readonly answer: string
  readonly answerIn: Locale | null
  readonly fromId: string
  readonly fromRound: number
}

const readGivenAnswers = ({ db }: ReadDeps, complaintId: string) => db.sql<GivenAnswer[]>`
  select g.round, g.answer, nullif(y.language, c.language) as "answerIn", g.from_id as "fromId", g.from_round as "fromRound"
  from given_answers g join complaints c on c.id = g.complaint_id join complaints y on y.id = g.from_id
  where g.complaint_id = ${complaintId} order by g.round`

/** The number of what it was merged into, told to nobody but the sender of both. */
const readMergedInto = async ({ db }: ReadDeps, complaintId: string): Promise<string | undefined> => {
  const [into] = await db.sql<{ reference: string }[]>`
    select y.reference from complaint_merges m
    join complaints c on c.id = m.complaint_id and c.round = m.round join complaints y on y.id = m.into_id
    where m.complaint_id = ${complaintId} and m.undone_at is null and same_sender(c.id, y.id)`
  return into?.reference
}

/** What was written with the last event of a kind. */
const readWords = async (
  { db }: ReadDeps,
  complaintId: string,
  { events, fact }: { readonly events: string[]; readonly fact: string },
): Promise<string | undefined> => {
  const [said] = await db.orm
    .select({ facts: complaintEvents.facts })
    .from(complaintEvents)
    .where(and(eq(complaintEvents.complaintId, complaintId), inArray(complaintEvents.event, events)))
    .orderBy(desc(complaintEvents.at), desc(complaintEvents.id))
    .limit(1)
  const words = said?.facts[fact]
  return typeof words === 'string' && words !== '' ? words : undefined
}

const QUESTION = { events: ['information_requested'], fact: 'question' }
/** What a body wrote when it closed a complaint without an answer of its own. */
const REASON_OF: Readonly<Partial<Record<ClosedReason, typeof QUESTION>>> = {
  inadmissible: { events: ['inadmissible', 'outside_scope'], fact: 'reason' },
  merged: { events: ['merged'], fact: 'reason' },
}

const readDeadlines = async ({ db }: ReadDeps, complaintId: string, round: number) => {
  const rows = await db.orm
    .select()
    .from(deadlines)
    .where(and(eq(deadlines.complaintId, complaintId), eq(deadlines.round, round)))
  return new Map(rows.map((row) => [row.kind, row]))
}

type Head = NonNullable<Awaited<ReturnType<typeof readHead>>>
type Dates = Awaited<ReturnType<typeof readDeadlines>>

const isLate = (runs: AwaitedDate, dates: Dates, now: Date): boolean => {
  const awaited = runs === 'none' ? undefined : dates.get(runs)
  return awaited !== undefined && awaited.metAt === null && awaited.dueAt < now
}

const recordOf = ({ complaint, administration }: Head) => ({
  reference: complaint.reference,
  kind: complaint.kind as Kind,
  language: complaint.language as Locale,
  state: citizenState(complaint.status as Status),
  ...(complaint.closedReason ? { closedReason: complaint.closedReason as ClosedReason } : {}),
  ...(complaint.ground ? { ground: complaint.ground as Ground } : {}),
  round: complaint.round,
  ...(administration ? { administration: { code: administration.code, names: administration.names } } : {}),
  receivedAt: complaint.receivedAt,
})

/** What bodies answered, written and spoken. What is recorded for an answer that is not given yet is nobody's to hear. */
const answersOf = (present: number, given: readonly GivenAnswer[], media: readonly KeptMedia[]) => {
  const heard = given.map(({ round, answer, answerIn, fromId, fromRound }) => ({
    round,
    words: { answer, ...(answerIn ? { answerIn } : {}) },
    // A recording that nobody can hear is not spoken of.
    voice: media.find(
      ({ ofAnswer, complaintId, round: heardIn, file: { state } }) =>
        ofAnswer &&
        complaintId === fromId &&
        heardIn === fromRound &&
        state !== 'failed' &&
        state !== 'blocked',
    )?.file,
  }))
  const last = heard.find(({ round }) => round === present)
  return {
    ...(last ? { ...last.words, ...(last.voice ? { answerVoice: last.voice } : {}) } : {}),
    earlierAnswers: heard
      .filter(({ round }) => round < present)
      .map(({ round, words, voice }) => ({ round, ...words, ...(voice ? { voice } : {}) })),
  }
}

/** Reads what the citizen may see of one complaint; undefined when there is none. Rights are checked before. */
export const readTrackedComplaint = async (
  deps: ReadDeps,
  complaintId: string,
): Promise<TrackedComplaint | undefined> => {
  const head = await readHead(deps, complaintId)
  if (head === undefined) return undefined
  const { complaint } = head
  const refused = REASON_OF[complaint.closedReason as ClosedReason]
  const given = await readGivenAnswers(deps, complaintId)
  const [dates, counting, question, refusal, mergedInto, timeline, media, awaited] = await Promise.all([
    readDeadlines(deps, complaintId, complaint.round),
    countingOf(deps.db.sql, complaintId),
    complaint.status === 'information_requested' ? readWords(deps, complaintId, QUESTION) : undefined,
    refused === undefined ? undefined : readWords(deps, complaintId, refused),
    complaint.closedReason === 'merged' ? readMergedInto(deps, complaintId) : undefined,
    readTimeline(deps, complaintId),
    readMedia(deps, complaintId, given),
    readAwaitedMedia(deps.db, complaintId),
  ])
  if (counting === undefined) return undefined
  const runs = runningDate(complaint.status as Status, dates.get('review')?.metAt != null)
  return {
    ...recordOf(head),
    late: isLate(runs, dates, deps.clock.now()),
    runs,
    reviewBy: dates.get('review')?.dueOn ?? '',
    answerBy: dates.get('answer')?.dueOn ?? '',
    counting,
    ...(counting.asked === null ? {} : { answerUsBy: counting.asked.answerOn }),
    ...answersOf(complaint.round, given, media),
    ...(question === undefined ? {} : { question }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(mergedInto === undefined ? {} : { mergedInto }),
    timeline,
    media: media.flatMap(({ ofAnswer, file }) => (ofAnswer ? [] : [file])),
    awaitedMedia: awaited.map(({ id, name, state }) => ({ id, name, state })),
  }
}

/** The complaint a receipt was issued for. */
export const complaintOfReceipt = async (
  { db }: Pick<ReadDeps, 'db'>,
  receiptId: string,
): Promise<string | undefined> => {
  const [row] = await db.orm
    .select({ complaintId: receipts.complaintId })
    .from(receipts)
    .where(eq(receipts.id, receiptId))
  return row?.complaintId
}
