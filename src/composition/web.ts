import type { FastifyRequest } from 'fastify'
import type { PageClips } from '../../channels/web/clips.ts'
import type {
  ArrivingMedia,
  HeldMedia,
  Lines,
  Office,
  Offices,
  Staged,
  WebDeps,
  WebTexts,
} from '../../channels/web/deps.ts'
import { draftOf } from '../../channels/web/draft-session.ts'
import { countNamed } from '../administrations/count-named.ts'
import type { Directory } from '../administrations/directory.ts'
import type { ListedBody } from '../administrations/index-bodies.ts'
import { searchAdministrations } from '../administrations/search-administrations.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { mediaToken } from '../core/media-link.ts'
import type { Secrets } from '../core/secrets.ts'
import type { StagedMedia } from '../core/submission.ts'
import type { Database } from '../db/client.ts'
import type { DeadlineRules } from '../deadlines/current-rules.ts'
import { trackComplaint } from '../handling/track-complaint.ts'
import type { TrackedMedia } from '../handling/tracked-complaint.ts'
import { clientKey, isLoopback } from '../http/client-key.ts'
import { createTrackingTries } from '../http/limit-tracking.ts'
import { createProofOfWork } from '../http/proof-of-work.ts'
import { createFilingGate, FLOOD_POLICY } from '../http/rate-limit.ts'
import { formOrigin } from '../http/same-origin.ts'
import type { Accept } from '../intake/accept-submission.ts'
import { accessCodeHash } from '../intake/access-code.ts'
import { noteArriving } from '../intake/arriving-media.ts'
import { resumeByPhone } from '../intake/resume-draft.ts'
import { spendProof } from '../intake/spend-proof.ts'
import { type HitDeps, takeHit } from '../intake/take-hit.ts'
import { addByLink, readUploadLink } from '../intake/upload-links.ts'
import { discardUpload } from '../intake/uploads/discard-upload.ts'
import { findUploads } from '../intake/uploads/find-uploads.ts'
import { freeUploads } from '../intake/uploads/free-uploads.ts'
import { stageStream } from '../intake/uploads/stage-stream.ts'
import type { Upload, UploadDeps } from '../intake/uploads/staging.ts'
import { uploadsOfDraft } from '../intake/uploads/uploads-of-draft.ts'
import { textDraftCode } from '../messages/text-draft-code.ts'
import type { WriteDeps } from '../messages/write-to-complainant.ts'
import { readReceiptToken, receiptToken } from '../receipts/link.ts'
import { publishedKeys } from '../receipts/publish-keys.ts'
import { openYears, readOpenGrid } from '../supervision/open-grid.ts'
import { readOpenRows, readPublicStatistics } from '../supervision/public-statistics.ts'
import { listPublished, readPublishedFile } from '../supervision/publish-report.ts'
import { readState } from '../supervision/read-counts.ts'

export interface WebParts {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly officeZone: string
  readonly accept: Accept
  readonly directory: Directory
  readonly uploads: UploadDeps
  readonly deadlineRules: () => DeadlineRules
  /** Recordings behind the listen buttons; without them no button is there. */
  readonly clips?: PageClips
  /** Numbers that pages name beside themselves. */
  readonly lines?: Lines
  /** What writes short messages; without a network that carries them nothing is offered. */
  readonly texts?: { readonly writing: WriteDeps }
}

const COMMON_OFFICES = 8
const MEDIA_LINK_MS = 3600 * 1000

const officeOf = ({ code, names, outside, anonymousAllowed }: ListedBody): Office => ({
  code,
  names,
  outside,
  anonymousAllowed,
})

/** The directory as the citizen's form asks it. The common ones are the ministries and the like, those named most first. */
const officesOf = (db: Database, directory: Directory): Offices => ({
  search: async (query) => searchAdministrations(query, await directory.index()).map(officeOf),
  common: async () => {
    const [{ bodies }, named] = await Promise.all([directory.index(), countNamed(db)])
    return bodies
      .filter(({ parent, outside }) => parent === undefined && !outside)
      .sort((a, b) => (named.get(b.code) ?? 0) - (named.get(a.code) ?? 0))
      .slice(0, COMMON_OFFICES)
      .map(officeOf)
  },
  byCode: async (code) => {
    const body = (await directory.index()).bodies.find((known) => known.code === code)
    return body && officeOf(body)
  },
})

/** Failures that a person can mend come back as data; the store being away is thrown on. */
const stagedOrReason = async (deps: UploadDeps, file: Parameters<typeof stageStream>[1]): Promise<Staged> => {
  try {
    const staged = await stageStream(deps, file)
    if (staged.ok) return staged
    return { ok: false, reason: staged.code === 'file_empty' ? 'empty' : 'too_large' }
  } catch (error) {
    if (error instanceof AppError && ['insufficient_storage', 'too_many_requests'].includes(error.code))
      return { ok: false, reason: 'no_room' }
    throw error
  }
}

const stagedMediaOf = (upload: Upload): StagedMedia[] => {
  if (upload.finishedAt === null || upload.sha256 === null) return []
  const { id, name, declaredType, declaredBytes: bytes, sha256, objectKey } = upload
  return [{ uploadId: id, id, name, declaredType, bytes, sha256, objectKey }]
}

const arrivingMediaOf = ({ id: uploadId, ...upload }: Upload, now: Date): ArrivingMedia[] =>
  upload.finishedAt === null && upload.expiresAt > now
    ? [
        {
          uploadId,
          name: upload.name,
          bytes: upload.deferred ? null : upload.declaredBytes,
          received: upload.receivedBytes,
        },
      ]
    : []

/** What has come and what is on its way, of one look: between two looks a file could be neither. */
const heldMediaOf = (uploads: readonly Upload[], now: Date): HeldMedia => ({
  media: uploads.flatMap(stagedMediaOf),
  arriving: uploads.flatMap((upload) => arrivingMediaOf(upload, now)),
})

const draftUploadsOf = (deps: UploadDeps, secrets: Secrets): WebDeps['uploads'] => ({
  stage: (stream, file) => stagedOrReason(deps, { ...file, stream }),
  ofDraft: async (draftId) => heldMediaOf(await uploadsOfDraft(deps, draftId), deps.clock.now()),
  named: async (ids, externalId) =>
    heldMediaOf(await freeUploads(deps, ids, { channel: 'web', externalId }), deps.clock.now()),
  letArrive: (complaintId, rest) => noteArriving({ ...deps, secrets }, complaintId, rest),
  remove: async (draftId, uploadId) => {
    // A second press finds nothing left to remove.
    await discardUpload(deps, uploadId, draftId).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
    })
  },
})

/** Pages that are opened by a short link: what one client may open in ten minutes. */
const LINK_LOOKS = { limit: 120, seconds: 600 } as const

const linksOf = (parts: WebParts, clientOf: (request: FastifyRequest) => string): WebDeps['links'] => ({
  read: (token) => readUploadLink(parts, token),
  find: async (ids) => {
    const found = await findUploads(parts.uploads, ids, {})
    return found.ok ? found.media : undefined
  },
  discard: ({ uploadId, id }) => discardUpload(parts.uploads, uploadId ?? id, undefined),
  add: (linkId, media) => addByLink(parts, linkId, media),
  limit: async (request) => {
    const bucket = `link:${clientOf(request)}`
    const { count, secondsLeft } = await takeHit(
      { sql: parts.db.sql, clock: parts.clock },
      bucket,
      LINK_LOOKS.seconds,
    )
    if (count > LINK_LOOKS.limit) throw new AppError('too_many_requests', { retryAfter: secondsLeft })
  },
})

/** Links for the citizen's own tracking page: an hour, then the page is opened again. */
const mediaUrlsOf =
  ({ secrets, clock, publicUrl }: Pick<WebParts, 'secrets' | 'clock' | 'publicUrl'>) =>
  ({ renditions }: TrackedMedia): { url?: string; posterUrl?: string } => {
    const expiresAt = new Date(clock.now().getTime() + MEDIA_LINK_MS)
    const linkTo = (id: string) =>
      `${publicUrl}/media/${mediaToken(secrets, { object: 'rendition', id, scope: 'citizen', expiresAt })}`
    const shown = renditions.playback ?? renditions.large
    const poster = renditions.poster ?? renditions.thumb
    return {
      ...(shown === undefined ? {} : { url: linkTo(shown) }),
      ...(poster === undefined ? {} : { posterUrl: linkTo(poster) }),
    }
  }

const textsOf = (writing: WriteDeps | undefined): { texts?: WebTexts } =>
  writing?.drivers.some(({ defaultLine }) => defaultLine.sms !== undefined)
    ? { texts: { draftCode: (wish) => textDraftCode(writing, wish) } }
    : {}

const originalUrlOf =
  ({ secrets, clock, publicUrl }: Pick<WebParts, 'secrets' | 'clock' | 'publicUrl'>) =>
  (id: string): string => {
    const expiresAt = new Date(clock.now().getTime() + MEDIA_LINK_MS)
    return `${publicUrl}/media/${mediaToken(secrets, { object: 'original', id, scope: 'citizen', expiresAt })}`
  }

/** What one network, or one number, may ask for: floods wait, people never notice. */
const gatesOf = (
  hits: HitDeps,
  secrets: Secrets,
): Pick<WebDeps, 'admitUpload' | 'admitFollowUp' | 'admitText'> => {
  const { upload, followUp, text } = FLOOD_POLICY
  return {
    admitUpload: async (client) =>
      (await takeHit(hits, `upload:${client}`, upload.seconds)).count <= upload.limit,
    admitFollowUp: async (client) => {
      const { count, secondsLeft } = await takeHit(hits, `follow-up:${client}`, followUp.seconds)
      return count <= followUp.limit ? { pass: true } : { pass: false, retryAfter: secondsLeft }
    },
    admitText: async (client, phone) => {
      const ofClient = await takeHit(hits, `text:${client}`, text.seconds)
      // A keyed hash: the counter says nothing about who was texted.
      const ofPhone = await takeHit(hits, `text-to:${secrets.mac('text-to', phone)}`, text.seconds)
      return ofClient.count <= text.perClient && ofPhone.count <= text.perPhone
        ? { pass: true }
        : { pass: false, retryAfter: ofPhone.secondsLeft }
    },
  }
}

/** Guards the filing API: our own machine may ask as often as it likes. */
const admitApiOf =
  (hits: Parameters<typeof takeHit>[0], clientOf: (request: FastifyRequest) => string) =>
  async (request: FastifyRequest): Promise<void> => {
    if (isLoopback(request.ip)) return
    const { limit: most, seconds: window } = FLOOD_POLICY.api
    const { count, secondsLeft } = await takeHit(hits, `api:${clientOf(request)}`, window)
    if (count > most) throw new AppError('too_many_requests', { retryAfter: secondsLeft })
  }

const publicNumbers = ({ sql, orm }: Database): Pick<WebDeps, 'statistics' | 'reports'> => ({
  statistics: {
    read: () => readPublicStatistics(sql),
    rows: () => readOpenRows(sql),
    years: () => openYears(sql),
    grid: (year) => readOpenGrid(sql, year),
    state: () => readState(sql),
  },
  reports: {
    list: () => listPublished(sql),
    file: (reportId, name) => readPublishedFile(sql, reportId, name),
    keys: () => publishedKeys(orm),
  },
})

/**
 * Everything the citizen's pages and the tracking API stand on, made of the process's parts. `admitApi` guards
 * `POST /api/v1/submissions`; `draftIdOf` tells the resumable uploads whose they are.
 */
export const composeWeb = (parts: WebParts) => {
  const { db, clock, newId, secrets, publicUrl } = parts
  const hits = { sql: db.sql, clock }
  const proofOfWork = createProofOfWork({ secrets, clock, spend: (sha256) => spendProof(hits, sha256) })
  const filingGate = createFilingGate({
    takeHit: (bucket, seconds) => takeHit(hits, bucket, seconds),
    proofOfWork,
  })
  const tracking = {
    db,
    clock,
    newId,
    accessCodeHash: (complaintId: string, code: string) => accessCodeHash(secrets, complaintId, code),
    tries: createTrackingTries(hits),
  }
  const clientOf = (request: FastifyRequest) => clientKey(secrets, request.ip)
  const deps: WebDeps = {
    ...parts.lines,
    db,
    clock,
    newId,
    secrets,
    publicUrl,
    officeZone: parts.officeZone,
    ...publicNumbers(db),
    clipOf: parts.clips?.of ?? (() => undefined),
    accept: parts.accept,
    offices: officesOf(db, parts.directory),
    uploads: draftUploadsOf(parts.uploads, secrets),
    links: linksOf(parts, clientOf),
    store: parts.uploads.store,
    clientOf,
    formOrigin: (request) => formOrigin(request, publicUrl),
    admitFiling: filingGate.admit,
    ...gatesOf(hits, secrets),
    ...textsOf(parts.texts?.writing),
    resumeByPhone: (typed) =>
      resumeByPhone({ ...parts, takeHit: (bucket, window) => takeHit(hits, bucket, window) }, typed),
    deadlineRules: parts.deadlineRules,
    track: (typed) => trackComplaint(tracking, typed),
    mediaUrls: mediaUrlsOf(parts),
    originalUrl: originalUrlOf(parts),
    readReceiptToken: (token) => readReceiptToken(secrets, token),
    receiptToken: (receiptId) => receiptToken(secrets, receiptId),
  }
  const draftIdOf = async (request: FastifyRequest): Promise<string | undefined> => {
    // A page without a draft says so: what is uploaded there must not end in a filing under way in the same browser.
    if (new URL(request.url, publicUrl).searchParams.has('free')) return undefined
    const draft = await draftOf(deps, request)
    return draft?.sent ? undefined : draft?.id
  }
  return { deps, admitApi: admitApiOf(hits, clientOf), draftIdOf, canText: deps.texts !== undefined }
}
