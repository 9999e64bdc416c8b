import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import type { Locale } from '../../core/locale.ts'
import { errorSummary, type Problem, select, textInput } from '../../html/form.ts'
import { longDay, ltr, text } from '../../html/text.ts'
import { appErrorOf } from '../../http/problem.ts'
import {
  addPolicy,
  foreseePolicy,
  listPolicies,
  POLICY_RULES,
  type PolicyEffect,
  type PolicyRule,
  type PolicyVersion,
  type PolicyWords,
  policyRules,
} from '../../staff/keep-policy.ts'
import { type Fields, fieldsOf, said, UNPROCESSABLE } from '../fields.ts'
import { deskPage, type Viewer } from '../layout.ts'
import type { ConsoleDeps } from '../routes.ts'
import { sessionOf, viewerOf } from '../session.ts'
import { type Cell, dataTable } from '../table.ts'

const PATH = '/console/policy'

/** The rules that are chosen from words; the others are numbers. */
const CHOICES = {
  dayKind: ['calendar', 'working'],
  rollOver: ['false', 'true'],
  countFilingDay: ['false', 'true'],
  reviewSilence: ['escalate', 'admissible'],
  informationClock: ['runs', 'stops'],
} as const satisfies Partial<Record<PolicyRule, readonly string[]>>
type ChosenRule = keyof typeof CHOICES

const isChosen = (rule: PolicyRule): rule is ChosenRule => Object.hasOwn(CHOICES, rule)

/** What a rule says, in words. */
const saidBy = (locale: Locale, rule: PolicyRule, value: unknown): string => {
  if (!isChosen(rule)) return Array.isArray(value) ? ltr(value.join(', ')) : String(value)
  const choice = CHOICES[rule].find((one) => one === String(value)) ?? CHOICES[rule][0]
  return text(locale, `policy.${rule}.${choice}` as 'policy.dayKind.calendar')
}

interface View {
  readonly viewer: Viewer
  readonly versions: readonly PolicyVersion[]
  readonly typed: Fields
  readonly problems: readonly Problem[]
  readonly effect?: PolicyEffect & { readonly rules: PolicyWords; readonly newest: PolicyWords }
}

const changesOf = (
  locale: Locale,
  rules: readonly PolicyRule[],
  before: PolicyWords,
  after: PolicyWords,
): string => {
  const rows = rules.map((rule): Cell[] => [
    text(locale, `policy.rule.${rule}`),
    saidBy(locale, rule, before[rule]),
    saidBy(locale, rule, after[rule]),
  ])
  return dataTable(
    locale,
    [text(locale, 'policy.rule'), text(locale, 'policy.before'), text(locale, 'policy.after')],
    rows,
  )
}

const versionItem = (locale: Locale, at: number, versions: readonly PolicyVersion[]): string => {
  const [one, older] = [versions[at], versions[at + 1]]
  if (one === undefined) return ''
  const { version, from, state, rules, changed } = one
  const all = dataTable(
    locale,
    [text(locale, 'policy.rule'), text(locale, 'policy.says')],
    POLICY_RULES.map((rule) => [text(locale, `policy.rule.${rule}`), saidBy(locale, rule, rules[rule])]),
  )
  const change = older === undefined ? '' : changesOf(locale, changed, older.rules, rules)
  return html`<li><h3>${text(locale, 'policy.version', { version })} · ${text(locale, `policy.state.${state}`)}</h3><p>${text(locale, 'policy.from', { day: longDay(locale, from) })}</p>!${change}<details!${state === 'now' ? ' open' : ''}><summary>${text(locale, 'policy.all')}</summary>!${all}</details></li>`
}

const ruleField = ({ viewer: { locale }, typed, problems }: View, rule: PolicyRule): string => {
  const common = {
    locale,
    name: rule,
    label: text(locale, `policy.rule.${rule}`),
    problems,
    value: typed[rule],
  }
  if (isChosen(rule))
    return select({
      ...common,
      choices: CHOICES[rule].map((choice) => [choice, saidBy(locale, rule, choice)] as const),
    })
  return textInput({ ...common, attributes: { dir: 'ltr', maxlength: 30, inputmode: 'numeric' } })
}

/** What the rules that were typed would do, before they are added. */
const effectPart = ({ viewer: { locale }, effect }: View): string => {
  if (effect === undefined) return ''
  const { changed, before, after, rules, newest } = effect
  const dates = (when: PolicyEffect['before']) => ({
    review: longDay(locale, when.reviewBy),
    answer: longDay(locale, when.answerBy),
  })
  return html`<div class="notice" role="status"><h3>${text(locale, 'policy.effect')}</h3>!${changesOf(locale, changed, newest, rules)}<p>${text(locale, 'policy.effect.before', dates(before))}</p><p>${text(locale, 'policy.effect.after', dates(after))}</p><p>${text(locale, 'policy.effect.open')}</p></div>`
}

const page = (view: View): string => {
  const { viewer, versions, typed, problems } = view
  const { locale } = viewer
  const from = textInput({
    locale,
    name: 'from',
    label: text(locale, 'policy.start'),
    hint: text(locale, 'policy.start.hint'),
    problems,
    value: typed['from'],
    attributes: { type: 'date', dir: 'ltr' },
  })
  const body = html`!${errorSummary(locale, problems)}<p class="lead">${text(locale, 'policy.lead')}</p>
<section id="versions"><h2>${text(locale, 'policy.versions')}</h2><ol class="versions">!${versions.map((_, at) => versionItem(locale, at, versions))}</ol></section>
<section id="add"><h2>${text(locale, 'policy.add')}</h2>!${effectPart(view)}<form class="stack" method="post" action="${PATH}#add">!${from}!${POLICY_RULES.map((rule) => ruleField(view, rule))}<div class="buttons"><button class="button second" name="step" value="foresee">${text(locale, 'policy.foresee')}</button> <button class="button" name="step" value="add">${text(locale, 'policy.add.send')}</button></div></form></section>`
  return deskPage(viewer, { title: text(locale, 'policy.title'), path: PATH, body })
}

const asTyped = (rules: PolicyWords): Fields =>
  Object.fromEntries(
    Object.entries(rules).map(([rule, value]) => [rule, String(value).replaceAll(',', ', ')]),
  )

const numbers = (typed: string): number[] =>
  typed.split(/[,،\s]+/).flatMap((one) => (one === '' ? [] : [Number(one)]))

/** What was typed, as rules. */
const readRules = (fields: Fields) => {
  const value = (rule: PolicyRule): unknown => {
    const typed = said(fields, rule)
    if (isChosen(rule)) return typed === 'true' || typed === 'false' ? typed === 'true' : typed
    if (rule === 'reminderDays' || rule === 'escalationDays') return numbers(typed)
    return typed === '' ? undefined : Number(typed)
  }
  return policyRules.safeParse(Object.fromEntries(POLICY_RULES.map((rule) => [rule, value(rule)])))
}

const show = async (
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { typed?: Fields; problems?: readonly Problem[]; rules?: PolicyWords } = {},
) => {
  const { actor } = sessionOf(request)
  const versions = await listPolicies(deps, actor)
  const [newest] = versions
  const { problems = [], rules } = shown
  const typed = shown.typed ?? (newest ? asTyped(newest.rules) : {})
  const effect =
    rules && newest
      ? { ...(await foreseePolicy(deps, actor, rules)), rules, newest: newest.rules }
      : undefined
  return reply
    .code(problems.length > 0 ? UNPROCESSABLE : 200)
    .send(page({ viewer: viewerOf(request), versions, typed, problems, ...(effect ? { effect } : {}) }))
}

/** `/console/policy`: the versions of the policy of the legal dates, and a new one. */
export const policyRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/policy', (request, reply) => show(deps, request, reply))
  app.post('/policy', async (request, reply) => {
    const { locale } = viewerOf(request)
    const typed = fieldsOf(request)
    const read = readRules(typed)
    const from = z.iso.date().safeParse(said(typed, 'from'))
    const wrong = (
      field: string,
      key: 'policy.problem.number' | 'join.problem.day' | 'policy.problem.from' | 'policy.problem.rules',
    ) => ({ field, message: text(locale, key) })
    const problems = [
      ...(read.success
        ? []
        : read.error.issues.map(({ path }) => wrong(String(path[0]), 'policy.problem.number'))),
      ...(from.success || typed['step'] === 'foresee' ? [] : [wrong('from', 'join.problem.day')]),
    ]
    if (!read.success || problems.length > 0) return show(deps, request, reply, { typed, problems })
    const rules = read.data
    if (typed['step'] === 'foresee' || !from.success) return show(deps, request, reply, { typed, rules })
    try {
      await addPolicy(deps, sessionOf(request).actor, { from: from.data, rules })
    } catch (error) {
      const [refused] = appErrorOf(error).fields
      if (refused?.field !== 'from' && refused?.field !== 'rules') throw error
      const problem =
        refused.field === 'from'
          ? wrong('from', 'policy.problem.from')
          : wrong('reviewDays', 'policy.problem.rules')
      return show(deps, request, reply, { typed, problems: [problem] })
    }
    return reply.redirect(PATH, 303)
  })
}
