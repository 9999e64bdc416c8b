import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { OPENING_REASONS, type OpeningReason } from '../core/opening.ts'
import { pseudonymOf } from '../core/pseudonym.ts'
import { states } from '../html/catalogue/states.ts'
import { type TextKey, text } from '../html/text.ts'
import { appErrorOf } from '../http/problem.ts'
import { sendEvidence } from '../http/send-evidence.ts'
import { serveObject } from '../http/serve-object.ts'
import { STATUS_OF } from '../http/status-of.ts'
import { templatesFor } from '../staff/answer-templates.ts'
import { retryMedia, routeComplaint, suggestionsFor } from '../staff/desk.ts'
import { noteReading, readersOf } from '../staff/inbox.ts'
import {
  type Evidence,
  findRendition,
  openMailHtml,
  openOriginal,
  openRawMail,
  openRawSubmission,
} from '../staff/open-evidence.ts'
import { openIdentity, readOpenIdentity } from '../staff/open-identity.ts'
import { readComplaint } from '../staff/read-complaint.ts'
import { namesOf, readAnswerWay } from '../staff/read-handling.ts'
import type { Actor } from '../staff/rights.ts'
import { suggestDuplicates } from '../staff/suggest-duplicates.ts'
import { complaintPage } from './complaint.page.ts'
import { openingPage } from './identity.view.ts'
import { mailFrame } from './mail.view.ts'
import { withReadyWords } from './ready-words.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'

const eventKey = (event: string): TextKey => {
  const key = `event.${event}`
  return key in states.fr ? (key as TextKey) : 'event.other'
}

const addressOf = (reference: string): string => `/console/complaints/${encodeURIComponent(reference)}`

interface OfComplaint {
  Params: { reference: string }
}
interface OfPart {
  Params: { reference: string; id: string }
}

/** The site's policy lets no page hold a frame; one with mail may hold ours. */
const allowOwnFrame = (reply: FastifyReply): void => {
  const policy = String(reply.getHeader('content-security-policy') ?? "default-src 'none'")
  reply.header('content-security-policy', `${policy};frame-src 'self'`)
}

/** Someone else's words in a frame: nothing runs, loads, is sent or leads anywhere, whatever the sanitiser left. */
const FRAME_POLICY = "sandbox; default-src 'none'; frame-ancestors 'self'"

/** What an act that was not done, or only tried, leaves on the page. */
interface Left {
  readonly typed: Readonly<Record<string, string>>
  readonly trouble?: string
  readonly previews?: boolean
}

/** Sends the page of one complaint, and notes that this person has it open. */
export const showComplaint = async (
  deps: ConsoleDeps,
  request: FastifyRequest<OfComplaint>,
  reply: FastifyReply,
  left: Left = { typed: {} },
): Promise<FastifyReply> => {
  const viewer = viewerOf(request)
  const { actor } = sessionOf(request)
  const record = await readComplaint(deps, actor, request.params.reference)
  await noteReading(deps, actor, record.id)
  const { sql } = deps.db
  const actors = [
    record.handling.draft?.writtenBy ?? null,
    ...record.timeline.map((entry) => entry.actor),
    ...record.handling.notes.map((note) => note.actor),
  ]
  const [suggestions, names, way, readers, identity, templates, duplicates] = await Promise.all([
    suggestionsFor(deps, record),
    namesOf(sql, actors),
    readAnswerWay(sql, record.id),
    readersOf(deps, actor, record.id),
    readOpenIdentity(deps, actor, record),
    templatesFor(deps, record.id),
    suggestDuplicates(deps, actor, record),
  ])
  const { officeZone } = deps
  const pseudonym = pseudonymOf(deps.secrets, record.id)
  const typed = withReadyWords(left.typed, { record, templates, officeZone })
  const shown = {
    record,
    suggestions,
    names,
    way,
    readers,
    templates,
    officeZone,
    pseudonym,
    identity,
    duplicates,
  }
  const facts = { ...shown, ...left, typed }
  if (record.mails.some(({ hasHtml }) => hasHtml)) allowOwnFrame(reply)
  return reply.send(complaintPage(viewer, facts, (event) => text(viewer.locale, eventKey(event))))
}

const readingRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get<OfComplaint>('/complaints/:reference', (request, reply) => showComplaint(deps, request, reply))
}

const fileRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get<OfPart>('/complaints/:reference/renditions/:id', async (request, reply) => {
    const rendition = await findRendition(deps, sessionOf(request).actor, request.params)
    return serveObject(reply, deps.store, {
      ...rendition,
      fileName: request.params.reference,
      disposition: 'inline',
    })
  })
  // Helmet's own policy is switched off here: this answer brings a stricter one.
  app.get<OfPart>(
    '/complaints/:reference/mail/:id/html',
    { helmet: { contentSecurityPolicy: false } },
    async (request, reply) => {
      // Before anything may fail: the page of a refusal is framed by the same rules.
      reply
        .header('content-security-policy', FRAME_POLICY)
        .header('x-frame-options', 'SAMEORIGIN')
        .header('referrer-policy', 'no-referrer')
      const words = await openMailHtml(deps, sessionOf(request).actor, request.params)
      return reply.send(mailFrame(words))
    },
  )
}

const reasonForm = z.object({ reason: z.enum(OPENING_REASONS).optional() })

type OpenPart = (
  deps: ConsoleDeps,
  actor: Actor,
  wanted: OfPart['Params'] & { readonly reason?: OpeningReason | undefined },
) => Promise<Evidence>

/** What shows the person: given at once while the identity is open, else after a reason. */
const evidenceRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  const opens = (path: string, open: OpenPart) => {
    const give = async (request: FastifyRequest<OfPart>, reply: FastifyReply, reason?: OpeningReason) => {
      try {
        return sendEvidence(reply, await open(deps, sessionOf(request).actor, { ...request.params, reason }))
      } catch (error) {
        if (appErrorOf(error).code !== 'reason_required') throw error
        return reply.send(openingPage(viewerOf(request), request.url))
      }
    }
    app.get<OfPart>(path, (request, reply) => give(request, reply))
    app.post<OfPart>(path, (request, reply) =>
      give(request, reply, reasonForm.safeParse(request.body).data?.reason),
    )
  }
  opens('/complaints/:reference/raw/:id', openRawSubmission)
  opens('/complaints/:reference/mail/:id/raw', openRawMail)
  opens('/complaints/:reference/media/:id/original', openOriginal)
  app.post<OfComplaint>('/complaints/:reference/identity', async (request, reply) => {
    const { reference } = request.params
    const { reason } = reasonForm.safeParse(request.body).data ?? {}
    if (reason === undefined)
      return showComplaint(deps, request, reply.code(STATUS_OF.reason_required), {
        typed: {},
        trouble: text(viewerOf(request).locale, 'error.reason_required'),
      })
    await openIdentity(deps, sessionOf(request).actor, { reference, reason })
    return reply.redirect(`${addressOf(reference)}#identity`, 303)
  })
}

const code = z.string().trim().max(40).toUpperCase()
const routeForm = z.object({ administration: code.optional(), other: code.optional() })

const decisionRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.post<OfComplaint>('/complaints/:reference/route', async (request, reply) => {
    const { reference } = request.params
    const { administration, other } = routeForm.parse(request.body)
    const chosen = other || administration
    if (!chosen) throw new AppError('administration_unknown')
    await routeComplaint(deps, sessionOf(request).actor, { reference, administration: chosen })
    return reply.redirect(addressOf(reference), 303)
  })
  app.post<OfPart>('/complaints/:reference/media/:id/retry', async (request, reply) => {
    const { reference, id } = request.params
    await retryMedia(deps, sessionOf(request).actor, { reference, asset: id })
    return reply.redirect(addressOf(reference), 303)
  })
}

export const complaintRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  readingRoutes(app, deps)
  fileRoutes(app, deps)
  evidenceRoutes(app, deps)
  decisionRoutes(app, deps)
}
