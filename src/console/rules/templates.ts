import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { officeDay } from '../../core/deadlines.ts'
import { LOCALES, type Locale } from '../../core/locale.ts'
import { fillTemplate, TEMPLATE_ACTS, TEMPLATE_VARIABLES, unknownVariables } from '../../core/template.ts'
import { errorSummary, type Problem, select, textArea, textInput } from '../../html/form.ts'
import { longDay, longInstant, text } from '../../html/text.ts'
import { understood } from '../../http/understood.ts'
import {
  type AnswerTemplate,
  forgetTemplate,
  keepTemplate,
  listTemplates,
  ownServices,
  templateVersions,
} from '../../staff/answer-templates.ts'
import { mayDo } from '../../staff/rights.ts'
import { type Fields, fieldsOf, said, UNPROCESSABLE } from '../fields.ts'
import { deskPage, type Viewer } from '../layout.ts'
import { unknownWords } from '../ready-words.ts'
import type { ConsoleDeps } from '../routes.ts'
import { sessionOf, viewerOf } from '../session.ts'
import { actionButton, type Cell, dataTable } from '../table.ts'

const PATH = '/console/templates'

interface View {
  readonly viewer: Viewer
  readonly templates: readonly AnswerTemplate[]
  readonly services: readonly { readonly code: string; readonly name: string }[]
  /** Code of the viewer's own body; null: the ministry. */
  readonly own: string | null
  readonly filter: { readonly act: string; readonly language: string; readonly service: string }
  readonly versions: readonly Pick<AnswerTemplate, 'version' | 'since' | 'text'>[]
  readonly typed: Fields
  readonly problems: readonly Problem[]
  readonly preview?: string
  readonly officeZone: string
  readonly mayWrite: boolean
}

const actChoices = (locale: Locale) =>
  TEMPLATE_ACTS.map((act) => [act, text(locale, `join.templates.act.${act}`)] as const)
const languageChoices = (locale: Locale) =>
  LOCALES.map((one) => [one, text(locale, `language.${one}`)] as const)

/** By what the words are for, in which language, and for which service. */
const filterForm = ({ viewer: { locale }, filter, services }: View): string => {
  const any = ['', text(locale, 'ready.any')] as const
  const act = select({
    locale,
    name: 'for',
    label: text(locale, 'join.templates.act'),
    value: filter.act,
    choices: [any, ...actChoices(locale)],
  })
  const language = select({
    locale,
    name: 'in',
    label: text(locale, 'desk.language'),
    value: filter.language,
    choices: [any, ...languageChoices(locale)],
  })
  const service =
    services.length === 0
      ? ''
      : select({
          locale,
          name: 'about',
          label: text(locale, 'ready.head.service'),
          value: filter.service,
          choices: [any, ...services.map(({ code, name }) => [code, name] as const)],
        })
  return html`<form class="row" method="get" action="${PATH}">!${act}!${language}!${service}<button class="button small second">${text(locale, 'ready.show')}</button></form>`
}

const list = (view: View): string => {
  const { locale } = view.viewer
  const { act, language, service } = view.filter
  const shown = view.templates.filter(
    (one) =>
      (act === '' || one.act === act) &&
      (language === '' || one.language === language) &&
      // What is for every service is for this one too.
      (service === '' || one.service === null || one.service === service),
  )
  const rows = shown.map((one): Cell[] => {
    const isOwn = view.mayWrite && one.administration === view.own
    const change = html`<a href="${PATH}?edit=${one.id}#write">${text(locale, 'ready.edit')}</a> !${actionButton(`${PATH}/${one.id}/forget`, text(locale, 'ready.forget'), 'second')}`
    return [
      { html: html`<bdi>${one.name}</bdi>` },
      text(locale, `join.templates.act.${one.act}`),
      text(locale, `language.${one.language}`),
      { html: one.service ? html`<bdi dir="ltr">${one.service}</bdi>` : text(locale, 'ready.any') },
      one.administration === null
        ? text(locale, 'ready.ministry')
        : { html: html`<bdi dir="ltr">${one.administration}</bdi>` },
      { html: html`${text(locale, 'ready.version', { version: one.version })}` },
      { html: isOwn ? change : '' },
    ]
  })
  const heads = (['name', 'act', 'language', 'service', 'owner', 'versions'] as const).map((head) =>
    text(locale, `ready.head.${head}`),
  )
  return dataTable(locale, [...heads, ''], rows)
}

/** The words as the person will read them. */
const previewPart = ({ viewer: { locale }, preview, typed }: View): string =>
  preview === undefined
    ? ''
    : html`<div role="status"><p><strong>${text(locale, 'ready.preview.of')}</strong></p><p class="said out" lang="${typed['language'] ?? ''}" dir="auto">${preview}</p></div>`

const writeForm = (view: View): string => {
  const { viewer, typed, problems, services } = view
  const { locale } = viewer
  const variables = TEMPLATE_VARIABLES.map(
    (name) => html`<li><code dir="ltr">{${name}}</code> ${text(locale, `ready.variable.${name}`)}</li>`,
  )
  const service =
    services.length === 0
      ? ''
      : select({
          locale,
          name: 'service',
          label: text(locale, 'ready.head.service'),
          optional: true,
          value: typed['service'],
          choices: [
            ['', text(locale, 'ready.any')],
            ...services.map(({ code, name }) => [code, name] as const),
          ],
        })
  const fields = [
    select({
      locale,
      name: 'act',
      label: text(locale, 'join.templates.act'),
      value: typed['act'],
      choices: actChoices(locale),
    }),
    select({
      locale,
      name: 'language',
      label: text(locale, 'desk.language'),
      value: typed['language'],
      choices: languageChoices(locale),
    }),
    service,
    textInput({
      locale,
      name: 'name',
      label: text(locale, 'join.templates.name'),
      hint: text(locale, 'ready.name.hint'),
      problems,
      value: typed['name'],
      attributes: { maxlength: 80, dir: 'auto' },
    }),
    textArea({
      locale,
      name: 'text',
      label: text(locale, 'join.templates.text'),
      problems,
      value: typed['text'],
      attributes: { rows: 6, maxlength: 4000, dir: 'auto' },
    }),
  ].join('')
  return html`<section id="write"><h2>${text(locale, 'ready.write')}</h2><p>${text(locale, 'ready.variables')}</p><ul>!${variables}</ul>
<form class="stack" method="post" action="${PATH}#write">!${fields}!${previewPart(view)}<div class="buttons"><button class="button" name="step" value="keep">${text(locale, 'ready.keep')}</button> <button class="button second" name="step" value="preview">${text(locale, 'ready.preview')}</button></div></form></section>`
}

const history = ({ viewer: { locale }, versions, officeZone }: View): string =>
  versions.length === 0
    ? ''
    : html`<section id="versions"><h2>${text(locale, 'ready.head.versions')}</h2><ol class="versions">!${versions.map(
        ({ version, since, text: words }) =>
          html`<li><strong>${text(locale, 'ready.version', { version })}</strong> <small>${longInstant(locale, since, officeZone)}</small><p class="said" dir="auto">${words}</p></li>`,
      )}</ol></section>`

const page = (view: View): string => {
  const { viewer, problems } = view
  const { locale } = viewer
  const body = html`!${errorSummary(locale, problems)}<p class="lead">${text(locale, 'ready.lead')}</p>!${filterForm(view)}!${list(view)}!${view.mayWrite ? writeForm(view) : ''}!${history(view)}`
  return deskPage(viewer, { title: text(locale, 'ready.title'), path: PATH, body })
}

/** The words filled as for a complaint of nobody, in the language they are for. */
const previewOf = (deps: ConsoleDeps, fields: Fields, language: Locale): string => {
  const today = officeDay(deps.clock.now(), deps.officeZone)
  return fillTemplate(said(fields, 'text'), {
    reference: '2600000006',
    administration: text(language, 'ready.example.administration'),
    service: text(language, 'ready.example.service'),
    filed: longDay(language, today),
    answer_by: longDay(language, today),
  })
}

const query = z.object({
  edit: z.uuid().optional().catch(undefined),
  for: z.enum(['', ...TEMPLATE_ACTS]).catch(''),
  in: z.enum(['', ...LOCALES]).catch(''),
  about: z.string().max(60).catch(''),
})

const show = async (
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { typed?: Fields; problems?: readonly Problem[]; preview?: string } = {},
) => {
  const viewer = viewerOf(request)
  const { actor } = sessionOf(request)
  const mayWrite = mayDo(actor, 'template.write')
  const { edit, for: act, in: language, about: service } = query.parse(request.query)
  const [templates, { own, services }, versions] = await Promise.all([
    listTemplates(deps, actor),
    ownServices(deps, actor, viewer.locale),
    edit === undefined || !mayWrite ? [] : templateVersions(deps, actor, edit),
  ])
  const edited = templates.find(({ id }) => id === edit)
  const typed =
    shown.typed ?? (edited ? { ...edited, service: edited.service ?? '', version: '', since: '' } : {})
  const { problems = [], ...rest } = shown
  return reply.code(problems.length > 0 ? UNPROCESSABLE : 200).send(
    page({
      viewer,
      templates,
      own,
      services,
      versions,
      filter: { act, language, service },
      officeZone: deps.officeZone,
      mayWrite,
      ...rest,
      typed: typed as Fields,
      problems,
    }),
  )
}

const missingIn = (locale: Locale, fields: Fields): Problem[] =>
  ['name', 'text']
    .filter((field) => said(fields, field) === '')
    .map((field) => ({ field, message: text(locale, 'join.problem.missing') }))

/** `/console/templates`: the ready words of a body, or of the ministry for every body. */
export const templateRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/templates', (request, reply) => show(deps, request, reply))
  app.post('/templates', async (request, reply) => {
    const { locale } = viewerOf(request)
    const { actor } = sessionOf(request)
    const typed = fieldsOf(request)
    const service = said(typed, 'service')
    const { act, language } = understood(
      z.object({ act: z.enum(TEMPLATE_ACTS), language: z.enum(LOCALES) }),
      typed,
    )
    const unknown = unknownVariables(said(typed, 'text'))
    const problems = [
      ...missingIn(locale, typed),
      ...(unknown.length > 0 ? [{ field: 'text', message: unknownWords(locale, unknown.join(', ')) }] : []),
    ]
    if (problems.length > 0) return show(deps, request, reply, { typed, problems })
    if (typed['step'] === 'preview')
      return show(deps, request, reply, { typed, preview: previewOf(deps, typed, language) })
    const words = { act, language, name: said(typed, 'name'), text: said(typed, 'text') }
    await keepTemplate(deps, actor, { ...words, ...(service ? { service } : {}) })
    return reply.redirect(PATH, 303)
  })
  app.post<{ Params: { id: string } }>('/templates/:id/forget', async (request, reply) => {
    const id = understood(z.uuid(), request.params.id)
    await forgetTemplate(deps, sessionOf(request).actor, id)
    return reply.redirect(PATH, 303)
  })
}
