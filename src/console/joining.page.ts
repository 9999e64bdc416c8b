import { html } from 'ghtml'
import type { Affiliation } from '../administrations/joining/affiliation.ts'
import { blockersOf, type Ticks } from '../administrations/joining/checklist.ts'
import type { Imported } from '../administrations/joining/import-members.ts'
import type { Score } from '../administrations/joining/score.ts'
import type { ChosenConnector, readSetUp } from '../administrations/joining/set-up.ts'
import { CHECKLIST, CONNECTOR_CHOICES, type ConformanceResult, type Tick } from '../core/joining.ts'
import { LOCALES, type Locale, nameIn } from '../core/locale.ts'
import { errorSummary, type Problem, radios, submit, textArea, textInput } from '../html/form.ts'
import { ltr, text } from '../html/text.ts'
import { deskPage, type Viewer } from './layout.ts'
import { actionButton, dataTable } from './table.ts'

const PATH = '/console/joining'

/** What the page of one's own body is made from. */
export interface JoiningView {
  readonly viewer: Viewer
  readonly affiliation: Affiliation
  readonly ticks: Ticks
  readonly setUp: Awaited<ReturnType<typeof readSetUp>>
  readonly practice: { readonly done: number; readonly waiting: number }
  readonly test:
    | {
        readonly results: readonly ConformanceResult[]
        readonly finished: boolean
        readonly passed: boolean | null
      }
    | undefined
  readonly problems: readonly Problem[]
  readonly typed: Readonly<Record<string, string>>
  readonly chosen?: ChosenConnector
  readonly people?: {
    readonly lines: readonly Imported[]
    readonly dry: boolean
    readonly linkOf: (token: string) => string
  }
}

/** Where on the page each tick is earned. */
const PLACE_OF: Readonly<Record<Tick, string>> = {
  approved: 'checklist',
  names: 'checklist',
  units: 'units',
  manager: 'people',
  deputy: 'people',
  agents: 'practice',
  services: 'services',
  calendar: 'calendar',
  templates: 'templates',
  connector: 'connector',
  practice: 'practice',
  conformance: 'conformance',
}

const checklist = ({ viewer: { locale }, affiliation, ticks }: JoiningView): string => {
  const missing = blockersOf(ticks)
  const done = CHECKLIST.length - missing.length
  const said = affiliation.liveAt
    ? text(locale, 'join.is_live')
    : missing.length === 0
      ? text(locale, 'join.ready')
      : text(locale, 'join.progress', { done })
  const one = (tick: Tick) =>
    html`<li class="!${ticks[tick] ? 'done' : 'open'}"><span aria-hidden="true">${ticks[tick] ? '✓' : '○'}</span> <a href="#${PLACE_OF[tick]}">${text(locale, `join.tick.${tick}`)}</a> <small>${text(locale, ticks[tick] ? 'join.tick.done' : 'join.tick.open')}</small></li>`
  return html`<section id="checklist"><p class="lead" role="status">${said}</p><ol class="ticks">!${CHECKLIST.map(one)}</ol></section>`
}

const part = (locale: Locale, id: string, title: Parameters<typeof text>[1], body: string): string =>
  html`<section id="${id}"><h2>${text(locale, title)}</h2>!${body}</section>`

const form = (name: string, body: string, button: string): string =>
  html`<form class="stack" method="post" action="${PATH}/${name}">!${body}<button class="button small">${button}</button></form>`

type Field = readonly [name: string, label: Parameters<typeof text>[1], attributes?: Record<string, string>]

const inputs = ({ viewer: { locale }, problems, typed }: JoiningView, fields: readonly Field[]): string =>
  fields
    .map(([name, label, attributes = {}]) =>
      textInput({
        locale,
        name,
        label: text(locale, label),
        problems,
        value: typed[name],
        attributes: { dir: 'auto', maxlength: '300', ...attributes },
      }),
    )
    .join('')

const listed = (items: readonly string[]): string =>
  items.length === 0 ? '' : html`<ul>!${items.map((item) => html`<li>!${item}</li>`)}</ul>`

const units = (view: JoiningView): string => {
  const { locale } = view.viewer
  const known = view.setUp.units.map(({ code, names }) => html`${nameIn(names, locale)} !${ltr(code)}`)
  const add = form(
    'units',
    inputs(view, [
      ['unit-code', 'join.code', { dir: 'ltr', maxlength: '40' }],
      ['unit-ar', 'join.name.ar', { lang: 'ar' }],
      ['unit-fr', 'join.name.fr', { lang: 'fr' }],
    ]),
    text(locale, 'join.units.add'),
  )
  const none =
    known.length > 0 ? '' : actionButton(`${PATH}/no-units`, text(locale, 'join.units.none'), 'second')
  return part(locale, 'units', 'join.units', listed(known) + add + none)
}

const importedLines = ({ viewer: { locale }, people }: JoiningView): string => {
  if (people === undefined) return ''
  const { lines, dry, linkOf } = people
  const wrong = lines.some(({ problem }) => problem)
  const rows = lines.map(({ line, email, role, problem, token }) => [
    line,
    { html: html`<bdi dir="ltr">${email}</bdi>` },
    { html: html`<bdi dir="ltr">${role}</bdi>` },
    token
      ? { html: html`<code dir="ltr">${linkOf(token)}</code>` }
      : text(locale, problem ? `join.people.${problem}` : 'join.people.good'),
  ])
  const heads = [
    text(locale, 'join.people.line'),
    text(locale, 'desk.email'),
    text(locale, 'desk.members.role'),
    text(locale, 'join.people.result'),
  ]
  const said =
    wrong && !dry ? html`<p class="error" role="alert">${text(locale, 'join.people.mend')}</p>` : ''
  return html`<div role="status">!${said}!${dataTable(locale, heads, rows)}</div>`
}

const people = (view: JoiningView): string => {
  const { locale } = view.viewer
  const { typed, problems } = view
  const file = textArea({
    locale,
    name: 'people',
    label: text(locale, 'join.people.file'),
    hint: text(locale, 'join.people.lead'),
    problems,
    value: typed['people'],
    attributes: { rows: 6, dir: 'ltr', spellcheck: 'false', maxlength: 60_000 },
  })
  const body = html`!${importedLines(view)}<form class="stack" method="post" action="${PATH}/people#people">!${file}<div class="buttons"><button class="button small" name="step" value="check">${text(locale, 'join.people.check')}</button><button class="button small second" name="step" value="invite">${text(locale, 'join.people.invite')}</button></div></form><p><a href="/console/members">${text(locale, 'desk.members')}</a></p>`
  return part(locale, 'people', 'join.people', body)
}

const services = (view: JoiningView): string => {
  const { locale } = view.viewer
  const known = view.setUp.services.map(
    ({ code, names }) => html`${nameIn(names, locale) || code} !${ltr(code)}`,
  )
  const add = form(
    'services',
    inputs(view, [
      ['service-code', 'join.code', { dir: 'ltr', maxlength: '40' }],
      ['service-ar', 'join.name.ar', { lang: 'ar' }],
      ['service-fr', 'join.name.fr', { lang: 'fr' }],
      ['service-keywords', 'join.services.keywords'],
    ]),
    text(locale, 'join.services.add'),
  )
  return part(locale, 'services', 'join.services', listed(known) + add)
}

const calendar = (view: JoiningView): string => {
  const { locale } = view.viewer
  const days = [
    ...view.setUp.holidays.map(({ day, names }) => html`!${ltr(day)} ${nameIn(names, locale)}`),
    ...view.setUp.closed.map(({ day, name }) => html`!${ltr(day)} ${name}`),
  ]
  const confirm = actionButton(`${PATH}/calendar`, text(locale, 'join.calendar.confirm'))
  const add = form(
    'closing-days',
    inputs(view, [
      ['closed-on', 'join.calendar.day', { type: 'date', dir: 'ltr' }],
      ['closed-for', 'join.calendar.name'],
    ]),
    text(locale, 'join.calendar.add'),
  )
  const body = html`<p>${text(locale, 'join.calendar.lead')}</p>!${listed(days)}!${confirm}!${add}`
  return part(locale, 'calendar', 'join.calendar', body)
}

const ACTS = ['answer', 'question', 'refusal', 'interim'] as const

const templates = (view: JoiningView): string => {
  const { locale } = view.viewer
  const { problems, typed } = view
  const known = view.setUp.templates.map(
    ({ name, act, language }) =>
      html`<bdi>${name}</bdi> · ${text(locale, `join.templates.act.${act}`)} · ${text(locale, `language.${language}`)}`,
  )
  const select = (name: string, label: string, options: readonly (readonly [string, string])[]) =>
    html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">!${options.map(([value, words]) => html`<option value="${value}"!${typed[name] === value ? ' selected' : ''}>${words}</option>`)}</select></div>`
  const fields = [
    select(
      'template-act',
      text(locale, 'join.templates.act'),
      ACTS.map((act) => [act, text(locale, `join.templates.act.${act}`)] as const),
    ),
    select(
      'template-language',
      text(locale, 'desk.language'),
      LOCALES.map((one) => [one, text(locale, `language.${one}`)] as const),
    ),
    inputs(view, [['template-name', 'join.templates.name']]),
    textArea({
      locale,
      name: 'template-text',
      label: text(locale, 'join.templates.text'),
      problems,
      value: typed['template-text'],
      attributes: { rows: 4, dir: 'auto', maxlength: 4000 },
    }),
  ].join('')
  return part(
    locale,
    'templates',
    'join.templates',
    listed(known) + form('templates', fields, text(locale, 'join.templates.add')),
  )
}

const connector = (view: JoiningView): string => {
  const { viewer, affiliation, chosen, problems, typed } = view
  const { locale } = viewer
  const shown = (key: 'join.connector.secret' | 'join.connector.token', value: string | undefined) =>
    value === undefined ? '' : html`<p>${text(locale, key)} <code dir="ltr">${value}</code></p>`
  const once = chosen
    ? html`<div class="notice" role="status">!${shown('join.connector.secret', chosen.secret)}!${shown('join.connector.token', chosen.token)}</div>`
    : ''
  const now = affiliation.connector
    ? html`<p>${text(locale, 'join.connector.now', { choice: text(locale, `join.connector.${affiliation.connector}`) })}</p>`
    : ''
  const choice = radios({
    locale,
    name: 'choice',
    label: text(locale, 'join.connector'),
    problems,
    chosen: typed['choice'] ?? affiliation.connector ?? undefined,
    choices: CONNECTOR_CHOICES.map((value) => ({ value, label: text(locale, `join.connector.${value}`) })),
  })
  const more = inputs(view, [
    ['address', 'join.connector.address', { dir: 'ltr', maxlength: '2000' }],
    ['key', 'join.connector.key', { dir: 'ltr' }],
  ])
  return part(
    locale,
    'connector',
    'join.connector',
    once + now + form('connector', choice + more, text(locale, 'join.connector.choose')),
  )
}

const practice = ({ viewer: { locale }, practice: count }: JoiningView): string => {
  const start = count.waiting > 0 ? '' : actionButton(`${PATH}/exercise`, text(locale, 'join.practice.start'))
  const body = html`<p>${text(locale, 'join.practice.lead')}</p><p>${text(locale, 'join.practice.count', count)}</p>!${start}`
  return part(locale, 'practice', 'join.practice', body)
}

const conformance = ({ viewer: { locale }, affiliation, test }: JoiningView): string => {
  const heads = [text(locale, 'join.rule'), text(locale, 'join.people.result'), '']
  const rows = (test?.results ?? []).map(({ rule, state, detail }) => [
    text(locale, `join.rule.${rule}`),
    {
      html: html`<strong class="!${state === 'failed' ? 'late' : ''}">${text(locale, `join.result.${state}`)}</strong>`,
    },
    { html: html`<code dir="ltr">${detail}</code>` },
  ])
  const failed = (test?.results ?? []).filter(({ state }) => state === 'failed')
  const verdict = !test?.finished
    ? ''
    : test.passed
      ? html`<p role="status"><strong>${text(locale, 'join.conformance.passed')}</strong></p>`
      : html`<p role="status" class="late">${text(locale, 'join.conformance.failed', { rules: failed.map(({ rule }) => text(locale, `join.rule.${rule}`)).join(', ') })}</p>`
  const report = test?.finished
    ? html`<p><a href="${PATH}/conformance/report">${text(locale, 'join.conformance.report')}</a></p>`
    : ''
  const runs = test !== undefined && !test.finished
  const act =
    affiliation.connector === null
      ? ''
      : runs
        ? actionButton(`${PATH}/conformance/end`, text(locale, 'join.conformance.end'))
        : actionButton(`${PATH}/conformance`, text(locale, 'join.conformance.start'))
  const table = test ? dataTable(locale, heads, rows) : ''
  const body = html`<p>${text(locale, 'join.conformance.lead')}</p>!${verdict}!${table}!${report}!${act}`
  return part(locale, 'conformance', 'join.conformance', body)
}

/** A body sets itself up: the twelve ticks, and beneath them what earns each. */
export const joiningPage = (view: JoiningView): string => {
  const { viewer, problems } = view
  const parts = [checklist, units, people, services, calendar, templates, connector, practice, conformance]
  const body = errorSummary(viewer.locale, problems) + parts.map((draw) => draw(view)).join('')
  return deskPage(viewer, { title: text(viewer.locale, 'join.own'), path: PATH, body })
}

export const nothingToDoPage = (viewer: Viewer): string => {
  const body = html`<p class="lead">${text(viewer.locale, 'join.own.none')}</p>`
  return deskPage(viewer, { title: text(viewer.locale, 'join.own'), path: PATH, body })
}

const ASK = ['fr', 'ar'] as const

/** The public form by which a body asks to join. */
export const askPage = (
  viewer: Viewer,
  {
    problems,
    typed,
    done,
  }: { problems: readonly Problem[]; typed: Readonly<Record<string, string>>; done: boolean },
): string => {
  const { locale } = viewer
  const line = (
    name: string,
    label: Parameters<typeof text>[1],
    more: Record<string, string> = {},
    hint?: string,
  ) =>
    textInput({
      locale,
      name,
      label: text(locale, label),
      problems,
      value: typed[name],
      ...(hint ? { hint } : {}),
      ...(name === 'parent' ? { optional: true } : {}),
      attributes: { dir: 'auto', maxlength: '200', ...more },
    })
  const fields = html`!${ASK.map((one) => line(`name-${one}`, `join.name.${one}`, { lang: one }))}!${line('code', 'join.code', { dir: 'ltr', maxlength: '40' }, text(locale, 'join.code.hint'))}!${line('parent', 'join.parent', { dir: 'ltr', maxlength: '40' })}!${line('contact', 'join.contact', { autocomplete: 'name' })}!${line('email', 'join.email', { dir: 'ltr', type: 'email', autocomplete: 'email' })}`
  const body = done
    ? html`<p class="lead" role="status">${text(locale, 'join.ask.done')}</p>`
    : html`!${errorSummary(locale, problems)}<p class="lead">${text(locale, 'join.ask.lead')}</p><form class="stack" method="post" action="/console/join" novalidate>!${fields}!${submit(text(locale, 'join.ask.send'))}</form>`
  return deskPage(viewer, { title: text(locale, 'join.ask'), path: '/console/join', body })
}

/** A body as the ministry sees it on its way. */
export interface ListedBody {
  readonly affiliation: Affiliation
  readonly ticks: Ticks
  readonly score: Score
}

const stateOf = ({ affiliation, ticks }: ListedBody) => {
  if (affiliation.liveAt) return 'live'
  if (affiliation.refusedAt) return 'refused'
  if (affiliation.approvedAt === null) return 'requested'
  return blockersOf(ticks).length === 0 ? 'ready' : 'preparing'
}

const bodyItem = (locale: Locale, body: ListedBody): string => {
  const { affiliation, ticks, score } = body
  const { code, names, contactName, contactEmail, refusal } = affiliation
  const state = stateOf(body)
  const home = `/console/bodies/${code}`
  const missing = blockersOf(ticks).map((tick) => text(locale, `join.tick.${tick}`))
  const refuse = html`<form class="stack" method="post" action="${home}/refuse">!${textInput({ locale, name: 'reason', label: text(locale, 'join.refuse.why'), attributes: { id: `reason-${code}`, dir: 'auto', maxlength: '300' } }).replace('for="reason"', `for="reason-${code}"`)}<button class="button small second">${text(locale, 'join.refuse')}</button></form>`
  const acts = {
    requested:
      actionButton(`${home}/approve`, text(locale, 'join.approve')) +
      html`<details><summary>${text(locale, 'join.refuse')}</summary>!${refuse}</details>`,
    refused: html`<p>${refusal ?? ''}</p>!${actionButton(`${home}/approve`, text(locale, 'join.approve'))}`,
    preparing: html`<p>${text(locale, 'join.missing')} ${missing.join(' · ')}</p>`,
    ready: actionButton(`${home}/live`, text(locale, 'join.live')),
    live: html`<p>${text(locale, 'join.score')} : ${score.total === null ? text(locale, 'join.score.none') : `${score.total} / 100`}</p>`,
  }[state]
  return html`<li id="${code}"><h2>${nameIn(names, locale)} !${ltr(code)}</h2><p><strong>${text(locale, `join.state.${state}`)}</strong> · ${text(locale, 'join.progress', { done: CHECKLIST.length - missing.length })} · <bdi>${contactName}</bdi> <bdi dir="ltr">${contactEmail}</bdi></p>!${acts}</li>`
}

/** The ministry's page: who asks, who prepares, what each lacks, how the live ones do. */
export const bodiesPage = (viewer: Viewer, bodies: readonly ListedBody[], notice = ''): string => {
  const { locale } = viewer
  const list =
    bodies.length === 0
      ? html`<p>${text(locale, 'console.none')}</p>`
      : html`<ol class="bodies">!${bodies.map((body) => bodyItem(locale, body))}</ol>`
  const body = html`!${notice}<p class="lead">${text(locale, 'join.bodies.lead')}</p>!${list}<p><a href="/console/join">${text(locale, 'join.ask')}</a></p>`
  return deskPage(viewer, { title: text(locale, 'join.bodies'), path: '/console/bodies', body })
}
