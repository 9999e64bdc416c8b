import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { requestAffiliation } from '../../administrations/joining/affiliation.ts'
import { errorSummary, type Problem, submit, textInput } from '../../html/form.ts'
import { text } from '../../html/text.ts'
import { limitJoining } from '../../http/limit-joining.ts'
import { appErrorOf } from '../../http/problem.ts'
import { fieldsOf, namesIn, said, UNPROCESSABLE } from '../fields.ts'
import { deskPage, type Viewer } from '../layout.ts'
import { viewerOf } from '../session.ts'
import type { JoiningDeps } from './routes.ts'

const ASK = ['fr', 'ar'] as const

/** The public form by which a body asks to join. */
const askPage = (
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

/** `/console/join`: the request, open to everybody. */
export const askRoutes = (app: FastifyInstance, deps: JoiningDeps): void => {
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
    await limitJoining(deps, request)
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
