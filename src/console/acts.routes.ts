import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CAUSES } from '../core/cause.ts'
import { GROUNDS } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import { ANSWER_OUTCOMES } from '../core/referral.ts'
import { versionOf } from '../handling/holding.ts'
import { text } from '../html/text.ts'
import { appErrorOf } from '../http/problem.ts'
import { STATUS_OF } from '../http/status-of.ts'
import { correctTranscript } from '../staff/correct-transcript.ts'
import { transferComplaint } from '../staff/desk.ts'
import {
  addNote,
  answerComplaint,
  approveAnswer,
  classifyComplaint,
  handOver,
  requestInformation,
  returnAnswer,
  sendInterimReply,
  takeComplaint,
} from '../staff/handle-complaint.ts'
import { noteReading, readersOf } from '../staff/inbox.ts'
import { mergeComplaint, readPair, separateComplaint } from '../staff/merge-complaints.ts'
import { findComplaint } from '../staff/read-complaint.ts'
import { readAnswerWay } from '../staff/read-handling.ts'
import { reviewComplaint } from '../staff/review-complaint.ts'
import type { Actor } from '../staff/rights.ts'
import { answerPreview } from './complaint.answer.ts'
import { showComplaint } from './complaint.routes.ts'
import { mergePage } from './merge.view.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'
import { voiceRoutes } from './voice.routes.ts'

interface OfComplaint {
  Params: { reference: string }
}
interface OfPart {
  Params: { reference: string; id: string }
}

const words = (most: number) => z.string().trim().min(1).max(most)
const absent = z.literal('').transform(() => undefined)
const seen = z.string().max(40).optional()
const classForm = {
  service: z
    .string()
    .trim()
    .max(60)
    .transform((code) => code || null)
    .optional(),
  cause: z.union([z.literal('').transform(() => null), z.enum(CAUSES)]).optional(),
}
const yesNo = z.enum(['yes', 'no']).transform((value) => value === 'yes')

const reviewForm = z
  .object({
    seen,
    ours: yesNo,
    public_service: yesNo,
    no_court: yesNo,
    understandable: yesNo,
    new: yesNo,
    ground: z.union([absent, z.enum(GROUNDS)]).optional(),
    reason: z.string().trim().max(4000).optional(),
    direction: z.union([absent, z.string().trim().max(300)]).optional(),
    duplicateOf: z.union([absent, z.string().trim().max(40)]).optional(),
    ...classForm,
  })
  .transform(({ seen: version, ground, reason, direction, duplicateOf, service, cause, ...checks }) => ({
    seen: version,
    checks,
    service,
    cause,
    ...(direction ? { direction } : {}),
    ...(ground ? { ground } : {}),
    ...(reason ? { reason } : {}),
    ...(duplicateOf ? { duplicateOf } : {}),
  }))
const answerForm = z.object({
  seen,
  text: words(LIMITS.textCharacters),
  outcome: z.union([absent, z.enum(ANSWER_OUTCOMES)]).optional(),
  ...classForm,
})
const transferForm = z.object({
  seen,
  administration: words(40).transform((code) => code.toUpperCase()),
  reason: words(1000),
})

/** What was wrong is said on the complaint's own page, and what was typed is still there. */
const KEPT = [
  'validation',
  'ground_required',
  'transfer_required',
  'other_reviewer',
  'not_mergeable',
  'ask_first',
  'conflict',
  'administration_unknown',
  'file_empty',
  'file_too_large',
]

type Run<T> = (deps: ConsoleDeps, actor: Actor, wish: T & { reference: string }) => Promise<unknown>

/** Registers an act: its form, the part of the page it belongs to, and the use case. */
const actsOn =
  (app: FastifyInstance, deps: ConsoleDeps) =>
  <T extends object>(name: string, part: string, form: z.ZodType<T>, run: Run<T>): void => {
    app.post<OfComplaint>(`/complaints/:reference/${name}`, async (request, reply) => {
      const { reference } = request.params
      const typed: Record<string, string> = { act: part, ...(request.body as object) }
      const { step } = typed
      if (step === 'preview' || step === 'template')
        return showComplaint(deps, request, reply, { typed, previews: step === 'preview' })
      try {
        const parsed = form.safeParse(request.body)
        if (!parsed.success) throw new AppError('validation')
        await run(deps, sessionOf(request).actor, { ...parsed.data, reference })
      } catch (error) {
        return again(deps, request, reply, { error, typed })
      }
      return reply.redirect(`/console/complaints/${encodeURIComponent(reference)}`, 303)
    })
  }

const again = async (
  deps: ConsoleDeps,
  request: FastifyRequest<OfComplaint>,
  reply: FastifyReply,
  { error, typed }: { error: unknown; typed: Record<string, string> },
): Promise<FastifyReply> => {
  const { code } = appErrorOf(error)
  if (!KEPT.includes(code)) throw error
  const trouble = text(viewerOf(request).locale, `error.${code}`)
  return showComplaint(deps, request, reply.code(STATUS_OF[code]), { typed, trouble })
}

const registerActs = (act: ReturnType<typeof actsOn>): void => {
  act('merge', 'merge', z.object({ seen, into: words(40) }), mergeComplaint)
  act('separate', 'merge', z.object({ seen }), separateComplaint)
  act('take', 'take', z.object({ seen }), takeComplaint)
  act('review', 'review', reviewForm, reviewComplaint)
  act('classify', 'class', z.object({ seen, ...classForm }), classifyComplaint)
  act('ask', 'ask', z.object({ seen, question: words(4000) }), requestInformation)
  act('answer', 'answer', answerForm, (deps, actor, { outcome, ...wish }) =>
    answerComplaint(deps, actor, { ...wish, ...(outcome ? { outcome } : {}) }),
  )
  act('approve', 'approve', z.object({ seen }), approveAnswer)
  act('return', 'return', z.object({ seen, remark: words(4000) }), returnAnswer)
  act(
    'interim',
    'interim-reply',
    z.object({ seen, interim: words(1000) }),
    (deps, actor, { interim, ...wish }) => sendInterimReply(deps, actor, { ...wish, text: interim }),
  )
  act('notes', 'note', z.object({ note: words(4000) }), (deps, actor, { note, reference }) =>
    addNote(deps, actor, { reference, text: note }),
  )
  act('transfer', 'transfer', transferForm, (deps, actor, wish) =>
    actor.administrationId === null ? transferComplaint(deps, actor, wish) : handOver(deps, actor, wish),
  )
}

/** What an official does with a complaint; each is a form that works without a script. */
export const actRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  registerActs(actsOn(app, deps))
  void app.register((scope) => voiceRoutes(scope, deps, again))

  app.post<OfComplaint>('/complaints/:reference/answer/preview', async (request, reply) => {
    const { actor } = sessionOf(request)
    const record = await findComplaint(deps, actor, request.params.reference)
    const way = await readAnswerWay(deps.db.sql, record.id)
    const { text: typed } = z.object({ text: z.string().max(LIMITS.textCharacters) }).parse(request.body)
    const { locale } = viewerOf(request)
    return reply.send(answerPreview({ locale, way, record: record as never }, typed))
  })

  app.get<OfComplaint>('/complaints/:reference/merge', async (request, reply) => {
    const { reference } = request.params
    const typed = { act: 'merge', into: '', ...(request.query as object) }
    try {
      const pair = await readPair(deps, sessionOf(request).actor, { reference, into: typed.into })
      const version = await versionOf(deps.db.orm, pair.complaint.id)
      return reply.send(mergePage(viewerOf(request), { ...pair, version, officeZone: deps.officeZone }))
    } catch (error) {
      return again(deps, request, reply, { error, typed })
    }
  })

  app.get<OfComplaint>('/complaints/:reference/presence', async (request, reply) => {
    const { actor } = sessionOf(request)
    const { id } = await findComplaint(deps, actor, request.params.reference)
    await noteReading(deps, actor, id)
    const readers = await readersOf(deps, actor, id)
    const said =
      readers.length === 0 ? '' : text(viewerOf(request).locale, 'desk.presence', { who: readers.join(', ') })
    return reply.type('text/plain; charset=utf-8').send(said)
  })

  app.post<OfPart>('/complaints/:reference/transcripts/:id', async (request, reply) => {
    const { reference, id } = request.params
    const form = z.object({ text: words(LIMITS.textCharacters) }).safeParse(request.body)
    if (!form.success) throw new AppError('validation')
    await correctTranscript(deps, sessionOf(request).actor, { reference, asset: id, text: form.data.text })
    return reply.redirect(`/console/complaints/${encodeURIComponent(reference)}`, 303)
  })
}
