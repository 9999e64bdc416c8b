import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ownAffiliation } from '../../administrations/joining/affiliation.ts'
import { finishConformance, startConformance } from '../../administrations/joining/conformance.ts'
import { importMembers } from '../../administrations/joining/import-members.ts'
import { openExercise } from '../../administrations/joining/practice.ts'
import { readJoining } from '../../administrations/joining/read-joining.ts'
import {
  addClosingDay,
  addService,
  addUnit,
  chooseConnector,
  confirmCalendar,
  declareNoUnits,
  readSetUp,
} from '../../administrations/joining/set-up.ts'
import { AppError } from '../../core/errors.ts'
import { CONNECTOR_CHOICES } from '../../core/joining.ts'
import { LOCALES, type Locale } from '../../core/locale.ts'
import { TEMPLATE_ACTS } from '../../core/template.ts'
import type { Problem } from '../../html/form.ts'
import { text } from '../../html/text.ts'
import { appErrorOf } from '../../http/problem.ts'
import { understood } from '../../http/understood.ts'
import { keepTemplate } from '../../staff/answer-templates.ts'
import { signInUrl } from '../../staff/members.ts'
import type { Actor } from '../../staff/rights.ts'
import { type Fields, fieldsOf, namesIn, said, UNPROCESSABLE } from '../fields.ts'
import { unknownWords } from '../ready-words.ts'
import { sessionOf, viewerOf } from '../session.ts'
import { joiningPage, nothingToDoPage } from './own.page.ts'
import type { JoiningView } from './own.view.ts'
import type { JoiningDeps } from './routes.ts'

type Shown = Pick<JoiningView, 'problems' | 'typed'> & Partial<Pick<JoiningView, 'chosen' | 'people'>>

const showOwn = async (
  deps: JoiningDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: Shown = { problems: [], typed: {} },
) => {
  const viewer = viewerOf(request)
  const joining = await readJoining(deps, sessionOf(request).actor)
  // Bodies of before were opened by the ministry.
  if (joining === undefined) return reply.send(nothingToDoPage(viewer))
  return reply
    .code(shown.problems.length > 0 ? UNPROCESSABLE : 200)
    .send(joiningPage({ viewer, ...joining, ...shown }))
}

/** Each form of the page: its name, the part it belongs to, and what it does. */
const SET_UP: readonly {
  readonly name: string
  readonly part: string
  readonly needs: readonly string[]
  readonly run: (deps: JoiningDeps, actor: Actor, fields: Fields) => Promise<unknown>
}[] = [
  {
    name: 'units',
    part: 'units',
    needs: ['unit-code', 'unit-ar', 'unit-fr'],
    run: (deps, actor, fields) =>
      addUnit(deps, actor, { code: said(fields, 'unit-code').toUpperCase(), names: namesIn(fields, 'unit') }),
  },
  { name: 'no-units', part: 'units', needs: [], run: (deps, actor) => declareNoUnits(deps, actor) },
  {
    name: 'services',
    part: 'services',
    needs: ['service-code', 'service-ar', 'service-fr'],
    run: (deps, actor, fields) =>
      addService(deps, actor, {
        code: said(fields, 'service-code').toUpperCase(),
        names: namesIn(fields, 'service'),
        keywords: said(fields, 'service-keywords')
          .split(/[,،]/)
          .map((word) => word.trim())
          .filter(Boolean),
      }),
  },
  { name: 'calendar', part: 'calendar', needs: [], run: (deps, actor) => confirmCalendar(deps, actor) },
  {
    name: 'closing-days',
    part: 'calendar',
    needs: ['closed-on', 'closed-for'],
    run: (deps, actor, fields) =>
      addClosingDay(deps, actor, {
        day: understood(z.object({ 'closed-on': z.iso.date() }), fields)['closed-on'],
        name: said(fields, 'closed-for'),
      }),
  },
  {
    name: 'templates',
    part: 'templates',
    needs: ['template-name', 'template-text'],
    run: (deps, actor, fields) =>
      keepTemplate(deps, actor, {
        act: understood(z.enum(TEMPLATE_ACTS), said(fields, 'template-act')),
        language: understood(z.enum(LOCALES), said(fields, 'template-language')),
        name: said(fields, 'template-name'),
        text: said(fields, 'template-text'),
      }),
  },
  { name: 'exercise', part: 'practice', needs: [], run: (deps, actor) => openExercise(deps, actor) },
  {
    name: 'conformance',
    part: 'conformance',
    needs: [],
    run: (deps, actor) => startConformance(deps, actor),
  },
  {
    name: 'conformance/end',
    part: 'conformance',
    needs: [],
    run: (deps, actor) => finishConformance(deps, actor),
  },
]

/** What a use case refuses, at the field it is about. */
const problemOf = (locale: Locale, error: unknown): Problem => {
  const [wrong] = appErrorOf(error).fields
  switch (wrong?.field) {
    case 'unit-code':
    case 'service-code':
      return { field: wrong.field, message: text(locale, 'join.problem.code') }
    case 'closed-on':
      return { field: wrong.field, message: text(locale, 'join.problem.day') }
    case 'text':
      return { field: 'template-text', message: unknownWords(locale, wrong.detail) }
    default:
      throw error
  }
}

/** Asked before anything is done: of a body that was always there no step is taken, and the page says so. */
const ownMustJoin = (deps: JoiningDeps) => async (request: FastifyRequest, reply: FastifyReply) => {
  const own = await ownAffiliation(deps, sessionOf(request).actor)
  return own === undefined ? reply.send(nothingToDoPage(viewerOf(request))) : undefined
}

const setUpRoutes = (app: FastifyInstance, deps: JoiningDeps): void => {
  app.get('/joining', (request, reply) => showOwn(deps, request, reply))
  for (const { name, part, needs, run } of SET_UP)
    app.post(`/joining/${name}`, { preHandler: ownMustJoin(deps) }, async (request, reply) => {
      const { locale } = viewerOf(request)
      const typed = fieldsOf(request)
      const message = text(locale, 'join.problem.missing')
      const problems: Problem[] = needs
        .filter((field) => said(typed, field) === '')
        .map((field) => ({ field, message }))
      if (problems.length > 0) return showOwn(deps, request, reply, { typed, problems })
      try {
        await run(deps, sessionOf(request).actor, typed)
      } catch (error) {
        return showOwn(deps, request, reply, { typed, problems: [problemOf(locale, error)] })
      }
      return reply.redirect(`/console/joining#${part}`, 303)
    })
}

const settingsOf = (choice: string, fields: Fields): Record<string, string> => {
  const address = said(fields, 'address')
  if (choice === 'email') return { address }
  return choice === 'open311' ? { url: address, key: said(fields, 'key') } : { url: address }
}

const peopleAndReportRoutes = (app: FastifyInstance, deps: JoiningDeps): void => {
  app.post('/joining/people', async (request, reply) => {
    const { actor } = sessionOf(request)
    const typed = fieldsOf(request)
    const own = await ownAffiliation(deps, actor)
    if (own === undefined) throw new AppError('not_found')
    const { units } = await readSetUp(deps, actor)
    const dry = typed['step'] !== 'invite'
    const lines = await importMembers(deps, actor, {
      file: typed['people'] ?? '',
      dry,
      own: own.code,
      units: units.map(({ code }) => code),
    })
    const linkOf = (token: string) => signInUrl(deps.publicUrl, token)
    return showOwn(deps, request, reply, { typed, problems: [], people: { lines, dry, linkOf } })
  })
  app.get('/joining/conformance/report', async (request, reply) => {
    const joining = await readJoining(deps, sessionOf(request).actor)
    if (joining?.test?.report == null) throw new AppError('not_found')
    return reply
      .type('application/jose')
      .header('content-disposition', `attachment; filename="${joining.affiliation.code}-conformance.jws"`)
      .send(joining.test.report)
  })
}

const connectorRoutes = (app: FastifyInstance, deps: JoiningDeps): void => {
  app.post('/joining/connector', { preHandler: ownMustJoin(deps) }, async (request, reply) => {
    const typed = fieldsOf(request)
    const choice = z.enum(CONNECTOR_CHOICES).safeParse(typed['choice']).data
    const { locale } = viewerOf(request)
    const wrong = (field: string, message: string) =>
      showOwn(deps, request, reply, { typed, problems: [{ field, message }] })
    if (choice === undefined) return wrong('choice', text(locale, 'join.problem.missing'))
    try {
      const wish = { choice, settings: settingsOf(choice, typed) }
      const chosen = await chooseConnector(deps, sessionOf(request).actor, wish)
      return showOwn(deps, request, reply, { typed: {}, problems: [], chosen })
    } catch (error) {
      const { code } = appErrorOf(error)
      if (code !== 'validation' && code !== 'address_forbidden') throw error
      return wrong('address', text(locale, `error.${code}`))
    }
  })
}

/** `/console/joining`: a body sets itself up, practises and proves its connector. */
export const ownRoutes = (app: FastifyInstance, deps: JoiningDeps): void => {
  setUpRoutes(app, deps)
  peopleAndReportRoutes(app, deps)
  connectorRoutes(app, deps)
}
