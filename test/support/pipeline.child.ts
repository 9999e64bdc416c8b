/** A process that works on one film until it is killed. Arguments: work folder, film, `bare` to leave out the lifetime wall. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createPipeline } from '../../media/pipeline.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { silent, toolsOf } from './media.ts'

const [workDir = '', film = '', bare] = process.argv.slice(2)
const tools = await toolsOf('debian')
const withoutLifetime = {
  ...tools.sandbox,
  prefix: (limits: { address: boolean }) => {
    const words = tools.sandbox.prefix(limits)
    return words.slice(0, words.indexOf('/usr/bin/setpriv'))
  },
}
const pipeline = createPipeline({
  tools: bare === 'bare' ? { ...tools, sandbox: withoutLifetime } : tools,
  workDir,
  clock: systemClock,
  logger: silent,
})
await pipeline.process(
  {
    assetId: 'film',
    declaredType: 'video/x-matroska',
    sha256: createHash('sha256').update(fs.readFileSync(film)).digest('hex'),
    made: new Set(),
    open: async () => fs.createReadStream(film),
  },
  async () => {},
  new AbortController().signal,
)
