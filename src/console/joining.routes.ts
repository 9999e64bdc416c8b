import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import {
  type Affiliation,
  approveAffiliation,
  listAffiliations,
  ownAffiliation,
  refuseAffiliation,
  requestAffiliation,
} from '../administrations/joining/affiliation.ts'
import { goLive, readChecklist } from '../administrations/joining/checklist.ts'
import {
  type ConformanceDeps,
  finishConformance,
  latestRun,
  startConformance,
} from '../administrations/joining/conformance.ts'
import { importMembers } from '../administrations/joining/import-members.ts'
import { countPractice, openExercise } from '../administrations/joining/practice.ts'
import { readScore } from '../administrations/joining/score.ts'
import {
  addClosingDay,
  addService,
  addTemplate,
  addUnit,
  chooseConnector,
  confirmCalendar,
  declareNoUnits,
  readSetUp,
} from '../administrations/joining/set-up.ts'
import { AppError } from '../core/errors.ts'
import { CONNECTOR_CHOICES } from '../core/joining.ts'
import { LOCALES } from '../core/locale.ts'
import type { Problem } from '../html/form.ts'
import { text } from '../html/text.ts'
import { clientKey } from '../http/client-key.ts'
import { appErrorOf } from '../http/problem.ts'
import { understood } from '../http/understood.ts'
import { takeHit } from '../intake/take-hit.ts'
import { signInUrl } from '../staff/members.ts'
import type { Actor } from '../staff/rights.ts'
import { askPage, bodiesPage, type JoiningView, joiningPage, nothingToDoPage } from './joining.page.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'

/** What joining needs beside the console's own parts; src/composition/http.ts hands it in. */
export type JoiningParts = Pick<ConformanceDeps, 'acceptPractice' | 'connectors'>

type Deps = ConsoleDeps & ConformanceDeps
type Fields = Readonly<Record<string, string>>

const fieldsOf = (request: FastifyRequest): Fields =>
  z.record(z.string(), z.string().max(60_000).catch('')).catch({}).parse(request.body)

const said = (fields: Fields, name: string): string => (fields[name] ?? '').trim()
const namesIn = (fields: Fields, part: string) => ({
  ...(said(fields, `${part}-ar`) ? { ar: said(fields, `${part}-ar`) } : {}),
  ...(said(fields, `${part}-fr`) ? { fr: said(fields, `${part}-fr`) } : {}),
})

/** Requests one client may make in an hour: the form is open to everybody. */
const ASKS = { limit: 5, seconds: 3600 } as const
const UNPROCESSABLE = 422

const askRoutes = (app: FastifyInstance, deps: Deps): void => {
  const show = (request: FastifyRequest, reply: FastifyReply, problems: readonly Problem[], done = false) =>
    reply
      .code(problems.length > 0 ? UNPROCESSABLE : 200)
      .send(askPage(viewerOf(request), { problems, typed: fieldsOf(request), done }))
  app.get('/join', async (request, reply) => show(request, reply, []))
  app.post('/join', async (request, reply) => {
    const { locale } = viewerOf(request)
    const fields = fieldsOf(request)
    const code = said(fields, 'code').toUpperCase()
    const missing = ['name-ar', 'name-fr', 'contact'].filter((name) => said(fields, name) === '')
    const problems: Problem[] = [
      ...missing.map((field) => ({ field, message: text(locale, 'join.problem.missing') })),
      ...(/^[A-Z0-9][A-Z0-9_-]{1,39}$/.test(code)
        ? []
        : [{ field: 'code', message: text(locale, 'join.problem.code') }]),
      ...(z.email().safeParse(said(fields, 'email')).success
        ? []
        : [{ field: 'email', message: text(locale, 'join.problem.email') }]),
    ]
    if (problems.length > 0) return show(request, reply, problems)
    const bucket = `join:${clientKey(deps.secrets, request.ip)}`
    const { count, secondsLeft } = await takeHit(
      { sql: deps.db.sql, clock: deps.clock },
      bucket,
      ASKS.seconds,
    )
    if (count > ASKS.limit) throw new AppError('too_many_requests', { retryAfter: secondsLeft })
    try {
      const parent = said(fields, 'parent').toUpperCase()
      await requestAffiliation(deps, {
        code,
        names: namesIn(fields, 'name'),
        ...(parent ? { parent } : {}),
        contactName: said(fields, 'contact'),
        contactEmail: said(fields, 'email'),
      })
    } catch (error) {
      const [wrong] = appErrorOf(error).fields
      if (wrong?.field !== 'code' && wrong?.field !== 'parent') throw error
      return show(request, reply, [
        { field: wrong.field, message: text(locale, `join.problem.${wrong.field}`) },
      ])
    }
    return show(request, reply, [], true)
  })
}

const ministryRoutes = (app: FastifyInstance, deps: Deps): void => {
  const show = async (request: FastifyRequest, reply: FastifyReply, notice = '') => {
    const { actor } = sessionOf(request)
    const listed = await listAffiliations(deps, actor)
    const bodies = await Promise.all(
      listed.map(async (affiliation) => ({
        affiliation,
        ticks: await readChecklist(deps, affiliation),
        score: await readScore(deps.db, affiliation.administrationId, deps.clock.now()),
      })),
    )
    return reply.send(bodiesPage(viewerOf(request), bodies, notice))
  }
  interface OfBody {
    Params: { code: string }
  }
  app.get('/bodies', (request, reply) => show(request, reply))
  app.post<OfBody>('/bodies/:code/approve', async (request, reply) => {
    const { locale } = viewerOf(request)
    const { token, email } = await approveAffiliation(deps, sessionOf(request).actor, request.params.code)
    const link = signInUrl(deps.publicUrl, token)
    return show(
      request,
      reply,
      html`<div class="notice" role="status"><p>${text(locale, 'join.link', { email })}</p><p><code dir="ltr">${link}</code></p></div>`,
    )
  })
  app.post<OfBody>('/bodies/:code/refuse', async (request, reply) => {
    const reason = said(fieldsOf(request), 'reason')
    await refuseAffiliation(deps, sessionOf(request).actor, { code: request.params.code, reason })
    return reply.redirect('/console/bodies', 303)
  })
  app.post<OfBody>('/bodies/:code/live', async (request, reply) => {
    await goLive(deps, sessionOf(request).actor, request.params.code)
    return reply.redirect(`/console/bodies#${request.params.code}`, 303)
  })
}

type Shown = Pick<JoiningView, 'problems' | 'typed'> & Partial<Pick<JoiningView, 'chosen' | 'people'>>

const showOwn = async (
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: Shown = { problems: [], typed: {} },
) => {
  const { actor } = sessionOf(request)
  const affiliation = await ownAffiliation(deps, actor)
  // Bodies of before were opened by the ministry.
  if (affiliation === undefined) return reply.send(nothingToDoPage(viewerOf(request)))
  const id = affiliation.administrationId
  const [ticks, setUp, practice, latest] = await Promise.all([
    readChecklist(deps, affiliation),
    readSetUp(deps, actor),
    countPractice(deps, id),
    latestRun(deps, id),
  ])
  const test = latest && {
    results: latest.results,
    finished: latest.run.finishedAt !== null,
    passed: latest.run.passed,
  }
  return reply
    .code(shown.problems.length > 0 ? UNPROCESSABLE : 200)
    .send(joiningPage({ viewer: viewerOf(request), affiliation, ticks, setUp, practice, test, ...shown }))
}

/** Each form of the page: its name, the part it belongs to, and what it does. */
const SET_UP: readonly {
  readonly name: string
  readonly part: string
  readonly needs: readonly string[]
  readonly run: (deps: Deps, actor: Actor, fields: Fields) => Promise<unknown>
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
        day: understood(z.iso.date(), said(fields, 'closed-on')),
        name: said(fields, 'closed-for'),
      }),
  },
  {
    name: 'templates',
    part: 'templates',
    needs: ['template-name', 'template-text'],
    run: (deps, actor, fields) =>
      addTemplate(deps, actor, {
        act: understood(z.enum(['answer', 'question', 'refusal', 'interim']), said(fields, 'template-act')),
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

const setUpRoutes = (app: FastifyInstance, deps: Deps): void => {
  app.get('/joining', (request, reply) => showOwn(deps, request, reply))
  for (const { name, part, needs, run } of SET_UP)
    app.post(`/joining/${name}`, async (request, reply) => {
      const { locale } = viewerOf(request)
      const typed = fieldsOf(request)
      const missing = needs.filter((field) => said(typed, field) === '')
      if (missing.length > 0)
        return showOwn(deps, request, reply, {
          typed,
          problems: missing.map((field) => ({ field, message: text(locale, 'join.problem.missing') })),
        })
      try {
        await run(deps, sessionOf(request).actor, typed)
      } catch (error) {
        const [wrong] = appErrorOf(error).fields
        if (wrong?.field !== 'unit-code') throw error
        return showOwn(deps, request, reply, {
          typed,
          problems: [{ field: wrong.field, message: text(locale, 'join.problem.code') }],
        })
      }
      return reply.redirect(`/console/joining#${part}`, 303)
    })
}

const settingsOf = (choice: string, fields: Fields): Record<string, string> => {
  const address = said(fields, 'address')
  if (choice === 'email') return { address }
  return choice === 'open311' ? { url: address, key: said(fields, 'key') } : { url: address }
}

const peopleAndConnectorRoutes = (app: FastifyInstance, deps: Deps): void => {
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
  app.post('/joining/connector', async (request, reply) => {
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
  app.get('/joining/conformance/report', async (request, reply) => {
    const own: Affiliation | undefined = await ownAffiliation(deps, sessionOf(request).actor)
    const latest = own && (await latestRun(deps, own.administrationId))
    if (own === undefined || latest?.run.report == null) throw new AppError('not_found')
    return reply
      .type('application/jose')
      .header('content-disposition', `attachment; filename="${own.code}-conformance.jws"`)
      .send(latest.run.report)
  })
}

/** How a body joins: the public request, the ministry's list, the body's own page. */
export const joiningRoutes = (app: FastifyInstance, console: ConsoleDeps, parts: JoiningParts): void => {
  const deps: Deps = { ...console, ...parts }
  askRoutes(app, deps)
  ministryRoutes(app, deps)
  setUpRoutes(app, deps)
  peopleAndConnectorRoutes(app, deps)
}
