import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { approveAffiliation, refuseAffiliation } from '../../administrations/joining/affiliation.ts'
import { blockersOf, goLive } from '../../administrations/joining/checklist.ts'
import { type BodyOnItsWay, listBodies, stageOf } from '../../administrations/joining/read-joining.ts'
import { CHECKLIST } from '../../core/joining.ts'
import { type Locale, nameIn } from '../../core/locale.ts'
import { textInput } from '../../html/form.ts'
import { ltr, text } from '../../html/text.ts'
import { appErrorOf } from '../../http/problem.ts'
import { signInUrl } from '../../staff/members.ts'
import { fieldsOf, said, UNPROCESSABLE } from '../fields.ts'
import { deskPage, type Viewer } from '../layout.ts'
import { sessionOf, viewerOf } from '../session.ts'
import { actionButton } from '../table.ts'
import type { JoiningDeps } from './routes.ts'

const bodyItem = (locale: Locale, body: BodyOnItsWay): string => {
  const { affiliation, ticks, score } = body
  const { code, names, contactName, contactEmail, refusal } = affiliation
  const state = stageOf(body)
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
const bodiesPage = (viewer: Viewer, bodies: readonly BodyOnItsWay[], notice = ''): string => {
  const { locale } = viewer
  const list =
    bodies.length === 0
      ? html`<p>${text(locale, 'console.none')}</p>`
      : html`<ol class="bodies">!${bodies.map((body) => bodyItem(locale, body))}</ol>`
  const body = html`!${notice}<p class="lead">${text(locale, 'join.bodies.lead')}</p>!${list}<p><a href="/console/join">${text(locale, 'join.ask')}</a></p>`
  return deskPage(viewer, { title: text(locale, 'join.bodies'), path: '/console/bodies', body })
}
/** `/console/bodies`: the ministry lets bodies in. */
export const bodyRoutes = (app: FastifyInstance, deps: JoiningDeps): void => {
  const show = async (request: FastifyRequest, reply: FastifyReply, notice = '') => {
    const bodies = await listBodies(deps, sessionOf(request).actor)
    return reply.send(bodiesPage(viewerOf(request), bodies, notice))
  }
  interface OfBody {
    Params: { code: string }
  }
  app.get('/bodies', (request, reply) => show(request, reply))
  app.post<OfBody>('/bodies/:code/approve', async (request, reply) => {
    const { locale } = viewerOf(request)
    const { actor } = sessionOf(request)
    const approved = await approveAffiliation(deps, actor, request.params.code).catch((error: unknown) => {
      if (appErrorOf(error).fields[0]?.field !== 'email') throw error
      return undefined
    })
    if (approved === undefined) {
      const words = text(locale, 'join.problem.taken')
      return show(request, reply.code(UNPROCESSABLE), html`<p class="notice" role="alert">${words}</p>`)
    }
    const { token, email } = approved
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
