import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { GROUNDS } from '../../../core/complaint.ts'
import { LIMITS } from '../../../core/limits.ts'
import { ANSWER_OUTCOMES } from '../../../core/referral.ts'
import {
  addNote,
  answerComplaint,
  approveAnswer,
  assignComplaint,
  classifyComplaint,
  type HandleDeps,
  requestInformation,
  returnAnswer,
  sendInterimReply,
  takeComplaint,
} from '../../../staff/handle-complaint.ts'
import { mergeComplaint, separateComplaint } from '../../../staff/merge-complaints.ts'
import { reviewComplaint } from '../../../staff/review-complaint.ts'
import type { Actor } from '../../../staff/rights.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'
import { classification, given } from './shapes.ts'

const tags = ['staff']
const words = z.string().trim().min(1)
const seen = z
  .string()
  .max(40)
  .optional()
  .describe('`version` of the record as it was read: refused with `conflict` when something happened since')
const yes = z.boolean()

const review = z.object({
  seen,
  checks: z.object({ ours: yes, public_service: yes, no_court: yes, understandable: yes, new: yes }),
  ground: z.enum(GROUNDS).optional().describe('Of the question that was answered no'),
  reason: z.string().trim().max(4000).optional().describe('Read by the citizen'),
  direction: words.max(300).optional().describe('Who is competent instead, by name; read by the citizen'),
  duplicateOf: z.string().max(40).optional(),
  ...classification,
})
const answer = z.object({
  seen,
  text: words.max(LIMITS.textCharacters),
  outcome: z.enum(ANSWER_OUTCOMES).optional(),
  ...classification,
})

type Run<B extends z.ZodType<object>> = (
  deps: HandleDeps,
  actor: Actor,
  wish: { reference: string } & z.output<B>,
) => Promise<unknown>

/** Registers acts upon one complaint: the name in the address, what it is, what it says, and the use case. */
const actsOn = (plainApp: FastifyInstance, deps: StaffApiDeps) => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const params = z.object({ reference: z.string().max(40) })
  return <B extends z.ZodType<object>>(name: string, summary: string, body: B, run: Run<B>) =>
    app.post(
      `/complaints/:reference/${name}`,
      { schema: { tags, summary, params, body, response: { 204: z.void() } } },
      async (request, reply) => {
        const { reference } = request.params as { reference: string }
        const wish = { ...given(request.body as object), reference } as { reference: string } & z.output<B>
        await run(deps, actorOf(request), wish)
        return reply.code(204).send()
      },
    )
}

const judgingActs = (act: ReturnType<typeof actsOn>): void => {
  act('take', 'Take the complaint upon yourself', z.object({ seen }).default({}), takeComplaint)
  act(
    'assign',
    'Give it to a person of the body, or back to the pool',
    z.object({ seen, to: z.uuid().nullable() }),
    assignComplaint,
  )
  act(
    'review',
    'The formal review in five questions. "Not ours" is no refusal: transfer it',
    review,
    (deps, actor, wish) => reviewComplaint(deps, actor, given(wish)),
  )
  act(
    'classify',
    'Note or correct the service and the cause, at any time: the numbers follow',
    z.object({ seen, ...classification }),
    classifyComplaint,
  )
  act(
    'merge',
    'Close it as saying what another complaint of the same body says (`into`). Its complainant is told, and answered with it',
    z.object({ seen, into: words.max(40) }),
    mergeComplaint,
  )
  act(
    'separate',
    'Take a merged complaint apart again: it stands where it stood, with its own dates',
    z.object({ seen }).default({}),
    separateComplaint,
  )
  act(
    'ask',
    'Ask the complainant, who answers on any channel',
    z.object({ seen, question: words.max(4000) }),
    requestInformation,
  )
}

const answeringActs = (act: ReturnType<typeof actsOn>): void => {
  act('answer', 'Answer it, or propose the answer where the body approves answers', answer, answerComplaint)
  act('approve', 'Let a proposed answer pass, as it is or corrected', answer.partial(), (deps, actor, wish) =>
    approveAnswer(deps, actor, given(wish)),
  )
  act('return', 'Give a proposed answer back', z.object({ seen, remark: words.max(4000) }), returnAnswer)
  act(
    'interim',
    'Tell the complainant why the answer takes longer',
    z.object({ seen, text: words.max(1000) }),
    sendInterimReply,
  )
  act('notes', 'A note for colleagues; never sent', z.object({ text: words.max(4000) }), addNote)
}

/** What an official does with a complaint. */
export const actRoutes = (app: FastifyInstance, deps: StaffApiDeps): void => {
  const act = actsOn(app, deps)
  judgingActs(act)
  answeringActs(act)
}
