import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { KINDS } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import { LOCALES, type Locale, type Names } from '../core/locale.ts'
import type { Contact, StagedMedia } from '../core/submission.ts'
import type { Problem } from '../html/form.ts'
import { ltr, text } from '../html/text.ts'
import { codeCookieName, maySeeCode } from '../http/receipts.ts'
import { understood } from '../http/understood.ts'
import { accessCodeOf } from '../intake/access-code.ts'
import { normaliseEmail, normalisePhone, storableText } from '../intake/normalise.ts'
import { CODE_GRANT_SECONDS, grantCode } from '../receipts/code-grant.ts'
import { readReceiptToken, receiptToken } from '../receipts/link.ts'
import { type CounterDeps, fileAtCounter, type ReceiptWays } from '../staff/file-at-counter.ts'
import { requireRight } from '../staff/rights.ts'
import {
  COUNTER_WAYS,
  type CounterTools,
  type CounterTyped,
  counterDonePage,
  counterPage,
} from './counter.page.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'

interface CounterBody {
  readonly code: string
  readonly names: Names
  readonly anonymousAllowed: boolean
}

/** The files of one form, as they stream in and by the uploads that came before it. */
interface Hands {
  readonly problems: readonly Problem[]
  readonly media: readonly StagedMedia[]
}

/** What the counter needs of intake and of the citizen's pages; src/composition/counter.ts hands it in. */
export interface CounterParts extends Pick<CounterDeps, 'accept' | 'textReceipt'> {
  readonly tools: CounterTools
  /** Reads the form with its files. `onField` hears every field, those of one name too. */
  readonly receive: (
    request: FastifyRequest,
    locale: Locale,
  ) => Promise<{ readonly fields: Readonly<Record<string, string>>; readonly hands: Hands }>
  readonly bodyByCode: (code: string) => Promise<CounterBody | undefined>
  readonly searchBodies: (words: string) => Promise<readonly CounterBody[]>
}

const EXAMPLES = { phone: '06 12 34 56 78', email: 'nom@exemple.ma' } as const
const OFFERED = 6
const UNPROCESSABLE = 422

const line = (most: number) =>
  z
    .string()
    .catch('')
    .transform((typed) => storableText(typed).trim().slice(0, most))

const typedForm = z.object({
  text: line(LIMITS.textCharacters),
  kind: z.enum(KINDS).catch('complaint'),
  language: z.enum(LOCALES).catch('ar'),
  administration: line(200),
  place: line(LIMITS.placeCharacters),
  name: line(LIMITS.nameCharacters),
  phone: line(40),
  email: line(LIMITS.emailCharacters),
  preferred: z.enum(COUNTER_WAYS).catch('none'),
})

/** What the person left, normalised; what cannot be right, or is missing for the way that was chosen, is told. */
const contactOf = (locale: Locale, typed: CounterTyped): { contact: Contact; problems: Problem[] } => {
  const email = normaliseEmail(typed.email)
  const phone = normalisePhone(typed.phone)
  const { preferred, name } = typed
  const problems: Problem[] = []
  const needsPhone = preferred !== 'email' && preferred !== 'none'
  if ((typed.phone !== '' || needsPhone) && phone === undefined)
    problems.push({
      field: 'phone',
      message: text(locale, 'file.error.phone', { example: ltr(EXAMPLES.phone) }),
    })
  if ((typed.email !== '' || preferred === 'email') && email === undefined)
    problems.push({
      field: 'email',
      message: text(locale, 'file.error.email', { example: ltr(EXAMPLES.email) }),
    })
  const contact = {
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    preferred,
  }
  return { contact, problems }
}

/** The body that was meant: by its code, or by words that only one body answers to. */
const bodyOf = async (parts: CounterParts, locale: Locale, words: string) => {
  const none = { body: undefined, offered: [], problems: [] as Problem[] }
  if (words === '') return none
  const exact = await parts.bodyByCode(words.toUpperCase())
  if (exact) return { ...none, body: exact }
  const found = (await parts.searchBodies(words)).slice(0, OFFERED)
  const [only] = found
  if (found.length === 1 && only) return { ...none, body: only }
  const key = found.length === 0 ? 'desk.counter.body.unknown' : 'desk.counter.body.which'
  return { ...none, offered: found, problems: [{ field: 'administration', message: text(locale, key) }] }
}

/** Leads to what was filed, with the code in reach of this browser for a while. */
const toDone = (
  deps: ConsoleDeps,
  reply: FastifyReply,
  receiptId: string,
  ways: ReceiptWays,
): FastifyReply => {
  const secure = deps.publicUrl.startsWith('https:') ? '; Secure' : ''
  const grant = grantCode(deps.secrets, receiptId, deps.clock.now())
  return reply
    .header(
      'set-cookie',
      `${codeCookieName(deps.publicUrl)}=${grant}; Path=/; Max-Age=${CODE_GRANT_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
    )
    .redirect(`/console/counter/${receiptToken(deps.secrets, receiptId)}?ways=${ways.join('.')}`, 303)
}

interface Posted {
  readonly key: string
  readonly typed: CounterTyped
  readonly consents: boolean
  readonly hands: Hands
}

const readPosted = async (parts: CounterParts, request: FastifyRequest, locale: Locale): Promise<Posted> => {
  const { fields, hands } = await parts.receive(request, locale)
  return {
    key: understood(z.uuid(), fields['form']),
    typed: typedForm.parse(fields),
    consents: fields['consent'] === 'yes',
    hands,
  }
}

const post = async (deps: ConsoleDeps, parts: CounterParts, request: FastifyRequest, reply: FastifyReply) => {
  const { actor } = sessionOf(request)
  requireRight(actor, 'complaint.file')
  const viewer = viewerOf(request)
  const { locale } = viewer
  const { key, typed, consents, hands } = await readPosted(parts, request, locale)
  const { media } = hands
  const { contact, problems: wrongContact } = contactOf(locale, typed)
  const { body, offered, problems: wrongBody } = await bodyOf(parts, locale, typed.administration)
  const problem = (field: string, words: Parameters<typeof text>[1]): Problem => ({
    field,
    message: text(locale, words),
  })
  const isAnonymous = !contact.name && !contact.email && !contact.phone
  const problems = [
    ...(typed.text === '' && media.length === 0 ? [problem('text', 'desk.counter.empty')] : []),
    ...hands.problems,
    ...wrongBody,
    ...(body && !body.anonymousAllowed && isAnonymous ? [problem('name', 'file.error.anonymous')] : []),
    ...wrongContact,
    ...(consents ? [] : [problem('consent', 'desk.counter.consent.missing')]),
  ]
  if (problems.length > 0) {
    const kept = media.map(({ uploadId, id, name }) => ({ id: uploadId ?? id, name }))
    return reply
      .code(UNPROCESSABLE)
      .send(counterPage({ viewer, tools: parts.tools, key, typed, problems, offered, kept }))
  }
  const { accepted, ways } = await fileAtCounter({ ...deps, ...parts }, actor, {
    key,
    kind: typed.kind,
    text: typed.text,
    language: typed.language,
    contact,
    anonymous: isAnonymous,
    ...(body ? { administration: body.code } : {}),
    ...(typed.place ? { place: typed.place } : {}),
    media,
  })
  return toDone(deps, reply, accepted.receiptId, ways)
}

interface Done {
  Params: { token: string }
  Querystring: { ways?: string }
}

const showDone = async (deps: ConsoleDeps, request: FastifyRequest<Done>, reply: FastifyReply) => {
  requireRight(sessionOf(request).actor, 'complaint.file')
  const { token } = request.params
  const receiptId = readReceiptToken(deps.secrets, token)
  const [row] = receiptId
    ? await deps.db.sql<{ complaintId: string; reference: string }[]>`
        select c.id as "complaintId", c.reference from receipts r join complaints c on c.id = r.complaint_id
        where r.id = ${receiptId} and c.channel = 'counter'`
    : []
  if (row === undefined || receiptId === undefined) throw new AppError('not_found')
  const isOpen = maySeeCode(deps, request, receiptId)
  const ways = (['sms', 'email'] as const).filter((way) => request.query.ways?.split('.').includes(way))
  return reply.send(
    counterDonePage(viewerOf(request), {
      reference: row.reference,
      code: isOpen ? accessCodeOf(deps.secrets, row.complaintId) : undefined,
      receipt: `/receipts/${token}`,
      ways,
    }),
  )
}

/** `/console/counter`: a clerk files for somebody. */
export const counterRoutes = (app: FastifyInstance, deps: ConsoleDeps, parts: CounterParts): void => {
  void app.register(async (scope) => {
    await scope.register(fastifyMultipart, { throwFileSizeLimit: false })
    scope.get('/counter', async (request, reply) => {
      requireRight(sessionOf(request).actor, 'complaint.file')
      const viewer = viewerOf(request)
      const typed = typedForm.parse({ language: viewer.locale })
      const key = deps.newId()
      return reply.send(
        counterPage({ viewer, tools: parts.tools, key, typed, problems: [], offered: [], kept: [] }),
      )
    })
    scope.post('/counter', (request, reply) => post(deps, parts, request, reply))
    scope.get<Done>('/counter/:token', (request, reply) => showDone(deps, request, reply))
  })
}
