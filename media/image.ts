import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { MediaTools } from './ffmpeg.ts'
import { failure, lacks, type MediaJob, ORIGINAL, type Step, type StepResult } from './job.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { runTool } from './sandbox.ts'
import { failureOf } from './transcode.ts'
import { unpackHeic } from './unpack-heic.ts'

const CHILD = fileURLToPath(new URL('./image-child.ts', import.meta.url))

const size = z.object({ width: z.number().int().positive(), height: z.number().int().positive() })
const answer = z.union([
  size.extend({ large: size, thumb: size }),
  z.object({ failure: z.enum(['too_many_pixels', 'unsupported_codec', 'unreadable']) }),
])

const readAnswer = (stdout: string) => {
  try {
    return answer.parse(JSON.parse(stdout))
  } catch {
    return { failure: 'unreadable' as const }
  }
}

/** Decodes and shrinks a picture in a child. */
const shrink = async (tools: MediaTools, job: MediaJob, file: string): Promise<StepResult> => {
  const result = await runTool(tools.sandbox, {
    program: process.execPath,
    args: ['--no-warnings', '--max-old-space-size=128', CHILD, file, String(MEDIA_LIMITS.imagePixels)],
    cwd: job.folder,
    signal: job.signal,
    limits: { address: false },
  })
  if (!result.ok) return failure(failureOf(result))
  const made = readAnswer(result.stdout.toString('utf8'))
  if ('failure' in made) return failure(made.failure)
  return {
    ok: true,
    found: { width: made.width, height: made.height },
    renditions: (['large', 'thumb'] as const).map((name) => ({
      name,
      path: path.join(job.folder, `${name}.jpg`),
      type: 'image/jpeg',
      ...made[name],
    })),
  }
}

/** A picture → two JPEGs, upright and without metadata. */
export const imageStep = (tools: MediaTools): Step => ({
  name: 'image',
  appliesTo: ({ kind }, job) => kind === 'image' && lacks(job, 'large', 'thumb'),
  run: async (job, { type, flags }) => {
    if (type !== 'image/heic') return shrink(tools, job, ORIGINAL)
    const unpacked = await unpackHeic(tools, job)
    if ('failure' in unpacked) return failure(unpacked.failure)
    const result = await shrink(tools, job, unpacked.file)
    return unpacked.isWhole
      ? result
      : { ...result, found: { ...result.found, flags: [...flags, 'shortened'] } }
  },
})
