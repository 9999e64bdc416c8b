import type { FastifyInstance } from 'fastify'
import type { ObjectStore } from '../core/object-store.ts'
import type { Sql } from '../db/client.ts'
import type { Metrics } from '../platform/metrics.ts'

export interface HealthDeps {
  readonly sql: Sql
  readonly store: ObjectStore
  readonly metrics: Metrics
  /** Ids of the mailboxes that are to be read. */
  readonly mailboxes: readonly string[]
}

/** A part that has not answered by then counts as away, in milliseconds. */
const PATIENCE_MS = 2_000
/** Due work older than this means that no relay is keeping up, in seconds. */
const OLDEST_DUE_SECONDS = 600
/** A mailbox is read to its end twice a minute; whoever has not been for so long is not being read, in seconds. */
const UNSEEN_SECONDS = 180

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

interface MailboxRow {
  name: string
  failure: string | null
  /** Seconds; null when it never was. */
  unseen: number | null
}

const mailboxState = ({ sql, mailboxes }: HealthDeps) => sql<MailboxRow[]>`
  select coalesce(m.name, id) as name, m.failure, extract(epoch from now() - m.seen_at)::float8 as unseen
  from unnest(${mailboxes as string[]}::text[]) with ordinality as wanted (id, nth) left join mailboxes m using (id)
  order by nth`

const readMailboxes = (metrics: Metrics, mailboxes: readonly MailboxRow[]): void => {
  for (const gauge of [metrics.mailboxFailing, metrics.mailboxUnseen]) gauge.reset()
  for (const [nth, { name, failure, unseen }] of mailboxes.entries()) {
    // Two mailboxes of one server have the same name: no account is told here.
    const mailbox = `${nth + 1} ${name}`
    metrics.mailboxFailing.set({ mailbox }, failure === null ? 0 : 1)
    metrics.mailboxUnseen.set({ mailbox }, unseen ?? Number.POSITIVE_INFINITY)
  }
}

const readGauges = async (deps: HealthDeps): Promise<void> => {
  const { sql, metrics } = deps
  const [outbox, mailboxes, counts] = await Promise.all([
    outboxState(sql),
    mailboxState(deps),
    sql<{ due: number; oldest: number; quarantined: number; unsettled: number; uploads: number }[]>`
      select (select count(*) from receipts where state = 'due')::int as due,
             (select coalesce(extract(epoch from now() - min(issued_at)), 0) from receipts where state = 'due')::float8 as oldest,
             (select count(*) from quarantine where resolved_at is null)::int as quarantined,
             (select count(*) from ledger_entries where outcome is null)::int as unsettled,
             (select count(*) from uploads where finished_at is null)::int as uploads`,
  ])
  readMailboxes(metrics, mailboxes)
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

/** Reading mail has its own verdict: what fails, in one word, for each mailbox that is not read. */
const judgeMailboxes = async (deps: HealthDeps): Promise<Verdict> => {
  const bad = (await mailboxState(deps)).flatMap(({ name, failure, unseen }, nth) =>
    failure === null && unseen !== null && unseen < UNSEEN_SECONDS
      ? []
      : [`${nth + 1} ${name}: ${failure ?? 'not read'}`],
  )
  return bad.length === 0 ? { ok: true } : { ok: false, reason: bad.join(', ') }
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
 * `/healthz`: this process answers, whatever the database does. `/readyz`: database, store, queue age and mailboxes, each with its
 * verdict; 503 when one fails. `/metrics`: Prometheus text; what the database would say is left out while it is away.
 */
export const healthRoutes = (app: FastifyInstance, deps: HealthDeps): void => {
  observeRequests(app, deps.metrics)
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const [database, store, queue, mailboxes] = await Promise.all([
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
      within(() => judgeMailboxes(deps)),
    ])
    // A queue that is behind or a mailbox that is away is told but does not take the door away from citizens.
    const ready = database.ok && store.ok
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not_ready', checks: { database, store, queue, mailboxes } })
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
