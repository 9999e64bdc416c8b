import { sweepOrphans } from '../assets/sweep-orphans.ts'
import { handlingRules } from '../core/handling-rules.ts'
import { sweepReminders } from '../deadlines/remind.ts'
import { returnToPool } from '../deadlines/return-to-pool.ts'
import { seedCalendar } from '../deadlines/seed-calendar.ts'
import { sweepOverdue } from '../deadlines/sweep-overdue.ts'
import { closeSilent } from '../handling/close-silent.ts'
import { goOnWithoutAnswer } from '../handling/receive-information.ts'
import { sweepDrafts } from '../intake/keep-draft.ts'
import { reconcileWhenDue } from '../intake/reconcile-provider.ts'
import { sweepHits } from '../intake/take-hit.ts'
import { sweepUploadLinks } from '../intake/upload-links.ts'
import { sweepUploads } from '../intake/uploads/sweep-uploads.ts'
import { sweepRetention } from '../personal-data/sweep-retention.ts'
import { settleDeadReceipts } from '../receipts/receipt-failed.ts'
import { anchorWhenDue } from '../staff/anchor-audit.ts'
import { refreshCells } from '../supervision/refresh-cells.ts'
import { sweepReportReminders } from '../supervision/report-year.ts'
import { providerList } from './channels.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'
import { eraseDeps } from './personal-data.ts'
import { failingOf } from './relay.ts'

const MINUTE_MS = 60_000
/** A new day's counting of a whole country is spread over some rounds: other sweeps wait no longer than this. */
const COUNTING_MS = 15_000
const DAY_MS = 24 * 60 * MINUTE_MS

type Sweeps = Readonly<Record<string, () => Promise<unknown>>>

/** Looks for what the telephone provider has and we do not, every few minutes. */
const reconcileTelephone = (parts: Parts, features: Features): Sweeps => {
  const provider = providerList(parts, features)
  if (provider === undefined) return {}
  const deps = { sql: parts.db.sql, clock: parts.clock, receive: features.receive, provider }
  return {
    provider_list: async () => {
      try {
        const done = await reconcileWhenDue(deps)
        if (done && done.found > 0) parts.logger.warn({ event: 'reconcile.found', ...done })
      } catch (error) {
        // The simulator answers on our own server, which may not be listening yet.
        if (!features.telephone?.simulated) throw error
      }
    },
  }
}

/** What has to be looked after every minute without anybody asking. Safe to run in several processes at once. */
const minuteSweeps = (parts: Parts, features: Features): Sweeps => {
  const { db, clock, newId } = parts
  return {
    calendar: () => seedCalendar({ db, clock, newId, officeZone: parts.config.officeZone }),
    deadline_rules: features.refreshDeadlineRules,
    // Before what is late is looked for: a clock that stood still goes on first.
    unanswered: () => goOnWithoutAnswer({ db, clock, newId }),
    overdue: () => sweepOverdue({ db, clock, newId }),
    reminders: () =>
      sweepReminders({ db, clock, newId, rules: handlingRules(features.deadlineRules().policy) }),
    report_reminders: () => sweepReportReminders({ ...features.counting, db, newId }),
    pool: () =>
      returnToPool({
        db,
        clock,
        newId,
        officeZone: parts.config.officeZone,
        absentDays: handlingRules(features.deadlineRules().policy).absentDays,
        rules: features.deadlineRules(),
      }),
    silent: () =>
      closeSilent({ db, clock, newId }, handlingRules(features.deadlineRules().policy).silentClosureDays),
    uploads: () => sweepUploads(features.uploads),
    drafts: () => sweepDrafts(parts),
    dead_receipts: () => settleDeadReceipts(failingOf(parts, features)),
    texts: features.texts.sweep,
    ...features.hotline?.sweeps,
    indicators: () => refreshCells(features.counting, COUNTING_MS),
    audit: () => anchorWhenDue({ db, clock, newId }),
    counters: () => sweepHits({ sql: db.sql, clock }),
    upload_links: () => sweepUploadLinks(parts),
    ...reconcileTelephone(parts, features),
  }
}

/** What walks the whole store, and so runs once a day. */
const daySweeps = (parts: Parts): Sweeps => {
  const { db, store, clock, logger } = parts
  return {
    retention: async () =>
      logger.info({ event: 'retention.swept', complaints: await sweepRetention(eraseDeps(parts)) }),
    orphans: async () =>
      logger.info({ event: 'orphans.swept', ...(await sweepOrphans({ db, store, clock })) }),
  }
}

/** Sweeps at once and then every minute, one round at a time; what is heavy once a day. Gives the way to stop. */
export const startSweeps = (parts: Parts, features: Features): (() => Promise<void>) => {
  const round = async (sweeps: Sweeps): Promise<void> => {
    for (const [name, sweep] of Object.entries(sweeps))
      await sweep().catch((error: unknown) =>
        parts.logger.error({ event: 'sweep.failed', sweep: name, err: error }),
      )
  }
  const everyMinute = () => round(minuteSweeps(parts, features))
  let running = features.pipeline.sweep().then(everyMinute, everyMinute)
  const timers = [
    setInterval(() => {
      running = running.then(everyMinute)
    }, MINUTE_MS),
    setInterval(() => {
      running = running.then(() => round(daySweeps(parts)))
    }, DAY_MS),
  ]
  return async () => {
    for (const timer of timers) clearInterval(timer)
    await running
  }
}
