import { sweepHits } from '../intake/take-hit.ts'
import { sweepUploads } from '../intake/uploads/sweep-uploads.ts'
import { settleDeadReceipts } from '../receipts/receipt-failed.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'

const EVERY_MS = 60_000

/** What has to be looked after without anybody asking. Each is safe to run in several processes at once. */
const sweepsOf = (parts: Parts, features: Features): Readonly<Record<string, () => Promise<unknown>>> => {
  const { db, clock, newId } = parts
  return {
    deadline_rules: features.refreshDeadlineRules,
    uploads: () => sweepUploads(features.uploads),
    dead_receipts: () => settleDeadReceipts({ sql: db.sql, clock, newId }),
    counters: () => sweepHits({ sql: db.sql, clock }),
  }
}

/** Sweeps at once and then every minute, one round at a time. Gives the way to stop. */
export const startSweeps = (parts: Parts, features: Features): (() => Promise<void>) => {
  const sweeps = sweepsOf(parts, features)
  const round = async (): Promise<void> => {
    for (const [name, sweep] of Object.entries(sweeps))
      await sweep().catch((error: unknown) =>
        parts.logger.error({ event: 'sweep.failed', sweep: name, err: error }),
      )
  }
  let running = features.pipeline.sweep().then(round, round)
  const timer = setInterval(() => {
    running = running.then(round)
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    await running
  }
}
