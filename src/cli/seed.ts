import fs from 'node:fs/promises'
import { composeMedia } from '../composition/features.ts'
import { foldersOf } from '../composition/parts.ts'
import { seedFiles, seedRecords } from '../composition/seed-demo.ts'
import type { Command } from './command.ts'
import { withParts } from './open-parts.ts'

export const seed: Command = {
  name: 'seed',
  summary:
    'fill an empty database with demo bodies, 2,000 complaints, their media and 40 officials; a second run changes nothing',
  options: { 'no-media': { type: 'boolean', about: 'leave out recordings, films and pictures' } },
  examples: ['seed', 'seed --no-media --json'],
  run: ({ values, config, say }) =>
    withParts(config(), async (parts) => {
      const { administrations, complaints, staff } = await seedRecords(parts)
      let media = 0
      if (values['no-media'] !== true) {
        say('making and converting the clips')
        await fs.mkdir(foldersOf(parts.config).work, { recursive: true })
        const signal = AbortSignal.timeout(10 * 60_000)
        media = await seedFiles(parts, await composeMedia(parts), signal)
      }
      const text = `${administrations} bodies, ${complaints} complaints, ${staff} officials and ${media} files were added.`
      return { json: { administrations, complaints, staff, media }, text }
    }),
}
