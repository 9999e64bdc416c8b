import type { FastifyInstance, FastifyReply } from 'fastify'
import { LIMITS } from '../../src/core/limits.ts'
import { isLocale, type Locale } from '../../src/core/locale.ts'
import { exportOwnData, readOwnContact } from '../../src/handling/own-data.ts'
import { rectifyContact } from '../../src/handling/rectify-contact.ts'
import type { TrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import type { Problem } from '../../src/html/form.ts'
import { ltr, text } from '../../src/html/text.ts'
import { normaliseEmail, normalisePhone, storableText } from '../../src/intake/normalise.ts'
import { readOpenings } from '../../src/staff/read-openings.ts'
import type { WebDeps } from './deps.ts'
import { sealTicket } from './follow-up-ticket.ts'
import { readComplaint, ticketOf, toComplaint, unlessOvertaken } from './follow-up-visit.ts'
import { type ContactTyped, ownContactPage, ownDataPage, PREFERRED, typedOf } from './own-data.page.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import { viewedComplaint } from './track-session.ts'
import { EXAMPLES } from './validate.ts'
import { type Fields, UNPROCESSABLE, type Visit } from './visit.ts'

const showData = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, locale, request, reply } = visit
  const complaintId = viewedComplaint(deps, request)
  if (complaintId === undefined) return toComplaint(visit)
  const complaint = await readComplaint(deps, complaintId)
  const [contact, openings] = await Promise.all([
    readOwnContact(deps, complaintId),
    readOpenings(deps, complaint.reference),
  ])
  const isChanged = (request.query as { done?: string }).done === 'changed'
  return sendHtml(
    reply,
    ownDataPage({ locale, complaint, contact, openings, zone: deps.officeZone, isChanged }),
  )
}

const sendExport = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, request, reply } = visit
  const complaintId = viewedComplaint(deps, request)
  const own = complaintId && (await exportOwnData(deps, complaintId, deps.originalUrl))
  if (!own) return toComplaint(visit)
  return reply
    .headers({
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${own.reference}.json"`,
    })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(own, null, 2))
}

const showContact = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, locale, request, reply } = visit
  const complaintId = viewedComplaint(deps, request)
  if (complaintId === undefined) return toComplaint(visit)
  const complaint = await readComplaint(deps, complaintId)
  const typed = typedOf(await readOwnContact(deps, complaintId), complaint.language)
  const ticket = sealTicket(deps, { complaintId, round: complaint.round, key: deps.newId() })
  return sendHtml(reply, ownContactPage({ locale, complaint, ticket, problems: [], typed }))
}

const KEPT_CHARACTERS = 500

const typedIn = (fields: Fields, locale: Locale): ContactTyped => {
  const line = (name: string) =>
    storableText(fields[name] ?? '')
      .slice(0, KEPT_CHARACTERS)
      .trim()
  const { answerLanguage } = fields
  return {
    name: line('name'),
    email: line('email'),
    phone: line('phone'),
    preferred: PREFERRED.find((way) => way === fields['preferred']) ?? 'none',
    language: isLocale(answerLanguage) ? answerLanguage : locale,
  }
}

const reachedBy = (preferred: ContactTyped['preferred']): 'email' | 'phone' | undefined =>
  preferred === 'none' ? undefined : preferred === 'email' ? 'email' : 'phone'

/** What is wrong, each with its field and an example. A body whose law asks who complains keeps asking. */
const problemsIn = async (
  deps: WebDeps,
  locale: Locale,
  typed: ContactTyped,
  { administration }: TrackedComplaint,
): Promise<Problem[]> => {
  const email = {
    field: 'email',
    message: text(locale, 'file.error.email', { example: ltr(EXAMPLES.email) }),
  }
  const phone = {
    field: 'phone',
    message: text(locale, 'file.error.phone', { example: ltr(EXAMPLES.phone) }),
  }
  const wanted = reachedBy(typed.preferred)
  const problems: Problem[] = []
  if ((typed.email !== '' || wanted === 'email') && normaliseEmail(typed.email) === undefined)
    problems.push(email)
  if ((typed.phone !== '' || wanted === 'phone') && normalisePhone(typed.phone) === undefined)
    problems.push(phone)
  if ([...typed.name].length > LIMITS.nameCharacters)
    problems.push({
      field: 'name',
      message: text(locale, 'file.error.name_long', { limit: LIMITS.nameCharacters }),
    })
  const office = administration && (await deps.offices.byCode(administration.code))
  const isNamed = typed.name !== '' && wanted !== undefined
  if (office && !office.anonymousAllowed && !isNamed)
    problems.push({
      field: typed.name === '' ? 'name' : 'preferred',
      message: text(locale, 'file.error.anonymous'),
    })
  return problems
}

const postContact = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, request, reply } = visit
  const fields = await receiveForm(request, async () => {})
  const ticket = ticketOf(visit, fields['form'])
  if (ticket === undefined) return toComplaint(visit)
  if (fields['action'] === 'back') return reply.redirect(`/${visit.locale}/track/complaint/data`, 303)
  const { language: other } = fields
  const locale = isLocale(other) ? other : visit.locale
  const typed = typedIn(fields, locale)
  const complaint = await readComplaint(deps, ticket.complaintId)
  const draw = (problems: readonly Problem[], status: number) => {
    const sealed = sealTicket(deps, { ...ticket, round: complaint.round })
    return sendHtml(reply, ownContactPage({ locale, complaint, ticket: sealed, problems, typed }), status)
  }
  if (isLocale(other)) return draw([], 200)
  const problems = await problemsIn(deps, locale, typed, complaint)
  if (problems.length > 0) return draw(problems, UNPROCESSABLE)
  const act = { now: deps.clock.now(), newId: deps.newId, actor: 'citizen:web', db: deps.db }
  const rectified = {
    name: typed.name || null,
    email: normaliseEmail(typed.email) ?? null,
    phone: normalisePhone(typed.phone) ?? null,
    preferred: typed.preferred,
    language: typed.language,
  }
  await unlessOvertaken(rectifyContact(act, ticket, rectified))
  return reply.redirect(`/${locale}/track/complaint/data?done=changed`, 303)
}

/** `/track/complaint/{data,data.json,contact}`: the rights of access and rectification, behind number and code. */
export const ownDataRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const route = (method: 'GET' | 'POST', step: string, handle: (visit: Visit) => Promise<FastifyReply>) =>
    app.route({
      method,
      url: `/${locale}/track/complaint/${step}`,
      schema: { hide: true },
      handler: (request, reply) => handle({ deps, locale, request, reply }),
    })
  route('GET', 'data', showData)
  route('GET', 'data.json', sendExport)
  route('GET', 'contact', showContact)
  route('POST', 'contact', postContact)
}
