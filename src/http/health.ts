import type { FastifyInstance } from 'fastify'
import type { ObjectStore } from '../core/object-store.ts'
import type { Sql } from '../db/client.ts'
import type { Metrics } from '../platform/metrics.ts'

export interface HealthDeps {
  readonly sql: Sql
  readonly store: ObjectStore
  readonly metrics: Metrics
}

/** A part that has not answered by then counts as away, in milliseconds. */
const PATIENCE_MS = 2_000
/** Due work older than this means that no relay is keeping up, in seconds. */
const OLDEST_DUE_SECONDS = 600

type Verdict =
  | { readonly ok: true; readonly seconds?: number }
  | { readonly ok: false; readonly reason: string }

const within = async (check: (signal: AbortSignal) => Promise<Verdict>): Promise<Verdict> => {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const late = new Promise<Verdict>((resolve) =>
    signal.addEventListener('abort', () => resolve({ ok: false, reason: 'no answer' }), { once: true }),
  )
  const failed = (error: unknown): Verdict => ({
    ok: false,
    reason: error instanceof Error ? ((error as { code?: string }).code ?? error.name) : 'failed',
  })
  return Promise.race([check(signal).catch(failed), late])
}

interface OutboxRow {
  topic: string
  waiting: number
  dead: number
  oldest: number
}

/** Open work by topic; `oldest` is the age of the oldest due message in seconds. */
const outboxState = (sql: Sql) => sql<OutboxRow[]>`
  select topic, count(*) filter (where dead_at is null)::int as waiting, count(*) filter (where dead_at is not null)::int as dead,
         coalesce(extract(epoch from now() - min(due_at) filter (where dead_at is null and due_at <= now())), 0)::float8 as oldest
  from outbox_messages where settled_at is null group by topic`

const readGauges = async ({ sql, metrics }: HealthDeps): Promise<void> => {
  const [outbox, counts] = await Promise.all([
    outboxState(sql),
    sql<{ due: number; oldest: number; quarantined: number; unsettled: number; uploads: number }[]>`
      select (select count(*) from receipts where state = 'due')::int as due,
             (select coalesce(extract(epoch from now() - min(issued_at)), 0) from receipts where state = 'due')::float8 as oldest,
             (select count(*) from quarantine where resolved_at is null)::int as quarantined,
             (select count(*) from ledger_entries where outcome is null)::int as unsettled,
             (select count(*) from uploads where finished_at is null)::int as uploads`,
  ])
  for (const gauge of [metrics.waiting, metrics.dead, metrics.oldestWaiting]) gauge.reset()
  for (const { topic, waiting, dead, oldest } of outbox) {
    metrics.waiting.set({ topic }, waiting)
    metrics.dead.set({ topic }, dead)
    metrics.oldestWaiting.set({ topic }, oldest)
  }
  const [count] = counts
  if (count === undefined) return
  metrics.receiptsDue.set(count.due)
  metrics.oldestReceipt.set(count.oldest)
  metrics.quarantined.set(count.quarantined)
  metrics.unsettled.set(count.unsettled)
  metrics.uploadsOpen.set(count.uploads)
}

const observeRequests = (app: FastifyInstance, metrics: Metrics): void => {
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
    }
    metrics.httpSeconds.observe(labels, reply.elapsedTime / 1000)
  })
}

/**
 * `/healthz`: this process answers, whatever the database does. `/readyz`: database, store and queue age, each with its
 * verdict; 503 when one fails. `/metrics`: Prometheus text; what the database would say is left out while it is away.
 */
export const healthRoutes = (app: FastifyInstance, deps: HealthDeps): void => {
  observeRequests(app, deps.metrics)
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const [database, store, queue] = await Promise.all([
      within(async () => {
        await deps.sql`select 1`
        return { ok: true }
      }),
      within(async (signal) => {
        await deps.store.check(signal)
        return { ok: true }
      }),
      within(async () => {
        const oldest = Math.max(0, ...(await outboxState(deps.sql)).map((row) => row.oldest))
        return oldest < OLDEST_DUE_SECONDS
          ? { ok: true, seconds: Math.round(oldest) }
          : { ok: false, reason: `oldest due work waits ${Math.round(oldest)} s` }
      }),
    ])
    // A queue that is behind is told but does not take the door away from citizens.
    const ready = database.ok && store.ok
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not_ready', checks: { database, store, queue } })
  })

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const gauges = await within(async () => {
      await readGauges(deps)
      return { ok: true }
    })
    if (!gauges.ok) request.log.warn({ event: 'metrics.partial', reason: gauges.reason })
    return reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics())
  })
}
