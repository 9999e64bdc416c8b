import { retryAsset } from '../assets/retry-asset.ts'
import type { Command } from './command.ts'
import { withParts } from './open-parts.ts'

export const assetsRetry: Command = {
  name: 'assets retry',
  summary: 'put a file before the media pipeline again, whatever became of it',
  options: {},
  arguments: ['ASSET-ID'],
  examples: ['assets retry 019aa000-0000-7000-8000-000000000001'],
  run: ({ positionals: [id = ''], config }) =>
    withParts(config(), async (parts) => {
      await retryAsset(parts, id)
      return { json: { retried: id }, text: 'The file waits for the pipeline.' }
    }),
}
