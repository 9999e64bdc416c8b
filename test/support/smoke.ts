import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * Starts a fresh clone as its README says, with nothing configured, and uses it once: files, tracks, verifies, stops.
 * Exit 0 when all of it held.
 */
const folder = process.argv[2] ?? '.'
const PORT = '18080'
const BASE = `http://127.0.0.1:${PORT}`
const READY_WITHIN_MS = 90_000

const start = (): ChildProcess =>
  spawn('npm', ['start'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })

const ready = (gateway: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not ready in time')), READY_WITHIN_MS)
    gateway.once('exit', (code) => reject(new Error(`ended with ${code}`)))
    if (gateway.stdout === null) return
    createInterface({ input: gateway.stdout }).on('line', (line) => {
      process.stdout.write(`  ${line}\n`)
      if (!line.includes('Wasl is ready')) return
      clearTimeout(timer)
      resolve()
    })
  })

const expectStatus = async (what: string, response: Response, status: number): Promise<Response> => {
  if (response.status !== status)
    throw new Error(`${what}: ${response.status} instead of ${status}: ${await response.text()}`)
  process.stdout.write(`  ${what}: ${status}\n`)
  return response
}

const use = async (): Promise<void> => {
  await expectStatus('ready', await fetch(`${BASE}/readyz`), 200)
  const filed = await expectStatus(
    'file',
    await fetch(`${BASE}/api/v1/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'smoke' },
      body: JSON.stringify({
        kind: 'complaint',
        text: 'المركز الصحي مغلق منذ أسبوع',
        administration: 'SANTE',
      }),
    }),
    201,
  )
  const { reference, accessCode, receiptUrl } = (await filed.json()) as Record<string, string>
  await expectStatus(
    'track',
    await fetch(`${BASE}/api/v1/complaints/${reference}`, { headers: { 'access-code': accessCode ?? '' } }),
    200,
  )
  await expectStatus('receipt', await fetch(receiptUrl ?? BASE), 200)
  await expectStatus('verify', await fetch(`${BASE}/verify/${reference}`), 200)
  await expectStatus('home', await fetch(`${BASE}/ar/`), 200)
}

const began = performance.now()
const gateway = start()
try {
  await ready(gateway)
  process.stdout.write(`  ready in ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  await use()
} finally {
  if (gateway.pid !== undefined) process.kill(-gateway.pid, 'SIGTERM')
  await new Promise((resolve) => gateway.once('exit', resolve))
}
