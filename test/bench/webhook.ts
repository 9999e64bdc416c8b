import path from 'node:path'
import { BODY, loadHttp, ROUNDS, SECONDS, startBenchServer } from './acceptance.ts'
import { BENCH_WEBHOOK } from './bench-webhook.ts'
import { median, percentile, report, round } from './report.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

const CLIENTS = [1, 8, 32]
const TEXT = 'Le guichet de la commune est ferme depuis deux semaines.'

/**
 * Signed SMS webhooks per second, each answered once it is a durable record with the message that has it judged (and so its
 * receipt) queued, beside filings through the API, in turn on one server.
 */
export const benchWebhook = (): Promise<void> =>
  withScratchPostgres(async ({ url, folder }) => {
    const server = await startBenchServer(url, path.join(folder, 'spool'))
    const { path: door, token, publicUrl } = BENCH_WEBHOOK
    const filing = { port: server.port, path: '/api/v1/submissions', body: BODY }
    const message = { port: server.port, path: door, body: TEXT, signed: { token, publicUrl } }
    try {
      await loadHttp({ ...message, clients: 8, seconds: 2 })
      await loadHttp({ ...filing, clients: 8, seconds: 2 })
      for (const clients of CLIENTS) await benchAt(clients, message, filing)
    } finally {
      server.stop()
    }
  })

type Knock = Omit<Parameters<typeof loadHttp>[0], 'clients' | 'seconds'>

const benchAt = async (clients: number, message: Knock, filing: Knock): Promise<void> => {
  const rates: number[] = []
  const references: number[] = []
  const times: number[] = []
  for (let i = 0; i < ROUNDS; i += 1) {
    const filed = await loadHttp({ ...filing, clients, seconds: SECONDS })
    references.push(filed.answers / filed.seconds)
    const heard = await loadHttp({ ...message, clients, seconds: SECONDS })
    if (heard.refused > 0) throw new Error(`${heard.refused} webhooks were refused`)
    rates.push(heard.answers / heard.seconds)
    times.push(...heard.times)
  }
  report('webhook', {
    clients,
    perSecond: round(median(rates), 0),
    filingsPerSecond: round(median(references), 0),
    ratio: round(median(rates.map((rate, i) => rate / (references[i] ?? 1)))),
    p50ms: round(percentile(times, 0.5)),
    p99ms: round(percentile(times, 0.99)),
  })
}
