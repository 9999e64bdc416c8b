import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import type { StaffRole } from '../core/staff-role.ts'
import { text } from '../html/text.ts'
import { type Action, mayDo, rolesThatMay } from '../staff/rights.ts'
import { deskPage, type Viewer } from './layout.ts'
import { sessionOf, viewerOf } from './session.ts'

/** The tasks of the desk, each with the right it needs. Practising is the trainee's, who may what an agent may. */
const TASKS = {
  find: 'complaint.take',
  review: 'complaint.review',
  merge: 'complaint.merge',
  ask: 'complaint.ask',
  transfer: 'complaint.transfer',
  answer: 'complaint.answer',
  classify: 'complaint.classify',
  identity: 'complaint.identity',
  approve: 'complaint.approve',
  assign: 'complaint.assign',
  members: 'staff.manage',
  templates: 'template.write',
  joining: 'body.join',
  conformance: 'body.join',
  closing: 'body.join',
  practice: 'complaint.take',
  counter: 'complaint.file',
  numbers: 'indicator.read',
  report: 'report.write',
  triage: 'complaint.route',
  failures: 'delivery.read',
  bodies: 'body.approve',
  publish: 'report.judge',
  calendar: 'calendar.write',
  policy: 'policy.write',
} as const satisfies Record<string, Action>
type Task = keyof typeof TASKS

const isTask = (name: string): name is Task => Object.hasOwn(TASKS, name)

const rolesOf = (task: Task): readonly StaffRole[] =>
  task === 'practice' ? ['trainee'] : rolesThatMay(TASKS[task])

const PATH = '/console/guide'

const list = (locale: Locale, tasks: readonly Task[]): string =>
  html`<ul>!${tasks.map((task) => html`<li><a href="${PATH}/${task}">${text(locale, `guide.${task}.title`)}</a> <small>${text(locale, `guide.${task}.why`)}</small></li>`)}</ul>`

/** The viewer's own tasks first. */
const indexPage = (viewer: Viewer): string => {
  const { locale, session } = viewer
  const all = Object.keys(TASKS) as Task[]
  const isOwn = (task: Task) =>
    session !== undefined &&
    (task === 'practice' ? session.actor.role === 'trainee' : mayDo(session.actor, TASKS[task]))
  const others = all.filter((task) => !isOwn(task))
  const body = html`<p class="lead">${text(locale, 'guide.lead')}</p><h2>${text(locale, 'guide.yours')}</h2>!${list(locale, all.filter(isOwn))}<h2>${text(locale, 'guide.others')}</h2>!${list(locale, others)}`
  return deskPage(viewer, { title: text(locale, 'guide.title'), path: PATH, body })
}

/** One task on one page: who may, why, and the steps. */
const taskPage = (viewer: Viewer, task: Task): string => {
  const { locale } = viewer
  const roles = rolesOf(task).map((role) => text(locale, `desk.role.${role}`))
  const steps = text(locale, `guide.${task}.steps`).split('\n')
  const body = html`<p><strong>${text(locale, 'guide.may')}</strong> ${roles.join(' · ')}</p><p class="lead">${text(locale, `guide.${task}.why`)}</p><ol class="steps">!${steps.map((step) => html`<li>${step}</li>`)}</ol><p class="unprinted"><a href="${PATH}">${text(locale, 'guide.all')}</a></p>`
  return deskPage(viewer, { title: text(locale, `guide.${task}.title`), path: `${PATH}/${task}`, body })
}

/** `/console/guide`: how each task is done, for whoever works here. */
export const guideRoutes = (app: FastifyInstance): void => {
  app.get('/guide', async (request, reply) => {
    sessionOf(request)
    return reply.send(indexPage(viewerOf(request)))
  })
  app.get<{ Params: { task: string } }>('/guide/:task', async (request, reply) => {
    sessionOf(request)
    const { task } = request.params
    if (!isTask(task)) throw new AppError('not_found')
    return reply.send(taskPage(viewerOf(request), task))
  })
}
