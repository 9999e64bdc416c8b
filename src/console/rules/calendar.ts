import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { addClosingDay, dropClosingDay, listClosingDays } from '../../administrations/joining/set-up.ts'
import { AppError } from '../../core/errors.ts'
import { nameIn } from '../../core/locale.ts'
import type { CalendarChange, Holiday } from '../../deadlines/calendar.ts'
import { errorSummary, type Problem, textInput } from '../../html/form.ts'
import { longDay, longInstant, text } from '../../html/text.ts'
import { closeDay, fillYear, moveDay, openDay, readCalendar, readChanges } from '../../staff/keep-calendar.ts'
import { type Actor, mayDo } from '../../staff/rights.ts'
import { type Fields, fieldsOf, namesIn, said, UNPROCESSABLE } from '../fields.ts'
import { deskPage, type Viewer } from '../layout.ts'
import type { ConsoleDeps } from '../routes.ts'
import { sessionOf, viewerOf } from '../session.ts'
import { actionButton, type Cell, dataTable } from '../table.ts'

const PATH = '/console/calendar'

interface View {
  readonly viewer: Viewer
  readonly holidays: readonly Holiday[]
  readonly changes: readonly CalendarChange[]
  /** The own closing days of a body; undefined for whoever does not keep them. */
  readonly closed: readonly { readonly day: string; readonly name: string }[] | undefined
  readonly mayWrite: boolean
  readonly typed: Fields
  readonly problems: readonly Problem[]
  readonly officeZone: string
}

const field = ({ viewer: { locale }, typed, problems }: View, name: string, label: string, type = 'date') =>
  textInput({
    locale,
    name,
    label,
    problems,
    value: typed[name],
    attributes: { type, maxlength: 200, ...(type === 'date' ? { dir: 'ltr' } : { dir: 'auto' }) },
  })

const form = (name: string, body: string, button: string): string =>
  html`<form class="stack" method="post" action="${PATH}/${name}">!${body}<button class="button small">${button}</button></form>`

/** What the last changes did to the legal dates of open rounds. */
const changesList = ({ viewer: { locale }, changes, officeZone }: View): string => {
  if (changes.length === 0) return ''
  const one = ({ at, deed, subject, movedRounds, countedAt }: CalendarChange): string => {
    const what = text(locale, `calendar.deed.${deed}`, {
      day: /^\d{4}$/.test(subject) ? subject : longDay(locale, subject),
    })
    const moved =
      countedAt === null
        ? text(locale, 'calendar.counting')
        : text(locale, 'calendar.moved_rounds', { count: movedRounds })
    return html`<li>${what} <strong>${moved}</strong> <small>${longInstant(locale, at, officeZone)}</small></li>`
  }
  return html`<section id="changes"><h2>${text(locale, 'calendar.changes')}</h2><ol>!${changes.map(one)}</ol></section>`
}

const holidayTable = (view: View): string => {
  const { viewer, holidays, mayWrite } = view
  const { locale } = viewer
  const rows = holidays.map(({ day, names, movable }): Cell[] => {
    // Only what follows the moon is announced late; each line asks for nothing but the new day.
    const move = html`<form class="inline" method="post" action="${PATH}/move"><input type="hidden" name="from" value="${day}"><input name="to" aria-label="${text(locale, 'calendar.to')} ${nameIn(names, locale)}" type="date" value="${day}" dir="ltr" required> <button class="button small second">${text(locale, 'calendar.move')}</button></form>`
    const drop = actionButton(`${PATH}/open?day=${day}`, text(locale, 'calendar.open'), 'second')
    return [
      longDay(locale, day),
      { html: html`<bdi>${nameIn(names, locale)}</bdi>` },
      text(locale, movable ? 'calendar.moon' : 'calendar.fixed'),
      ...(mayWrite ? [{ html: html`!${movable ? move : ''} !${drop}` }] : []),
    ]
  })
  const heads = [text(locale, 'calendar.day'), text(locale, 'calendar.name'), text(locale, 'calendar.kind')]
  return dataTable(locale, mayWrite ? [...heads, ''] : heads, rows)
}

const ministryForms = (view: View): string => {
  const { locale } = view.viewer
  if (!view.mayWrite) return ''
  const close = form(
    'close',
    field(view, 'day', text(locale, 'calendar.day')) +
      field(view, 'name-ar', text(locale, 'join.name.ar'), 'text') +
      field(view, 'name-fr', text(locale, 'join.name.fr'), 'text') +
      html`<label class="choice"><input type="checkbox" name="movable" value="yes"><span>${text(locale, 'calendar.moon')}</span></label>`,
    text(locale, 'calendar.close'),
  )
  const fill = form(
    'fill',
    field(view, 'year', text(locale, 'calendar.year'), 'number'),
    text(locale, 'calendar.fill'),
  )
  return html`<section id="close"><h2>${text(locale, 'calendar.close.title')}</h2><p>${text(locale, 'calendar.close.lead')}</p>!${close}</section><section id="fill"><h2>${text(locale, 'calendar.fill.title')}</h2><p>${text(locale, 'calendar.fill.lead')}</p>!${fill}</section>`
}

const ownDays = (view: View): string => {
  const { viewer, closed } = view
  const { locale } = viewer
  if (closed === undefined) return ''
  const rows = closed.map(({ day, name }): Cell[] => [
    longDay(locale, day),
    { html: html`<bdi>${name}</bdi>` },
    { html: actionButton(`${PATH}/own/drop?day=${day}`, text(locale, 'calendar.own.drop'), 'second') },
  ])
  const add = form(
    'own',
    field(view, 'own-day', text(locale, 'join.calendar.day')) +
      field(view, 'own-name', text(locale, 'join.calendar.name'), 'text'),
    text(locale, 'join.calendar.add'),
  )
  const heads = [text(locale, 'calendar.day'), text(locale, 'join.calendar.name'), '']
  return html`<section id="own"><h2>${text(locale, 'calendar.own')}</h2><p>${text(locale, 'calendar.own.lead')}</p>!${dataTable(locale, heads, rows)}!${add}</section>`
}

const page = (view: View): string => {
  const { viewer, problems } = view
  const { locale } = viewer
  const body = html`!${errorSummary(locale, problems)}<p class="lead">${text(locale, 'calendar.lead')}</p>!${changesList(view)}<section id="holidays"><h2>${text(locale, 'calendar.national')}</h2>!${holidayTable(view)}</section>!${ownDays(view)}!${ministryForms(view)}`
  return deskPage(viewer, { title: text(locale, 'calendar.title'), path: PATH, body })
}

type Shown = Pick<View, 'typed' | 'problems'>

const show = async (
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: Shown = { typed: {}, problems: [] },
) => {
  const { actor } = sessionOf(request)
  const [holidays, changes, closed] = await Promise.all([
    readCalendar(deps, actor),
    readChanges(deps, actor),
    actor.administrationId !== null && mayDo(actor, 'body.join') ? listClosingDays(deps, actor) : undefined,
  ])
  return reply.code(shown.problems.length > 0 ? UNPROCESSABLE : 200).send(
    page({
      viewer: viewerOf(request),
      holidays,
      changes,
      closed,
      mayWrite: mayDo(actor, 'calendar.write'),
      officeZone: deps.officeZone,
      ...shown,
    }),
  )
}

const isDay = (typed: string): boolean => z.iso.date().safeParse(typed).success

/** Each form of the page: what it must hold, and what it does. */
const FORMS: readonly {
  readonly name: string
  readonly days?: readonly string[]
  readonly words?: readonly string[]
  readonly run: (deps: ConsoleDeps, actor: Actor, fields: Fields) => Promise<unknown>
}[] = [
  {
    name: 'close',
    days: ['day'],
    words: ['name-ar', 'name-fr'],
    run: (deps, actor, fields) =>
      closeDay(deps, actor, {
        day: said(fields, 'day'),
        names: namesIn(fields, 'name'),
        movable: fields['movable'] === 'yes',
      }),
  },
  { name: 'open', days: ['day'], run: (deps, actor, fields) => openDay(deps, actor, said(fields, 'day')) },
  {
    name: 'move',
    days: ['from', 'to'],
    run: (deps, actor, fields) =>
      moveDay(deps, actor, { from: said(fields, 'from'), to: said(fields, 'to') }),
  },
  {
    name: 'fill',
    words: ['year'],
    run: (deps, actor, fields) => fillYear(deps, actor, Number(fields['year'])),
  },
  {
    name: 'own',
    days: ['own-day'],
    words: ['own-name'],
    run: (deps, actor, fields) =>
      addClosingDay(deps, actor, { day: said(fields, 'own-day'), name: said(fields, 'own-name') }),
  },
  {
    name: 'own/drop',
    days: ['day'],
    run: (deps, actor, fields) => dropClosingDay(deps, actor, said(fields, 'day')),
  },
]

/** `/console/calendar`: the days on which offices are closed, what a change did, and a body's own days. */
export const calendarRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/calendar', (request, reply) => show(deps, request, reply))
  for (const { name, days = [], words = [], run } of FORMS)
    app.post<{ Querystring: Fields }>(`/calendar/${name}`, async (request, reply) => {
      const { locale } = viewerOf(request)
      const typed = { ...fieldsOf(request), ...request.query }
      const wrong = (
        field: string,
        key: 'join.problem.day' | 'join.problem.missing' | 'calendar.year.wrong',
      ) => ({
        field,
        message: text(locale, key),
      })
      const problems = [
        ...days.filter((day) => !isDay(said(typed, day))).map((day) => wrong(day, 'join.problem.day')),
        ...words
          .filter((word) => said(typed, word) === '')
          .map((word) => wrong(word, 'join.problem.missing')),
      ]
      if (problems.length > 0) return show(deps, request, reply, { typed, problems })
      try {
        await run(deps, sessionOf(request).actor, typed)
      } catch (error) {
        if (!(error instanceof AppError) || error.fields[0]?.field !== 'year') throw error
        return show(deps, request, reply, { typed, problems: [wrong('year', 'calendar.year.wrong')] })
      }
      return reply.redirect(PATH, 303)
    })
}
