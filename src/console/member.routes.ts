import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { nameIn } from '../core/locale.ts'
import { OF_A_BODY, STAFF_ROLES } from '../core/staff-role.ts'
import { errorSummary, type Problem, submit, textInput } from '../html/form.ts'
import { text } from '../html/text.ts'
import { inviteMember, type ListedMember, listMembers, setDisabled, signInUrl } from '../staff/members.ts'
import { requireRight } from '../staff/rights.ts'
import type { StaffSession } from '../staff/sessions.ts'
import { deskPage, type Viewer } from './layout.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'
import { problemsOf } from './sign-in.routes.ts'
import { actionButton, dataTable } from './table.ts'

const stateOf = ({ locale }: Viewer, { disabledAt, enrolledAt }: ListedMember): string => {
  if (disabledAt !== null) return text(locale, 'desk.members.disabled')
  return text(locale, enrolledAt === null ? 'desk.members.invited' : 'desk.members.active')
}

const memberTable = (viewer: Viewer, own: string, members: readonly ListedMember[]): string => {
  const { locale } = viewer
  const rows = members.map((member) => {
    const deed = member.disabledAt === null ? 'disable' : 'enable'
    return [
      { html: html`<bdi dir="ltr">${member.email}</bdi>` },
      text(locale, `desk.role.${member.role}`),
      member.administration === null ? '' : nameIn(member.administration.names, locale),
      stateOf(viewer, member),
      {
        html:
          member.id === own
            ? ''
            : actionButton(`/console/members/${member.id}/${deed}`, text(locale, `desk.members.${deed}`)),
      },
    ]
  })
  const heads = (['email', 'role', 'body', 'state'] as const).map((name) =>
    text(locale, `desk.members.${name}`),
  )
  return dataTable(locale, [...heads, ''], rows)
}

const inviteForm = (viewer: Viewer, session: StaffSession, problems: readonly Problem[]): string => {
  const { locale } = viewer
  const roles =
    session.actor.administrationId === null
      ? STAFF_ROLES
      : STAFF_ROLES.filter((role) => OF_A_BODY.includes(role))
  return html`<section><h2>${text(locale, 'desk.members.invite')}</h2><form class="filters" method="post" action="/console/members">
!${textInput({ locale, name: 'email', label: text(locale, 'desk.email'), problems, attributes: { type: 'email', required: true, maxlength: 254, dir: 'ltr' } })}
<div class="field"><label for="role">${text(locale, 'desk.members.role')}</label><select id="role" name="role">!${roles.map((role) => html`<option value="${role}">${text(locale, `desk.role.${role}`)}</option>`)}</select></div>
!${textInput({ locale, name: 'administration', label: text(locale, 'desk.members.code'), optional: true, problems, attributes: { maxlength: 40, dir: 'ltr' } })}
!${submit(text(locale, 'desk.members.send'))}</form></section>`
}

const inviteShape = z.object({
  email: z.email(),
  role: z.enum(STAFF_ROLES),
  administration: z.string().trim().toUpperCase().max(40),
})

/** Who works at the desk: listed, invited by a one-time link, shut out. */
export const memberRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  const page = async (
    viewer: Viewer,
    session: StaffSession,
    notice = '',
    problems: readonly Problem[] = [],
  ) => {
    const members = await listMembers(deps, session.actor)
    const body = html`!${errorSummary(viewer.locale, problems)}!${notice}!${inviteForm(viewer, session, problems)}!${memberTable(viewer, session.staffId, members)}`
    return deskPage(viewer, { title: text(viewer.locale, 'desk.members'), path: '/console/members', body })
  }

  app.get('/members', async (request, reply) => reply.send(await page(viewerOf(request), sessionOf(request))))

  app.post('/members', async (request, reply) => {
    const session = sessionOf(request)
    const viewer = viewerOf(request)
    requireRight(session.actor, 'staff.manage')
    const form = inviteShape.safeParse(request.body)
    try {
      if (!form.success) throw new AppError('validation', { fields: [{ field: 'email', code: 'wrong' }] })
      const { administration, ...wish } = form.data
      const { token } = await inviteMember(deps, session.actor, {
        ...wish,
        ...(administration === '' ? {} : { administrationCode: administration }),
      })
      const link = signInUrl(deps.publicUrl, token)
      const notice = html`<div class="notice" role="status"><p>${text(viewer.locale, 'desk.members.link')}</p><p><code dir="ltr">${link}</code></p></div>`
      return reply.send(await page(viewer, session, notice))
    } catch (error) {
      return reply.code(400).send(await page(viewer, session, '', problemsOf(viewer, error)))
    }
  })

  app.post<{ Params: { id: string; deed: string } }>('/members/:id/:deed', async (request, reply) => {
    const { id, deed } = request.params
    if (deed !== 'disable' && deed !== 'enable') throw new AppError('not_found')
    await setDisabled(deps, sessionOf(request).actor, { id, disabled: deed === 'disable' })
    return reply.redirect('/console/members', 303)
  })
}
