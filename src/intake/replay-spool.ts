import { createHash } from 'node:crypto'
import type { Clock, NewId } from '../core/clock.ts'
import type { Database } from '../db/client.ts'
import { ledgerEntries, quarantine } from '../db/schema/index.ts'
import type { Logger } from '../platform/logger.ts'
import type { ReceiveEvent } from './receive-events.ts'
import { recordSpooled } from './receive-or-spool.ts'
import type { Spool, SpooledDamage } from './spool.ts'

export interface ReplayDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly spool: Spool
  readonly receive: ReceiveEvent
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
}

/** How often the spool is looked at, in milliseconds. */
const LOOK_MS = 1_000

/** Puts a spool file that could not be taken before people, whole; the file stays on disk as `.corrupt`. */
const quarantineFile = async (
  { db, clock, newId }: ReplayDeps,
  { name, bytes, reason }: SpooledDamage,
): Promise<void> => {
  const now = clock.now()
  const entry = { channel: 'spool', externalId: name, receivedAt: now, reason: `spool_${reason}` }
  await db.orm.transaction(async (tx) => {
    await tx
      .insert(ledgerEntries)
      .values({ ...entry, id: newId(), outcome: 'quarantined', settledAt: now })
      .onConflictDoNothing()
    await tx
      .insert(quarantine)
      .values({
        ...entry,
        id: newId(),
        rawType: 'application/octet-stream',
        rawSha256: createHash('sha256').update(bytes).digest('hex'),
        rawBytes: bytes.length,
        rawBody: bytes,
      })
      .onConflictDoNothing()
  })
}

/** Brings in what waits on disk, in order. Gives how many files were dealt with. */
export const replaySpool = async (deps: ReplayDeps): Promise<number> => {
  const done = await deps.spool.replay({
    record: recordSpooled(deps.receive),
    setAside: async (damage) => {
      deps.logger.error({ event: 'spool.set_aside', file: damage.name, reason: damage.reason })
      return quarantineFile(deps, damage).then(
        () => 'done',
        () => 'later',
      )
    },
  })
  if (done > 0) deps.logger.info({ event: 'spool.replayed', count: done })
  return done
}

/** Looks after the spool until it is stopped. */
export const startSpoolReplay = (deps: ReplayDeps): (() => Promise<void>) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const turn = () => {
    running = replaySpool(deps).then(
      () => {},
      (error: unknown) => deps.logger.warn({ event: 'spool.replay_failed', err: error }),
    )
    void running.then(() => {
      if (!stopped) timer = setTimeout(turn, LOOK_MS)
    })
  }
  turn()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
