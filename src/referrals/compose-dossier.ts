import { and, asc, eq, lte, sql } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import type { Dossier, DossierFile, DossierMedia } from '../core/dossier.ts'
import { AppError } from '../core/errors.ts'
import { mayOpen } from '../core/media.ts'
import { mediaToken } from '../core/media-link.ts'
import { pseudonymOf } from '../core/pseudonym.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database } from '../db/client.ts'
import {
  administrations,
  complaints,
  deadlines,
  mediaAssets,
  referrals,
  renditions,
  rounds,
  submissions,
  transcripts,
} from '../db/schema/index.ts'

export interface DossierDeps {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: Pick<Secrets, 'mac'>
  readonly publicUrl: string
}

/** A body opens the media within this time; a dossier fetched again has new links. */
const LINK_LIFE_MS = 30 * 24 * 3600 * 1000

type AssetRow = typeof mediaAssets.$inferSelect
type RenditionRow = typeof renditions.$inferSelect

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null

const readRecord = async ({ db }: DossierDeps, referralId: string) => {
  const [row] = await db.orm
    .select({ referral: referrals, complaint: complaints, administration: administrations })
    .from(referrals)
    .innerJoin(complaints, eq(complaints.id, referrals.complaintId))
    .innerJoin(administrations, eq(administrations.id, referrals.administrationId))
    .where(eq(referrals.id, referralId))
  if (row === undefined) throw new AppError('not_found')
  return row
}

type Facts = Awaited<ReturnType<typeof readRecord>>

/** What a body knows of a referral ends where it handed it on; null: it has it, or answered it. */
const endOf = ({ referral }: Facts): Date | null =>
  referral.state === 'transferred' ? (referral.settledAt ?? referral.updatedAt) : null

const within = (at: Date | null, end: Date | null): boolean => at !== null && (end === null || at <= end)

const readRounds = ({ db }: DossierDeps, { referral }: Facts, end: Date | null) =>
  db.orm
    .select({
      number: rounds.number,
      openedAt: rounds.openedAt,
      // What the citizen wrote in this round, each filing a paragraph.
      text: sql<string>`coalesce((select string_agg(${submissions.text}, E'\n\n' order by ${submissions.receivedAt})
        from ${submissions} where ${submissions.complaintId} = ${rounds.complaintId} and ${submissions.round} = ${rounds.number}
        and ${submissions.receivedAt} <= coalesce(${iso(end)}::timestamptz, 'infinity')), '')`,
      reviewedAt: rounds.reviewedAt,
      outcome: rounds.outcome,
      answeredAt: rounds.answeredAt,
      answer: rounds.answer,
    })
    .from(rounds)
    .where(and(eq(rounds.complaintId, referral.complaintId), lte(rounds.number, referral.round)))
    .orderBy(asc(rounds.number))

const readDeadlines = ({ db }: DossierDeps, { referral }: Facts) =>
  db.orm
    .select()
    .from(deadlines)
    .where(and(eq(deadlines.complaintId, referral.complaintId), lte(deadlines.round, referral.round)))
    .orderBy(asc(deadlines.dueAt))

const readTransfers = ({ db }: DossierDeps, { referral }: Facts, end: Date | null) =>
  db.orm.execute<{ from: string; to: string; reason: string; at: string }>(sql`
    select facts ->> 'from' as "from", facts ->> 'to' as "to", facts ->> 'reason' as reason,
           to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from complaint_events where complaint_id = ${referral.complaintId} and event = 'transferred'
      and at <= coalesce(${iso(end)}::timestamptz, 'infinity') order by complaint_events.at, id`)

const readMedia = async ({ db }: DossierDeps, { referral }: Facts) => {
  const rows = await db.orm
    .select({ asset: mediaAssets, rendition: renditions, transcript: transcripts })
    .from(mediaAssets)
    .leftJoin(renditions, eq(renditions.assetId, mediaAssets.id))
    .leftJoin(transcripts, eq(transcripts.assetId, mediaAssets.id))
    .where(
      and(
        eq(mediaAssets.complaintId, referral.complaintId),
        lte(mediaAssets.round, referral.round),
        eq(mediaAssets.ofAnswer, false),
      ),
    )
    .orderBy(asc(mediaAssets.round), asc(mediaAssets.position), asc(renditions.name))
  return [...Map.groupBy(rows, ({ asset }) => asset.id).values()].flatMap((group) =>
    group.slice(0, 1).map(({ asset, transcript }) => ({
      asset,
      transcript,
      renditions: group.flatMap(({ rendition }) => rendition ?? []),
    })),
  )
}

export type ReadMedia = Awaited<ReturnType<typeof readMedia>>[number]

/** A rendition under the citizen's own name for the file, so that a person recognises it. */
export const renditionFileName = (
  asset: Pick<AssetRow, 'name'>,
  rendition: Pick<RenditionRow, 'name' | 'type'>,
) => `${asset.name.replace(/\.[^.]{1,5}$/, '')}-${rendition.name}.${EXTENSIONS[rendition.type] ?? 'bin'}`

const EXTENSIONS: Readonly<Record<string, string>> = {
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'video/mp4': 'mp4',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/png': 'png',
}

const manifestOf =
  (deps: DossierDeps, facts: Facts) =>
  ({ asset, renditions: made, transcript }: ReadMedia): DossierMedia => {
    const expiresAt = new Date(deps.clock.now().getTime() + LINK_LIFE_MS)
    const scope = `referral:${facts.referral.id}`
    const file = (object: 'original' | 'rendition', id: string): Pick<DossierFile, 'url' | 'urlExpiresAt'> =>
      mayOpen(asset, object)
        ? {
            url: `${deps.publicUrl}/media/${mediaToken(deps.secrets, { object, id, scope, expiresAt })}`,
            urlExpiresAt: expiresAt.toISOString(),
          }
        : { url: null, urlExpiresAt: null }
    return {
      id: asset.id,
      kind: asset.kind,
      state: asset.state,
      round: asset.round,
      durationMs: asset.durationMs,
      transcript: transcript && { text: transcript.text, source: transcript.source },
      original: {
        name: asset.name,
        type: asset.type ?? asset.declaredType,
        bytes: asset.bytes,
        sha256: asset.sha256,
        ...file('original', asset.id),
      },
      renditions: made.map((rendition) => ({
        rendition: rendition.name,
        name: renditionFileName(asset, rendition),
        type: rendition.type,
        bytes: rendition.bytes,
        sha256: rendition.sha256,
        ...file('rendition', rendition.id),
      })),
    }
  }

const recordOf = (deps: DossierDeps, { referral, complaint, administration }: Facts) => ({
  version: '1' as const,
  ...(complaint.origin === 'practice' ? { practice: true as const } : {}),
  reference: complaint.reference,
  kind: complaint.kind,
  text: complaint.text,
  language: complaint.language,
  place: complaint.place,
  channel: complaint.channel,
  receivedAt: complaint.receivedAt.toISOString(),
  complainant: {
    anonymous: complaint.anonymous,
    pseudonym: pseudonymOf(deps.secrets, complaint.id),
  },
  administration: { code: administration.code, names: administration.names },
  referral: {
    id: referral.id,
    state: referral.state,
    sequence: referral.sequence,
    round: referral.round,
    externalReference: referral.externalReference,
    createdAt: referral.createdAt.toISOString(),
  },
})

export interface ComposedDossier {
  readonly dossier: Dossier
  /** The rows behind the manifest, for what travels with the message itself. */
  readonly media: readonly ReadMedia[]
}

/**
 * Reads everything a body is to know of one referral, as of now. After a transfer the body that had it keeps the record
 * and sees where it went, but no media and nothing of what others answer. Throws `not_found`.
 */
export const composeDossier = async (deps: DossierDeps, referralId: string): Promise<ComposedDossier> => {
  const facts = await readRecord(deps, referralId)
  const end = endOf(facts)
  const [passes, dates, transfers, media] = await Promise.all([
    readRounds(deps, facts, end),
    readDeadlines(deps, facts),
    readTransfers(deps, facts, end),
    end ? [] : readMedia(deps, facts),
  ])
  const dossier: Dossier = {
    ...recordOf(deps, facts),
    rounds: passes.map((pass) => ({
      ...pass,
      openedAt: pass.openedAt.toISOString(),
      reviewedAt: within(pass.reviewedAt, end) ? iso(pass.reviewedAt) : null,
      outcome: within(pass.reviewedAt, end) ? pass.outcome : null,
      answeredAt: within(pass.answeredAt, end) ? iso(pass.answeredAt) : null,
      answer: within(pass.answeredAt, end) ? pass.answer : null,
    })),
    deadlines: dates.map(({ round, kind, dueOn, metAt, missedAt }) => ({
      round,
      kind,
      dueOn,
      metAt: iso(metAt),
      missedAt: iso(missedAt),
    })),
    transfers: [...transfers],
    media: media.map(manifestOf(deps, facts)),
  }
  return { dossier, media }
}
