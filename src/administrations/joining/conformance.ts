import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Act } from '../../core/act.ts'
import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import {
  CONFORMANCE_RULES,
  type ConformanceResult,
  type ConformanceRule,
  type ConnectorChoice,
  type ProbeResult,
  RULES_OF,
} from '../../core/joining.ts'
import { nameIn } from '../../core/locale.ts'
import { administrations, affiliations, conformanceRuns, connectors } from '../../db/schema/index.ts'
import { signingKeyOf, signStatement } from '../../receipts/sign-receipt.ts'
import { composeMessage, type ForwardDeps } from '../../referrals/forward-referral.ts'
import { audit } from '../../staff/audit.ts'
import type { Actor } from '../../staff/rights.ts'
import { openPracticeCase, type PracticeDeps } from './practice.ts'
import { ownBody } from './set-up.ts'

export type ConformanceDeps = PracticeDeps & ForwardDeps

type Run = typeof conformanceRuns.$inferSelect
type Probes = Partial<Record<ConformanceRule, ProbeResult>>

/** An answer after this long is too late: while a body thinks, one of its few places is taken. */
const SLOW_MS = 10_000
/** A body refuses what was signed this long ago (Standard Webhooks asks for five minutes). */
const STALE_MS = 3600_000
const FORGED = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const found = (ok: boolean, detail: string): ProbeResult => ({ ok, detail })

interface Probe {
  readonly connector: Connector
  readonly message: (facts?: Partial<ConnectorMessage>) => Promise<ConnectorMessage>
  readonly now: () => Date
}

/** One delivery, timed. */
const tryOnce = async ({ connector, now }: Probe, message: ConnectorMessage) => {
  const start = now().getTime()
  const result = await connector.deliver(message, AbortSignal.timeout(SLOW_MS + 5_000))
  return { result, took: now().getTime() - start, code: result.ok ? 'taken' : result.error.code }
}

/** What was not signed by us, or long ago, is refused; what was signed is taken. */
const probeSignature = async (probe: Probe): Promise<ProbeResult> => {
  const forged = await tryOnce(probe, await probe.message({ event: 'test.ping', secrets: [FORGED] }))
  if (forged.result.ok) return found(false, 'forged_taken')
  const stale = new Date(probe.now().getTime() - STALE_MS)
  const old = await tryOnce(probe, await probe.message({ event: 'test.ping', at: stale }))
  if (old.result.ok && probe.connector.type === 'webhook') return found(false, 'stale_taken')
  const good = await tryOnce(probe, await probe.message({ event: 'test.ping' }))
  return found(good.result.ok, good.code)
}

/** An event of a kind it does not know must not break it. */
const probeError = async (probe: Probe): Promise<ProbeResult> => {
  const { result, code } = await tryOnce(probe, await probe.message({ event: 'test.unknown' as 'test.ping' }))
  return found(result.ok || !result.error.retryable, code)
}

/** The same message twice, as after a cut; both are taken in time, and a number given is given again. */
const probeRepeat = async (probe: Probe): Promise<{ idempotency: ProbeResult; slow: ProbeResult }> => {
  const message = await probe.message()
  const first = await tryOnce(probe, message)
  const second = await tryOnce(probe, message)
  const bothTaken = first.result.ok && second.result.ok
  const sameNumber =
    first.result.ok && second.result.ok && first.result.providerId === second.result.providerId
  const took = Math.max(first.took, second.took)
  return {
    idempotency: found(
      bothTaken && sameNumber,
      bothTaken ? (sameNumber ? 'taken' : 'two_numbers') : first.code,
    ),
    slow: found(bothTaken && took <= SLOW_MS, bothTaken ? `${took} ms` : first.code),
  }
}

const probeAll = async (choice: ConnectorChoice, probe: Probe | undefined): Promise<Probes> => {
  if (probe === undefined) return {}
  const rules = RULES_OF[choice]
  return {
    ...(rules.includes('signature') ? { signature: await probeSignature(probe) } : {}),
    ...(rules.includes('error') ? { error: await probeError(probe) } : {}),
    ...(await probeRepeat(probe)),
  }
}

const openCases = (deps: ConformanceDeps, act: Act, administrationId: string) =>
  deps.db.orm.transaction(async (tx) => {
    const [target] = await tx
      .select()
      .from(administrations)
      .where(and(eq(administrations.state, 'active'), isNull(administrations.outsideGround)))
      .orderBy(administrations.code)
      .limit(1)
    if (target === undefined) throw new AppError('conflict', { detail: 'no live body to transfer to' })
    const place = '—'
    const name = nameIn(target.names, 'fr')
    const open = (text: string) =>
      openPracticeCase(tx, deps, act, { administrationId, kind: 'complaint', language: 'fr', place, text })
    const answer = await open('Essai de conformité. Accusez réception de ce dossier, puis répondez-y.')
    const transfer = await open(
      `Essai de conformité. Ce dossier concerne ${name}. Transférez-le à ${target.code}.`,
    )
    return { answer: answer.referralId, transfer: transfer.referralId, to: target.code }
  })

/** Starts a test of the body's connector: the probes go out now, then the body acknowledges, answers and transfers. */
export const startConformance = async (deps: ConformanceDeps, actor: Actor): Promise<void> => {
  const administrationId = ownBody(actor)
  const [own] = await deps.db.orm
    .select({ choice: affiliations.connector })
    .from(affiliations)
    .where(eq(affiliations.administrationId, administrationId))
  const choice = own?.choice
  if (choice == null) throw new AppError('conflict')
  const [row] = await deps.db.orm
    .select()
    .from(connectors)
    .where(and(eq(connectors.administrationId, administrationId), isNull(connectors.disabledAt)))
  const act = { now: deps.clock.now(), newId: deps.newId, actor: actor.id }
  const cases = await openCases(deps, act, administrationId)
  const connector = row && deps.connectors[row.type]
  const probe: Probe | undefined = connector && {
    connector,
    now: deps.clock.now,
    message: async (facts = {}) => ({
      ...(await composeMessage(deps, row, {
        id: deps.newId(),
        referralId: cases.answer,
        event: 'complaint.referred',
      })),
      ...facts,
    }),
  }
  const probes = await probeAll(choice, probe)
  // The second dossier is to be handed on: it is told once, and how it arrives is not judged again.
  if (probe && row)
    await tryOnce(
      probe,
      await composeMessage(deps, row, {
        id: deps.newId(),
        referralId: cases.transfer,
        event: 'complaint.referred',
      }),
    )
  await deps.db.orm.insert(conformanceRuns).values({
    id: deps.newId(),
    administrationId,
    connector: choice,
    connectorId: row?.id ?? null,
    startedAt: act.now,
    startedBy: actor.id,
    probes,
    answerReferral: cases.answer,
    transferReferral: cases.transfer,
    transferTo: cases.to,
  })
  await audit(deps, actor, { action: 'body.conformance', subject: administrationId, facts: { choice } })
}

interface Deeds {
  readonly acceptedAt: Date | null
  readonly answered: boolean
  readonly secondNumber: boolean
  readonly transferred: string | null
}

/** What the body has done with the two cases so far. */
const readDeeds = async ({ db }: Pick<ConformanceDeps, 'db'>, run: Run): Promise<Deeds> => {
  const [row] = await db.sql<Deeds[]>`
    select a.accepted_at as "acceptedAt", a.state = 'answered' as answered,
           exists (select from complaint_events e where e.complaint_id = a.complaint_id and e.event = 'accepted_again') as "secondNumber",
           (select e.facts ->> 'to' from referrals t join complaint_events e on e.complaint_id = t.complaint_id
             where t.id = ${run.transferReferral} and e.event = 'transferred' order by e.at limit 1) as transferred
    from referrals a where a.id = ${run.answerReferral}`
  return row ?? { acceptedAt: null, answered: false, secondNumber: false, transferred: null }
}

/** The rules of a run as they stand; a frozen run stays as it was. */
export const judgeRun = async (
  deps: Pick<ConformanceDeps, 'db'>,
  run: Run,
): Promise<readonly ConformanceResult[]> => {
  if (run.results) return run.results
  const deeds = await readDeeds(deps, run)
  const deed = (done: boolean): ProbeResult | undefined => (done ? found(true, 'done') : undefined)
  const repeat =
    run.probes.idempotency ?? (run.connector === 'pull' ? deed(deeds.acceptedAt !== null) : undefined)
  const known: Probes = {
    ...run.probes,
    ...(repeat ? { idempotency: deeds.secondNumber ? found(false, 'accepted_twice') : repeat } : {}),
    ...(deeds.acceptedAt ? { acknowledgement: found(true, 'done') } : {}),
    ...(deeds.answered ? { answer: found(true, 'done') } : {}),
    ...(deeds.transferred === null
      ? {}
      : { transfer: found(deeds.transferred === run.transferTo, deeds.transferred) }),
  }
  return CONFORMANCE_RULES.map((rule) => {
    if (!RULES_OF[run.connector].includes(rule)) return { rule, state: 'not_applicable', detail: '' }
    const result = known[rule]
    if (result === undefined) return { rule, state: 'waiting', detail: '' }
    return { rule, state: result.ok ? 'passed' : 'failed', detail: result.detail }
  })
}

/** The newest test of a body, with its rules. */
export const latestRun = async (deps: Pick<ConformanceDeps, 'db'>, administrationId: string) => {
  const [run] = await deps.db.orm
    .select()
    .from(conformanceRuns)
    .where(eq(conformanceRuns.administrationId, administrationId))
    .orderBy(desc(conformanceRuns.startedAt))
    .limit(1)
  return run && { run, results: await judgeRun(deps, run) }
}

/**
 * Ends the newest test: what still waits has failed, and the report is signed by the key that signs receipts, naming each rule.
 * Throws `conflict` when there is nothing to end.
 */
export const finishConformance = async (
  deps: ConformanceDeps,
  actor: Actor,
): Promise<{ readonly passed: boolean }> => {
  const administrationId = ownBody(actor)
  const latest = await latestRun(deps, administrationId)
  if (latest === undefined || latest.run.finishedAt !== null) throw new AppError('conflict')
  const { run } = latest
  const results = latest.results.map((one) =>
    one.state === 'waiting' ? { ...one, state: 'failed' as const, detail: 'not_done' } : one,
  )
  const passed = results.every(({ state }) => state !== 'failed')
  const finishedAt = deps.clock.now()
  const [body] = await deps.db.orm
    .select({ code: administrations.code })
    .from(administrations)
    .where(eq(administrations.id, administrationId))
  const report = signStatement(signingKeyOf(deps.secrets), 'wasl-conformance+jws', {
    v: 1,
    issuer: deps.publicUrl,
    administration: body?.code ?? '',
    connector: run.connector,
    startedAt: run.startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    passed,
    rules: results,
  })
  await deps.db.orm
    .update(conformanceRuns)
    .set({ finishedAt, results, passed, report })
    .where(eq(conformanceRuns.id, run.id))
  await audit(deps, actor, { action: 'body.conformance', subject: administrationId, facts: { passed } })
  return { passed }
}
