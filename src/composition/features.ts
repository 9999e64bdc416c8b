import { setTimeout as sleep } from 'node:timers/promises'
import { createClamdScanner } from '../../media/clamd.ts'
import { findMediaTools } from '../../media/ffmpeg.ts'
import { createPipeline } from '../../media/pipeline.ts'
import { createTranscriber } from '../../media/transcribe.ts'
import { createDirectory } from '../administrations/directory.ts'
import type { ListedBody } from '../administrations/index-bodies.ts'
import { suggestAdministrations } from '../administrations/suggest-administrations.ts'
import { retryFetch } from '../assets/awaited-media.ts'
import { retryAsset } from '../assets/retry-asset.ts'
import { type Config, ConfigError, searchPath } from '../config.ts'
import { createConnectors } from '../connectors/index.ts'
import type { MediaPipeline } from '../core/media.ts'
import type { Accepted, Submission } from '../core/submission.ts'
import type { Tx } from '../db/client.ts'
import { holdDeadlineRules } from '../deadlines/current-rules.ts'
import { text } from '../html/text.ts'
import { errorPage } from '../http/error-page.ts'
import { createAcceptance } from '../intake/accept-submission.ts'
import { createReception } from '../intake/receive-events.ts'
import { createFileStaging } from '../intake/uploads/file-staging.ts'
import { createObjectStaging } from '../intake/uploads/object-staging.ts'
import type { UploadDeps } from '../intake/uploads/staging.ts'
import { noticeFailed, textReceiptInstead } from '../messages/text-instead.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createOutboundGuard } from '../platform/outbound-guard.ts'
import { createPdfRenderer } from '../receipts/pdf/render-pdf.ts'
import { publishReceiptKey } from '../receipts/publish-keys.ts'
import { decideTriage } from '../referrals/route-complaint.ts'
import { transferComplaint } from '../referrals/transfer-referral.ts'
import { demoBodyUrl } from '../simulator/demo-body.ts'
import type { DeskWork } from '../staff/desk.ts'
import type { CountingDeps } from '../supervision/refresh-cells.ts'
import { composeEmail } from './email.ts'
import { composeHotline } from './hotline.ts'
import { composeMailOut } from './mail-out.ts'
import { foldersOf, type Parts } from './parts.ts'
import { composeTelephone } from './telephone.ts'
import { composeTexts } from './texts.ts'

const missingTool = ({ media: { ffmpegPath, ffprobePath } }: Config, problem: string) => {
  const isProbe = ffprobePath !== undefined && problem.startsWith(ffprobePath)
  const seen = isProbe ? ffprobePath : ffmpegPath
  return {
    variable: isProbe ? 'FFPROBE_PATH' : 'FFMPEG_PATH',
    seen: seen === undefined ? 'nothing' : JSON.stringify(seen),
    wanted: `a path to a program: ${problem}`,
  }
}

/** The media pipeline with the tools of this machine. Throws what is missing, with the fix. */
export const composeMedia = async ({ config, clock, logger }: Parts): Promise<MediaPipeline> => {
  const found = await findMediaTools({ ...config.media, searchPath: searchPath() })
  if (!found.ok) throw new ConfigError([missingTool(config, found.problem)])
  for (const warning of found.tools.warnings) logger.warn({ event: 'media.tools', warning })
  const { transcribe, clamdUrl } = config
  return createPipeline({
    tools: found.tools,
    scanner: clamdUrl === undefined ? undefined : createClamdScanner(clamdUrl),
    transcriber: transcribe === undefined ? undefined : createTranscriber(transcribe),
    workDir: foldersOf(config).work,
    clock,
    logger,
  })
}

const composeUploads = (parts: Parts): UploadDeps => {
  const { db, store, files, clock, newId, config } = parts
  const staging =
    files === undefined
      ? createObjectStaging({ store, newId })
      : createFileStaging({ folder: foldersOf(config).uploads, store: files })
  return { db, store, staging, clock, newId }
}

/**
 * A body read a moment ago is as good as one read now; one that is not known is looked for again at once. While the
 * database does not answer, a known one stays known: the filing itself then says how things are, and in time.
 */
const BODY_FRESH_MS = 1_000
const BODY_PATIENCE_MS = 1_000

const composeBodies = ({ db, clock }: Parts) => {
  const directory = createDirectory({ db })
  let known = new Map<string, ListedBody>()
  let readAt = 0
  const read = async (): Promise<void> => {
    const { bodies } = await directory.index()
    known = new Map(bodies.map((listed) => [listed.code, listed]))
    readAt = clock.now().getTime()
  }
  const findBody = async (code: string): Promise<ListedBody | undefined> => {
    if (!known.has(code)) await read()
    else if (clock.now().getTime() - readAt >= BODY_FRESH_MS)
      await Promise.race([read().catch(() => {}), sleep(BODY_PATIENCE_MS)])
    return known.get(code)
  }
  return { directory, findBody }
}

const composeDesk = (parts: Parts, directory: ReturnType<typeof createDirectory>): DeskWork => ({
  suggest: async (words) =>
    suggestAdministrations(words, await directory.index()).map(({ body, score, service }) => ({
      code: body.code,
      names: body.names,
      service,
      score,
    })),
  route: (decision) => decideTriage(parts, decision),
  transfer: (wish) => transferComplaint(parts, wish),
  retryAsset: (assetId) => retryAsset(parts, assetId),
  retryFetch: (fetchId) => retryFetch(parts, fetchId),
})

/** What is counted: filings of people and, where the gateway is our own to try things on, those of the demo. */
export const composeCounting = ({ db, clock, config, embedded }: Parts): CountingDeps => ({
  db,
  clock,
  officeZone: config.officeZone,
  origins: embedded ? ['file', 'seed'] : ['file'],
})

/** The acceptance, counted by channel, with the deadline rules it stands on. */
const composeAcceptance = async (parts: Parts, metrics: Metrics) => {
  const { db, clock, config } = parts
  const rules = await holdDeadlineRules({ db, clock })
  const acceptance = createAcceptance({
    ...parts,
    sql: db.sql,
    deadlineRules: rules.current,
    officeZone: config.officeZone,
  })
  const count = (accepted: Accepted, channel: string): Accepted => {
    metrics.accepted.inc({ channel, repeat: String(accepted.repeat) })
    return accepted
  }
  return {
    rules,
    accept: async (submission: Submission) => count(await acceptance.accept(submission), submission.channel),
    acceptPractice: acceptance.acceptWithin,
    acceptWithin: async (tx: Tx, submission: Submission) =>
      count(await acceptance.acceptWithin(tx, submission), submission.channel),
  }
}

/** The use cases with what they stand on, shared by the doors and the relay. */
export const composeFeatures = async (parts: Parts, metrics: Metrics) => {
  const { db, clock, newId, secrets, config } = parts
  const { accept, acceptWithin, acceptPractice, rules } = await composeAcceptance(parts, metrics)
  const guard = createOutboundGuard({
    allow: config.outboundAllow,
    within: parts.simulated ? [demoBodyUrl(config.http.publicUrl)] : [],
  })
  const connectors = createConnectors({
    guard,
    sendMail: parts.mailer.send,
    words: text,
    publicUrl: config.http.publicUrl,
  })
  const bodies = composeBodies(parts)
  const telephone = await composeTelephone(parts)
  const { directory } = bodies
  const deadlineRules = rules.current
  const texts = await composeTexts(parts, { telephone, directory, acceptWithin, deadlineRules })
  const email = composeEmail(parts, {
    accept,
    deadlineRules,
    fallBack: (receiptId) => textReceiptInstead(texts.writing, receiptId),
    noticeFailed: (noticeId, failure) => noticeFailed(texts.writing, noticeId, failure),
  })
  const hotline = await composeHotline(parts, { telephone, texts, accept, deadlineRules })
  const pdf = createPdfRenderer()
  await publishReceiptKey({ orm: db.orm, secrets, clock })
  return {
    accept,
    acceptPractice,
    acceptWithin,
    receive: createReception({ sql: db.sql, newId }),
    telephone,
    email,
    texts,
    deadlineRules,
    hotline,
    refreshDeadlineRules: rules.refresh,
    connectors,
    guard,
    ...bodies,
    counting: composeCounting(parts),
    desk: composeDesk(parts, directory),
    uploads: composeUploads(parts),
    pipeline: await composeMedia(parts),
    pdf,
    mailOut: composeMailOut(parts),
    errorPage,
    close: async () => {
      await email.close()
      await telephone?.close()
      await pdf.close()
      await guard.close()
    },
  }
}

export type Features = Awaited<ReturnType<typeof composeFeatures>>
