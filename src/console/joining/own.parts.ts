import { html } from 'ghtml'
import { CONNECTOR_CHOICES } from '../../core/joining.ts'
import { LOCALES, nameIn } from '../../core/locale.ts'
import { TEMPLATE_ACTS } from '../../core/template.ts'
import { radios, select, textArea } from '../../html/form.ts'
import { ltr, text } from '../../html/text.ts'
import { actionButton, dataTable } from '../table.ts'
import { form, inputs, type JoiningView, listed, PATH, part } from './own.view.ts'

export const units = (view: JoiningView): string => {
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

export const people = (view: JoiningView): string => {
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

export const services = (view: JoiningView): string => {
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

export const calendar = (view: JoiningView): string => {
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
  const body = html`<p>${text(locale, 'join.calendar.lead')}</p>!${listed(days)}!${confirm}!${add}<p><a href="/console/calendar">${text(locale, 'calendar.title')}</a></p>`
  return part(locale, 'calendar', 'join.calendar', body)
}

export const templates = (view: JoiningView): string => {
  const { locale } = view.viewer
  const { problems, typed } = view
  const known = view.setUp.templates.map(
    ({ name, act, language }) =>
      html`<bdi>${name}</bdi> · ${text(locale, `join.templates.act.${act}`)} · ${text(locale, `language.${language}`)}`,
  )
  const fields = [
    select({
      locale,
      name: 'template-act',
      label: text(locale, 'join.templates.act'),
      value: typed['template-act'],
      choices: TEMPLATE_ACTS.map((act) => [act, text(locale, `join.templates.act.${act}`)] as const),
    }),
    select({
      locale,
      name: 'template-language',
      label: text(locale, 'desk.language'),
      value: typed['template-language'],
      choices: LOCALES.map((one) => [one, text(locale, `language.${one}`)] as const),
    }),
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
    listed(known) +
      form('templates', fields, text(locale, 'join.templates.add')) +
      html`<p><a href="/console/templates">${text(locale, 'ready.title')}</a></p>`,
  )
}

export const connector = (view: JoiningView): string => {
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
