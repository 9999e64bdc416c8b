import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireRight, scopeOf } from '../staff/rights.ts'
import { createInboxWatch } from '../staff/watch-inbox.ts'
import type { ConsoleDeps } from './routes.ts'
import { isStillSignedIn, sessionOf } from './session.ts'

/** Proxies give up a connection on which nothing was said for a minute. */
const BREATH_MS = 25_000
/** Then the browser comes again, and its rights are looked at anew. */
const LIFE_MS = 10 * 60_000

const EVENT_STREAM = 'text/event-stream'

/**
 * `GET /console/live`: server-sent events that say when the list has changed, and nothing of it; the page then asks for the
 * list, as the person it is shown to. A stream ends with the session, at its next word.
 */
export const liveRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  const inbox = createInboxWatch(deps.db.sql)
  const streams = new Set<PassThrough>()
  app.addHook('preClose', async () => {
    inbox.close()
    for (const stream of streams) stream.end()
  })

  const open = async (request: FastifyRequest): Promise<PassThrough> => {
    const { actor } = sessionOf(request)
    const scope = await scopeOf(deps.db.sql, actor)
    const stream = new PassThrough()
    const say = async (words: string): Promise<void> => {
      if (await isStillSignedIn(request, deps)) stream.write(words)
      else stream.end()
    }
    // A failed look at the session ends the stream: the browser comes again.
    const trySay = (words: string): void => void say(words).catch(() => stream.end())
    const leave = inbox.watch(scope, () => trySay('event: changed\ndata:\n\n'))
    const breath = setInterval(() => trySay(':\n\n'), BREATH_MS)
    const end = setTimeout(() => stream.end(), LIFE_MS)
    streams.add(stream)
    stream.once('close', () => {
      streams.delete(stream)
      clearInterval(breath)
      clearTimeout(end)
      leave()
    })
    stream.write('retry: 5000\n\n')
    return stream
  }

  app.get('/live', async (request, reply) => {
    requireRight(sessionOf(request).actor, 'complaint.read')
    if (!request.headers.accept?.includes(EVENT_STREAM)) return reply.code(406).send('')
    return reply.type(EVENT_STREAM).send(await open(request))
  })
}
