import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { freePort, scratchFolder, startGatewayProcess } from '../support/gateway-process.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const SID = `AC${'1'.repeat(32)}`

const start = (folder: string, environment: Record<string, string>) =>
  spawnSync(process.execPath, ['--no-warnings', MAIN], {
    env: { PATH: process.env['PATH'], DATA_DIR: folder, PORT: '0', ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  })

describe('a start that would lose or fake something is refused with exit 3', () => {
  it('an account without a token, and nothing of a token is said (P62)', () => {
    const folder = scratchFolder('start')
    const { status, stderr } = start(folder, { TWILIO_ACCOUNT_SID: SID })
    expect([status, stderr]).toEqual([3, expect.stringContaining('TWILIO_AUTH_TOKEN')])
    fs.rmSync(folder, { recursive: true, force: true })
  })

  it('a spool folder that cannot be written', () => {
    const folder = scratchFolder('start')
    fs.writeFileSync(path.join(folder, 'spool'), 'not a folder')
    const { status, stderr } = start(folder, {})
    expect([status, stderr]).toEqual([3, expect.stringMatching(/spool folder .*\/spool cannot be written/)])
    fs.rmSync(folder, { recursive: true, force: true })
  })
})

it('shows no simulator beside a real provider, and takes nothing unsigned', async () => {
  const folder = scratchFolder('start')
  const port = await freePort()
  const gateway = await startGatewayProcess({
    DATA_DIR: folder,
    PORT: String(port),
    TWILIO_ACCOUNT_SID: SID,
    TWILIO_AUTH_TOKEN: 'a-real-token',
    // Nobody is there: what the sweep asks of the provider fails and is tried again.
    TWILIO_API_URL: 'http://127.0.0.1:9',
  })
  try {
    expect(gateway.said.join('\n')).not.toContain('simulator')
    for (const name of [
      '',
      '/phone',
      '/mailbox',
      '/body',
      `/twilio/2010-04-01/Accounts/${SID}/Messages.json`,
    ])
      expect((await fetch(`${gateway.base}/simulator${name}`)).status, name).toBe(404)
    for (const door of ['messages', 'status', 'voice', 'voice/status']) {
      const answer = await fetch(`${gateway.base}/webhooks/twilio/${door}`, {
        method: 'POST',
        body: new URLSearchParams({ MessageSid: 'SM1', CallSid: 'CA1', From: '+212612345678', Body: 'x' }),
      })
      expect(answer.status, door).toBeGreaterThanOrEqual(400)
      expect(answer.status, door).toBeLessThan(500)
    }
  } finally {
    await gateway.end('SIGTERM')
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
