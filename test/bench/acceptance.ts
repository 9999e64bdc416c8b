import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Load, LoadResult } from './http-load.ts'
import { median, percentile, report, round } from './report.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

const run = promisify(execFile)
export const SECONDS = 5
export const ROUNDS = 3
const CLIENTS = [1, 8, 32]

/** The same rows as one filing through the API makes, one statement each. */
const PGBENCH_SCRIPT = `select * from accept_submissions(jsonb_build_array(jsonb_build_object(
  'submissionId', gen_random_uuid(), 'complaintId', gen_random_uuid(), 'receiptId', gen_random_uuid(),
  'eventId', gen_random_uuid(), 'ledgerId', gen_random_uuid(), 'channel', 'api', 'externalId', gen_random_uuid(),
  'receivedAt', now(), 'references', jsonb_build_array(lpad((random() * 9999999999)::bigint::text, 10, '0'), lpad((random() * 9999999999)::bigint::text, 10, '0')),
  'accessCodeHash', md5(random()::text), 'kind', 'complaint', 'language', 'fr', 'text', 'Le guichet est ferme depuis deux semaines.',
  'anonymous', false, 'rawType', 'application/json', 'rawSha256', md5(random()::text), 'rawBytes', 120, 'rawBody', encode(sha256(random()::text::bytea), 'base64'),
  'deadlines', jsonb_build_array(
     jsonb_build_object('kind', 'review', 'dueOn', '2026-12-06', 'dueAt', now(), 'policyVersion', 1),
     jsonb_build_object('kind', 'answer', 'dueOn', '2027-02-04', 'dueAt', now(), 'policyVersion', 1)),
  'media', jsonb_build_array(), 'contentSha256', md5(random()::text), 'receiptState', 'sent', 'receiptVia', 'inline',
  'outbox', jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'topic', 'complaint.route', 'key', 'route', 'payload', jsonb_build_object('complaintId', gen_random_uuid()), 'dedupeKey', gen_random_uuid())))));
`

const findPgbench = (): string => {
  const debian = '/usr/lib/postgresql'
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian) : []
  const found = versions.map((v) => path.join(debian, v, 'bin/pgbench')).find((file) => fs.existsSync(file))
  return found ?? 'pgbench'
}

const pgbench = async (socketFolder: string, script: string, clients: number): Promise<number> => {
  const flags = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(clients),
    '-j',
    '2',
    '-T',
    String(SECONDS),
    '-f',
    script,
  ]
  const { stdout } = await run(findPgbench(), [...flags, '-h', socketFolder, '-U', 'wasl', 'wasl'])
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? 0)
}

export const loadHttp = async (load: Load): Promise<LoadResult> => {
  const script = fileURLToPath(new URL('http-load.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--no-warnings', script, JSON.stringify(load)], {
    maxBuffer: 1 << 28,
  })
  return JSON.parse(stdout) as LoadResult
}

export const startBenchServer = async (url: string, spoolFolder: string) => {
  const script = fileURLToPath(new URL('bench-server.ts', import.meta.url))
  const server = spawn(process.execPath, ['--no-warnings', script, url, spoolFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: server.stdout })
  const port = await new Promise<number>((resolve) => lines.once('line', (line) => resolve(Number(line))))
  return { port, stop: () => server.kill() }
}

export const BODY = JSON.stringify({
  kind: 'complaint',
  text: 'Le guichet est ferme depuis deux semaines.',
  language: 'fr',
})

/** Acceptances per second through HTTP beside pgbench with the same rows, in turn on one server. */
export const benchAcceptance = (): Promise<void> =>
  withScratchPostgres(async ({ url, socketFolder, folder }) => {
    const script = path.join(folder, 'accept.sql')
    fs.writeFileSync(script, PGBENCH_SCRIPT.replaceAll('\n', ' '))
    const server = await startBenchServer(url, path.join(folder, 'spool'))
    try {
      const load = { port: server.port, path: '/api/v1/submissions', body: BODY }
      await loadHttp({ ...load, clients: 8, seconds: 2 })
      for (const clients of CLIENTS) await benchAt(clients, load, { socketFolder, script })
    } finally {
      server.stop()
    }
  })

const benchAt = async (
  clients: number,
  load: Pick<Load, 'port' | 'path' | 'body'>,
  { socketFolder, script }: { socketFolder: string; script: string },
): Promise<void> => {
  const references: number[] = []
  const rates: number[] = []
  const times: number[] = []
  for (let i = 0; i < ROUNDS; i += 1) {
    references.push(await pgbench(socketFolder, script, clients))
    const result = await loadHttp({ ...load, clients, seconds: SECONDS })
    if (result.refused > 0) throw new Error(`${result.refused} filings were refused`)
    rates.push(result.answers / result.seconds)
    times.push(...result.times)
  }
  report('acceptance', {
    clients,
    perSecond: round(median(rates), 0),
    pgbenchPerSecond: round(median(references), 0),
    ratio: round(median(rates.map((rate, i) => rate / (references[i] ?? 1)))),
    p50ms: round(percentile(times, 0.5)),
    p99ms: round(percentile(times, 0.99)),
  })
}
