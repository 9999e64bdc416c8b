import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { freePort, scratchFolder, startGatewayProcess } from '../support/gateway-process.ts'
import { report, round } from './report.ts'

const startOnce = async (environment: Record<string, string>): Promise<number> => {
  const start = performance.now()
  const gateway = await startGatewayProcess(environment, 120_000)
  const seconds = (performance.now() - start) / 1000
  await gateway.end('SIGTERM')
  return seconds
}

/** From nothing to "ready": the first start makes the database and the demo, the second finds them. Beside a bare node. */
export const benchStartup = async (): Promise<void> => {
  const folder = scratchFolder('bench-startup')
  try {
    const environment = { DATA_DIR: path.join(folder, 'data'), PORT: String(await freePort()) }
    const start = performance.now()
    execFileSync(process.execPath, ['-e', '0'])
    const bare = (performance.now() - start) / 1000
    const first = await startOnce(environment)
    const second = await startOnce(environment)
    report('startup', {
      firstSeconds: round(first),
      secondSeconds: round(second),
      bareNodeSeconds: round(bare, 3),
      ratio: round(second / bare, 1),
    })
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
