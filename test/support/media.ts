import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { findMediaTools, type MediaTools } from '../../media/ffmpeg.ts'
import { createPipeline, type PipelineDeps } from '../../media/pipeline.ts'
import type { MediaOutcome, RenditionName, StepRecord } from '../../src/core/media.ts'
import { systemClock } from '../../src/platform/system-clock.ts'

export const BUILDS = ['debian', 'bundled'] as const
export type Build = (typeof BUILDS)[number]

/** The media tools of one build; both must do. A missing build is a failure, never a skip. */
export const toolsOf = async (build: Build): Promise<MediaTools> => {
  const found = await findMediaTools({
    ffmpegPath: undefined,
    ffprobePath: undefined,
    searchPath: build === 'debian' ? '/usr/bin' : '',
    bundledToolsAllowed: build === 'bundled',
  })
  if (!found.ok) throw new Error(found.problem)
  return found.tools
}

export const temporaryFolder = (): { folder: string; remove: () => void } => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-media-'))
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) }
}

/** Makes an input with the full ffmpeg of Debian. */
export const ffmpeg = (...args: string[]): void => {
  execFileSync('/usr/bin/ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args])
}

interface Probed {
  streams: {
    codec_type: string
    codec_name: string
    profile?: string
    pix_fmt?: string
    width?: number
    height?: number
  }[]
  format: { format_name: string; duration: string; tags?: Record<string, string> }
}
export const ffprobe = (file: string): Probed =>
  JSON.parse(
    execFileSync('/usr/bin/ffprobe', ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', file], {
      encoding: 'utf8',
    }),
  )

export const silent = { info: () => {}, warn: () => {} }

export interface Run {
  readonly outcome: MediaOutcome
  readonly steps: readonly StepRecord[]
  /** Paths of copies of the renditions, taken before the job folder went. */
  readonly files: Partial<Record<RenditionName, string>>
  readonly transcript: string | undefined
}

/** Sends bytes through a pipeline and keeps what it makes. */
export const runPipeline = async (
  deps: Omit<PipelineDeps, 'clock' | 'logger'>,
  bytes: Buffer,
  options: { declaredType?: string; made?: Iterable<string>; keepIn?: string; signal?: AbortSignal } = {},
): Promise<Run> => {
  const pipeline = createPipeline({ clock: systemClock, logger: silent, ...deps })
  const steps: StepRecord[] = []
  const files: Run['files'] = {}
  const outcome = await pipeline.process(
    {
      assetId: 'asset',
      declaredType: options.declaredType ?? 'application/octet-stream',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      made: new Set(options.made),
      open: async () => Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false }),
    },
    async (step) => {
      steps.push(step)
      for (const rendition of step.renditions) {
        if (options.keepIn === undefined) continue
        const kept = path.join(options.keepIn, `${rendition.name}${path.extname(rendition.path)}`)
        fs.copyFileSync(rendition.path, kept)
        files[rendition.name] = kept
      }
    },
    options.signal ?? new AbortController().signal,
  )
  return { outcome, steps, files, transcript: steps.find((step) => step.transcript)?.transcript?.text }
}

/** Processes whose working folder lies under a folder: the tools of its jobs. */
export const processesUnder = (folder: string): number[] =>
  fs
    .readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0)) return false
      try {
        return fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
      } catch {
        return false
      }
    })

/** Waits for a condition, by polling, until a deadline. */
export const until = async (condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> => {
  const deadline = Date.now() + ms
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
