import path from 'node:path'
import { findMediaTools, runFfmpeg } from '../../media/ffmpeg.ts'
import { processAsset } from '../assets/process-asset.ts'
import { searchPath } from '../config.ts'
import type { MediaPipeline } from '../core/media.ts'
import { seedAdministrations } from '../seed/administrations.ts'
import { seedComplaints } from '../seed/complaints.ts'
import { seedMedia } from '../seed/media.ts'
import { seedStaff } from '../seed/staff.ts'
import { foldersOf, type Parts } from './parts.ts'

export interface Seeded {
  readonly administrations: number
  readonly complaints: number
  readonly staff: number
}

/** Bodies, complaints and officials of the demo, in some seconds. Only the embedded gateway takes them beside real filings. */
export const seedRecords = async (parts: Parts): Promise<Seeded> => {
  const { created: administrations } = await seedAdministrations(parts)
  const { created: complaints } = await seedComplaints({
    ...parts,
    officeZone: parts.config.officeZone,
    besideFilings: parts.config.databaseUrl === undefined,
  })
  const { created: staff } = await seedStaff(parts)
  return { administrations, complaints, staff }
}

/** The recordings, films and pictures of the demo: ffmpeg's work, so it may go on after the start. Gives how many were added. */
export const seedFiles = async (
  parts: Parts,
  pipeline: MediaPipeline,
  signal: AbortSignal,
): Promise<number> => {
  const found = await findMediaTools({ ...parts.config.media, searchPath: searchPath() })
  if (!found.ok) throw new Error(found.problem)
  const folder = path.join(foldersOf(parts.config).work, 'seed')
  const { created } = await seedMedia(
    {
      ...parts,
      folder,
      runFfmpeg: async (args, stop) => {
        const result = await runFfmpeg(found.tools, args, { cwd: folder, signal: stop })
        if (!result.ok) throw new Error(`ffmpeg ${result.reason}: ${result.stderr.trim()}`)
      },
      processAsset: (assetId, stop) => processAsset({ ...parts, pipeline }, { assetId }, { signal: stop }),
    },
    signal,
  )
  return created
}
