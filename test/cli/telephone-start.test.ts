import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { signIn } from '../support/gateway-client.ts'
import { freePort, scratchFolder, startGatewayProcess, until } from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startSmsc } from '../support/smsc.ts'

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

it('runs over an operator alone, by configuration alone, and hears once what comes again after a kill', async () => {
  const folder = scratchFolder('operator')
  const smsc = await startSmsc()
  const database = await createTestDatabase(inject('postgresUrl'))
  const environment = {
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    SECRET_KEY: 'an-operator-alone-an-operator-alone-an',
    PORT: String(await freePort()),
    SMPP_URL: `smpp://wasl:secret@127.0.0.1:${smsc.config().port}`,
    SMPP_FROM: '3737',
  }
  const person = '+212614000001'
  const got = () => smsc.submitted.filter(({ to }) => to === person).map(({ text }) => text)
  let gateway = await startGatewayProcess(environment)
  try {
    expect((await fetch(`${gateway.base}/simulator`)).status).toBe(404)
    await smsc.bind()
    expect(await smsc.text(person, 'Le guichet est fermé depuis lundi')).toBe(0)
    await until('the receipt', async () => got().some((text) => /^Plainte \d{10} enregistrée/.test(text)))
    await until('the question', async () => got().length === 2)
    // The operator saw no answer to this one, whatever the gateway had done with it.
    const cut = smsc.text(person, 'C’est au guichet 4 de la commune')
    await gateway.end('SIGKILL')
    await cut
    gateway = await startGatewayProcess(environment)
    await smsc.bind()
    expect(await smsc.text(person, 'C’est au guichet 4 de la commune')).toBe(0)
    await until('the addition', async () => got().some((text) => /^Message ajouté/.test(text)))
    const staff = await signIn(gateway.base, environment)
    const { items } = await staff.call<{ items: { reference: string }[] }>(
      'GET',
      '/complaints?channel=sms&limit=100',
    )
    const texts = await Promise.all(
      items.map(async ({ reference }) => {
        const { messages } = await staff.complaint<{ messages: { direction: string; text?: string }[] }>(
          reference,
        )
        return messages.filter(({ direction }) => direction === 'in').map(({ text }) => text)
      }),
    )
    const mine = texts.filter((all) => all.includes('Le guichet est fermé depuis lundi'))
    expect(mine).toEqual([['Le guichet est fermé depuis lundi', 'C’est au guichet 4 de la commune']])
  } finally {
    await gateway.end('SIGTERM')
    await smsc.close()
    await database.drop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
