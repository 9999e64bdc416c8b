import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import pino from 'pino'
import { findMediaTools } from '../../media/ffmpeg.ts'
import { createPipeline } from '../../media/pipeline.ts'
import { searchPath } from '../../src/config.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { scratchFolder } from '../support/gateway-process.ts'
import { median, report, round } from './report.ts'

const ROUNDS = 3

const SAMPLES = {
  video: {
    type: 'video/mp4',
    make: [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=1920x1080:rate=30:duration=60',
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=330:duration=60',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-f',
      'mp4',
    ],
  },
  voice: {
    type: 'audio/ogg',
    make: [
      '-f',
      'lavfi',
      '-i',
      "aevalsrc='0.3*sin(2*PI*220*t)*abs(sin(3*t))':duration=180:sample_rate=16000",
      '-c:a',
      'libopus',
      '-b:a',
      '24k',
      '-f',
      'ogg',
    ],
  },
} as const

/** Stands before the real tool and writes down how it was called, so that the same commands can be run alone. */
const recordingTool = (folder: string, tool: string): string => {
  const script = path.join(folder, `record-${path.basename(tool)}`)
  const log = path.join(folder, 'calls')
  fs.writeFileSync(
    script,
    `#!/bin/sh\n{ printf '%s\\0' '${tool}' "$@"; printf '\\n'; } >> '${log}'\nexec '${tool}' "$@"\n`,
    { mode: 0o755 },
  )
  return script
}

const callsIn = (folder: string): string[][] =>
  fs
    .readFileSync(path.join(folder, 'calls'), 'utf8')
    .split('\0\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\0'))

const timed = async (work: () => unknown): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const makePipeline = async (folder: string, ffmpeg: string, ffprobe: string) => {
  const found = await findMediaTools({
    ffmpegPath: ffmpeg,
    ffprobePath: ffprobe,
    searchPath: searchPath(),
    bundledToolsAllowed: true,
  })
  if (!found.ok) throw new Error(found.problem)
  return createPipeline({
    tools: found.tools,
    workDir: path.join(folder, 'work'),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  })
}

const runPipeline = async (
  pipeline: Awaited<ReturnType<typeof makePipeline>>,
  file: string,
  type: string,
): Promise<void> => {
  const sha256 = createHash('sha256').update(fs.readFileSync(file)).digest('hex')
  const outcome = await pipeline.process(
    {
      assetId: 'bench',
      declaredType: type,
      sha256,
      made: new Set(),
      open: async () => fs.createReadStream(file),
    },
    async () => {},
    AbortSignal.timeout(300_000),
  )
  if (!outcome.playable) throw new Error(`not playable: ${outcome.failure}`)
}

/** The same ffmpeg commands on the same file, one after the other, with nothing of ours round them. */
const runAlone = (folder: string, file: string, calls: readonly string[][]): void => {
  const bench = path.join(folder, 'alone')
  fs.rmSync(bench, { recursive: true, force: true })
  fs.mkdirSync(bench)
  fs.copyFileSync(file, path.join(bench, 'original'))
  for (const [tool = '', ...args] of calls) execFileSync(tool, args, { cwd: bench, stdio: 'ignore' })
}

/** The pipeline's time for a minute of 1080p and three minutes of voice, beside the same ffmpeg commands alone. */
export const benchMedia = async (): Promise<void> => {
  const folder = scratchFolder('bench-media')
  try {
    const which = (name: string) => execFileSync('which', [name], { encoding: 'utf8' }).trim()
    fs.mkdirSync(path.join(folder, 'work'))
    const spied = await makePipeline(
      folder,
      recordingTool(folder, which('ffmpeg')),
      recordingTool(folder, which('ffprobe')),
    )
    const plain = await makePipeline(folder, which('ffmpeg'), which('ffprobe'))
    for (const [name, sample] of Object.entries(SAMPLES)) {
      const file = path.join(folder, name)
      execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', ...sample.make, '-y', file])
      fs.writeFileSync(path.join(folder, 'calls'), '')
      await runPipeline(spied, file, sample.type)
      const calls = callsIn(folder)
      const ours: number[] = []
      const alone: number[] = []
      for (let i = 0; i < ROUNDS; i += 1) {
        alone.push(await timed(() => runAlone(folder, file, calls)))
        ours.push(await timed(() => runPipeline(plain, file, sample.type)))
      }
      report('media', {
        sample: name,
        pipelineSeconds: round(median(ours)),
        ffmpegAloneSeconds: round(median(alone)),
        ratio: round(median(ours.map((seconds, i) => seconds / (alone[i] ?? 1)))),
      })
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
