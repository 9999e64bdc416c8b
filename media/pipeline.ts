import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline as stream } from 'node:stream/promises'
import type { Clock } from '../src/core/clock.ts'
import {
  MEDIA_FAILURES,
  type MediaFailure,
  type MediaFindings,
  type MediaOriginal,
  type MediaOutcome,
  type MediaPipeline,
  type StepRecord,
} from '../src/core/media.ts'
import type { Logger } from '../src/platform/logger.ts'
import type { Scanner } from './clamd.ts'
import type { MediaTools } from './ffmpeg.ts'
import { identifyStep } from './identify.ts'
import { imageStep } from './image.ts'
import { type Findings, type MediaJob, ORIGINAL, type Step, type StepResult } from './job.ts'
import { openJobFolder, removeJobFolder, sweepJobFolders } from './job-folder.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { probeStep } from './probe.ts'
import { scanStep } from './scan.ts'
import { audioStep } from './transcode-audio.ts'
import { videoStep } from './transcode-video.ts'
import { type Transcriber, transcribeStep } from './transcribe.ts'
import { createTurns } from './turns.ts'
import { voiceNoteStep } from './voice-note.ts'

export type { MediaPipeline } from '../src/core/media.ts'

export interface PipelineDeps {
  readonly tools: MediaTools
  /** Absent: the scan is `off`. */
  readonly scanner?: Scanner | undefined
  /** Absent: no transcripts. */
  readonly transcriber?: Transcriber | undefined
  /** Where job folders are made: on this machine's own disk, used by nobody else. */
  readonly workDir: string
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'warn'>
  /** Jobs that work at once in this process. One leaves the web its share of two cores (P48). */
  readonly jobsAtOnce?: number
  readonly jobMs?: number
}

/**
 * The steps, in order. To add one, write a file like transcode-audio.ts and put it here. The scan comes first, because a
 * file that is no media at all still has an original to download.
 */
const stepsOf = ({ tools, scanner, transcriber }: PipelineDeps): readonly Step[] => [
  scanStep(scanner),
  identifyStep,
  probeStep(tools),
  audioStep(tools),
  videoStep(tools),
  imageStep(tools),
  voiceNoteStep(tools),
  transcribeStep(tools, transcriber),
]

/** Brings the original into the folder, hashing on the way. Gives the length, or why it cannot be worked on. */
const bringOriginal = async (
  original: MediaOriginal,
  folder: string,
  signal: AbortSignal,
): Promise<{ bytes: number } | MediaFailure> => {
  const body: Readable | undefined = await original.open()
  if (body === undefined) return 'original_missing'
  const hash = createHash('sha256')
  let bytes = 0
  await stream(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(path.join(folder, ORIGINAL), { mode: 0o600, flags: 'wx' }),
    { signal },
  )
  return hash.digest('hex') === original.sha256 ? { bytes } : 'original_damaged'
}

/** What is told to the outside: the raw probe stays here. */
const told = ({ probe: _, ...findings }: Findings): MediaFindings => findings

interface Progress {
  readonly findings: Findings
  readonly failure: MediaFailure | undefined
  readonly stopped: boolean
}

const advance = (before: Progress, step: Step, result: StepResult): Progress => ({
  findings: { ...before.findings, ...result.found },
  failure: result.ok ? before.failure : result.failure,
  stopped: !result.ok && step.optional !== true,
})

/** One job: every step that applies, each recorded before the next; the first failure that is not optional ends it. */
const runSteps = async (
  steps: readonly Step[],
  job: MediaJob,
  clock: Clock,
  record: (step: StepRecord) => Promise<void>,
): Promise<MediaOutcome> => {
  let progress: Progress = { findings: { flags: [] }, failure: undefined, stopped: false }
  for (const step of steps) {
    if (progress.stopped || !step.appliesTo(progress.findings, job)) continue
    const startedAt = clock.now().getTime()
    const result = await step.run(job, progress.findings)
    progress = advance(progress, step, result)
    await record({
      step: step.name,
      tookMs: clock.now().getTime() - startedAt,
      findings: told(progress.findings),
      renditions: result.ok ? (result.renditions ?? []) : [],
      ...(result.ok && result.transcript ? { transcript: result.transcript } : {}),
    })
  }
  return {
    findings: told(progress.findings),
    ...(progress.failure === undefined ? {} : { failure: progress.failure }),
    playable: !progress.stopped,
  }
}

const failedBefore = (failure: MediaFailure): MediaOutcome => ({
  findings: { flags: [] },
  failure,
  playable: false,
})

/** The pipeline of this process: steps, their walls, and turns. Call `sweep` once at the start. */
export const createPipeline = (deps: PipelineDeps): MediaPipeline => {
  const steps = stepsOf(deps)
  const turns = createTurns(deps.jobsAtOnce ?? 1)
  const work = async (
    original: MediaOriginal,
    record: (step: StepRecord) => Promise<void>,
    outer: AbortSignal,
  ): Promise<MediaOutcome> => {
    const folder = await openJobFolder(deps.workDir)
    try {
      const brought = await bringOriginal(original, folder, outer)
      if (typeof brought === 'string') return failedBefore(brought)
      const signal = AbortSignal.any([outer, AbortSignal.timeout(deps.jobMs ?? MEDIA_LIMITS.jobMs)])
      const { declaredType, made, isAnswer = false } = original
      const outcome = await runSteps(
        steps,
        { folder, declaredType, bytes: brought.bytes, made, isAnswer, signal },
        deps.clock,
        record,
      )
      // A stop of the process looks like a time-out to the tools; it is no fault of the file.
      outer.throwIfAborted()
      return outcome
    } finally {
      await removeJobFolder(folder)
    }
  }
  return {
    process: async (original, record, signal) => {
      const giveBack = await turns.take(signal)
      const startedAt = deps.clock.now().getTime()
      try {
        const outcome = await work(original, record, signal)
        const { failure, findings } = outcome
        const tookMs = deps.clock.now().getTime() - startedAt
        const facts = { assetId: original.assetId, kind: findings.kind, flags: findings.flags, tookMs }
        if (failure === undefined) deps.logger.info({ event: 'media.processed', ...facts })
        else
          deps.logger.warn({ event: 'media.failed', ...facts, failure, retry: MEDIA_FAILURES[failure].retry })
        return outcome
      } finally {
        giveBack()
      }
    },
    sweep: () => sweepJobFolders(deps.workDir, deps.clock.now()),
  }
}
