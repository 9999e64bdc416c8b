import { and, desc, eq, isNull, ne } from 'drizzle-orm'
import type { Act } from '../../core/act.ts'
import { AppError } from '../../core/errors.ts'
import {
  CONFORMANCE_RULES,
  type ConformanceResult,
  type ConformanceRule,
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
import { found, type Probe, type Probes, probeConnector, tryOnce } from './probe-connector.ts'
import { ownBody } from './set-up.ts'

export type ConformanceDeps = PracticeDeps & ForwardDeps

type Run = typeof conformanceRuns.$inferSelect
const openCases = (deps: ConformanceDeps, act: Act, administrationId: string) =>
  deps.db.orm.transaction(async (tx) => {
    const [target] = await tx
      .select()
      .from(administrations)
      .where(
        and(
          eq(administrations.state, 'active'),
          isNull(administrations.outsideGround),
          ne(administrations.id, administrationId),
        ),
      )
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
  const probes = probe ? await probeConnector(RULES_OF[choice], probe) : {}
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
  /** A mail of the test came back as undeliverable. */
  readonly bounced: boolean
  readonly transferred: string | null
}

/** What the body has done with the two cases so far. */
const readDeeds = async ({ db }: Pick<ConformanceDeps, 'db'>, run: Run): Promise<Deeds> => {
  const [row] = await db.sql<Deeds[]>`
    select a.accepted_at as "acceptedAt", a.state = 'answered' as answered,
           exists (select from complaint_events e where e.complaint_id = a.complaint_id and e.event = 'accepted_again') as "secondNumber",
           exists (select from complaint_events e where e.complaint_id = a.complaint_id and e.event = 'dossier_bounced') as bounced,
           (select e.facts ->> 'to' from referrals t join complaint_events e on e.complaint_id = t.complaint_id
             where t.id = ${run.transferReferral} and e.event = 'transferred' order by e.at limit 1) as transferred
    from referrals a where a.id = ${run.answerReferral}`
  return row ?? { acceptedAt: null, answered: false, secondNumber: false, bounced: false, transferred: null }
}

/** What the body proves by acting, however it was told. */
const DEEDS: readonly ConformanceRule[] = ['acknowledgement', 'answer', 'transfer']

/** The rules of a run as they stand; a frozen run stays as it was. */
export const judgeRun = async (
  deps: Pick<ConformanceDeps, 'db'>,
  run: Run,
): Promise<readonly ConformanceResult[]> => {
  if (run.results) return run.results
  const deeds = await readDeeds(deps, run)
  const deed = (done: boolean): ProbeResult | undefined => (done ? found(true, 'done') : undefined)
  // What fetches its dossiers gets each again after it has acted upon it.
  const hasActed = deeds.acceptedAt !== null || deeds.answered
  const repeat = run.probes.idempotency ?? (run.connector === 'pull' ? deed(hasActed) : undefined)
  const known: Probes = {
    ...run.probes,
    ...(repeat ? { idempotency: deeds.secondNumber ? found(false, 'accepted_twice') : repeat } : {}),
    ...(deeds.bounced ? { error: found(false, 'came_back') } : {}),
    ...(deeds.acceptedAt ? { acknowledgement: found(true, 'done') } : {}),
    ...(deeds.answered ? { answer: found(true, 'done') } : {}),
    ...(deeds.transferred === null
      ? {}
      : { transfer: found(deeds.transferred === run.transferTo, deeds.transferred) }),
  }
  return CONFORMANCE_RULES.map((rule) => {
    if (!RULES_OF[run.connector].includes(rule)) return { rule, state: 'not_applicable', detail: '' }
    const result = known[rule]
    if (result === undefined)
      return {
        rule,
        state: run.probes.slow?.ok === false && !DEEDS.includes(rule) ? 'not_tried' : 'waiting',
        detail: '',
      }
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
    failed: results.filter(({ state }) => state === 'failed').map(({ rule }) => rule),
    rules: results,
  })
  await deps.db.orm
    .update(conformanceRuns)
    .set({ finishedAt, results, passed, report })
    .where(eq(conformanceRuns.id, run.id))
  await audit(deps, actor, { action: 'body.conformance', subject: administrationId, facts: { passed } })
  return { passed }
}
