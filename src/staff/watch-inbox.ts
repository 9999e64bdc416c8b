import { setInterval, setTimeout } from 'node:timers/promises'
import type { Sql } from '../db/client.ts'
import type { Scope } from './rights.ts'

/** Tells those who watch a list that something happened in it, and never what. */
export interface InboxWatch {
  /** Calls `tell` at most once a second, after acts on complaints that the scope shows. Gives what ends it. */
  watch(scope: Scope, tell: () => void): () => void
  close(): void
}

interface Watcher {
  readonly scope: Scope
  readonly tell: () => void
}

interface SeenAct {
  readonly id: string
  readonly body: string | null
  readonly practice: boolean
  /** The body a transfer took the complaint from: it has left that list. */
  readonly left: string | null
}

const LOOK_MS = 1_000
/** An act is named before its commit: one that took this long is seen all the same. */
const LATE_MS = 10_000
const ACTS_AT_MOST = 2_000

/** The least UUIDv7 of the instant so long before that of `id`. */
const before = (id: string, ms: number): string => {
  const time = (Number.parseInt(id.replace('-', '').slice(0, 12), 16) - ms).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}

const isIn = ({ bodies, practice }: Scope, act: SeenAct): boolean =>
  act.practice === practice &&
  (bodies === 'everything' || [act.body, act.left].some((body) => body !== null && bodies.includes(body)))

/** The acts since about `newest`, the latest first; without it only the last one there is. */
const readActs = (sql: Sql, newest: string | undefined): Promise<SeenAct[]> =>
  sql<SeenAct[]>`
    select e.id, c.administration_id as body, c.origin = 'practice' as practice, a.id as left
    from complaint_events e join complaints c on c.id = e.complaint_id
    left join administrations a on e.event = 'transferred' and a.code = e.facts ->> 'from'
    ${newest === undefined ? sql`` : sql`where e.id >= ${before(newest, LATE_MS)}`}
    order by e.id desc limit ${newest === undefined ? 1 : ACTS_AT_MOST}`

/**
 * One question a second for all who watch, along the ids of the acts, and none when nobody does. A NOTIFY at each act would
 * have every filing wait for the others at its commit.
 */
export const createInboxWatch = (sql: Sql): InboxWatch => {
  const watchers = new Set<Watcher>()
  let stop: AbortController | undefined

  const follow = async (signal: AbortSignal): Promise<void> => {
    let last = await readActs(sql, undefined)
    for await (const _ of setInterval(LOOK_MS, undefined, { signal, ref: false })) {
      const acts = await readActs(sql, last[0]?.id)
      const known = new Set(last.map(({ id }) => id))
      const fresh = acts.filter(({ id }) => !known.has(id))
      for (const { scope, tell } of watchers) if (fresh.some((act) => isIn(scope, act))) tell()
      last = acts
    }
  }
  /** Without the database there is nothing to tell, and it is begun anew. */
  const keepFollowing = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await follow(signal).catch(() => {})
      await setTimeout(LOOK_MS, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  return {
    watch: (scope, tell) => {
      const watcher = { scope, tell }
      watchers.add(watcher)
      if (stop === undefined) {
        stop = new AbortController()
        void keepFollowing(stop.signal)
      }
      return () => {
        watchers.delete(watcher)
        if (watchers.size > 0) return
        stop?.abort()
        stop = undefined
      }
    },
    close: () => {
      watchers.clear()
      stop?.abort()
      stop = undefined
    },
  }
}
