import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import { dropVoice, recordVoice } from '../staff/handle-complaint.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf } from './session.ts'

interface OfComplaint {
  Params: { reference: string }
}

type Again = (
  deps: ConsoleDeps,
  request: FastifyRequest<OfComplaint>,
  reply: FastifyReply,
  left: { error: unknown; typed: Record<string, string> },
) => Promise<FastifyReply>

const back = (reply: FastifyReply, reference: string): FastifyReply =>
  reply.redirect(`/console/complaints/${encodeURIComponent(reference)}#answer`, 303)

/** An answer that is spoken: one file, handed over as it streams in; the fields come before it. */
export const voiceRoutes = async (app: FastifyInstance, deps: ConsoleDeps, again: Again): Promise<void> => {
  await app.register(fastifyMultipart, {
    // One byte over: the store counts, and what is too large is told as such.
    limits: { files: 1, fields: 5, fileSize: LIMITS.answerVoiceBytes + 1 },
    throwFileSizeLimit: false,
  })
  const typed = { act: 'answer' }

  app.post<OfComplaint>('/complaints/:reference/answer/voice', async (request, reply) => {
    const { reference } = request.params
    try {
      const file = await request.file()
      if (file === undefined) throw new AppError('validation')
      const field = file.fields['seen']
      const seen = field && 'value' in field ? { seen: String(field.value) } : {}
      const { actor } = sessionOf(request)
      await recordVoice(deps, actor, { reference, ...seen, body: file.file, type: file.mimetype })
    } catch (error) {
      return again(deps, request, reply, { error, typed })
    }
    return back(reply, reference)
  })

  app.post<OfComplaint>('/complaints/:reference/answer/voice/drop', async (request, reply) => {
    const { reference } = request.params
    try {
      await dropVoice(deps, sessionOf(request).actor, { reference })
    } catch (error) {
      return again(deps, request, reply, { error, typed })
    }
    return back(reply, reference)
  })
}
