import { EmbeddedRefusal, startEmbeddedPostgres } from '../../src/db/embedded.ts'

/**
 * As much of a gateway as the faults need: `node embedded-gateway.ts FOLDER` starts the embedded server, writes JSON lines
 * (events, then `{"url"}`) and lets go of it on SIGTERM. A refusal is a line `{"refusal"}` and exit 3.
 */
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const run = async (folder: string): Promise<void> => {
  const server = await startEmbeddedPostgres(folder, {}, say)
  const alive = setInterval(() => {}, 60_000)
  process.once('SIGTERM', async () => {
    await server.stop()
    clearInterval(alive)
  })
  say({ url: server.url })
}

try {
  await run(process.argv[2] ?? '')
} catch (error) {
  say({ refusal: error instanceof EmbeddedRefusal ? error.message : String(error) })
  process.exitCode = 3
}
