import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Calls } from './calls.ts'
import { callResource, mediaResource, messageResource, recordingResource } from './resources.ts'
import type { Sender } from './send.ts'
import type { PhoneState, SimulatedMedia } from './state.ts'

export interface ProviderDeps {
  readonly state: PhoneState
  readonly calls: Calls
  readonly send: Sender
  /** Path below which the API answers, such as /simulator/twilio. */
  readonly prefix: string
}

interface Asked {
  Params: { sid: string; message: string; media: string; call: string; recording: string }
  Querystring: Record<string, string | undefined>
  Body: string
}

type Request = FastifyRequest<Asked>

/** An error as the provider words it. */
const refuse = (reply: FastifyReply, status: number, code: number): FastifyReply =>
  reply.code(status).send({ code, message: `Simulated error ${code}`, more_info: '', status })

const isAccount = ({ account }: PhoneState, { headers }: FastifyRequest): boolean => {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`)
  const seen = Buffer.from(headers.authorization ?? '')
  return seen.length === wanted.length && timingSafeEqual(seen, wanted)
}

/** One page of a list, newest first as the provider gives it. */
const pageOf = <T>(request: Request, key: string, items: readonly T[], show: (item: T) => unknown) => {
  const size = Math.min(Number(request.query['PageSize'] ?? 50), 1_000)
  const page = Number(request.query['Page'] ?? 0)
  const from = page * size
  const uri = request.url.slice(request.url.indexOf('/2010-04-01'))
  const next = new URL(uri, 'http://simulator.invalid')
  next.searchParams.set('Page', String(page + 1))
  const more = from + size < items.length
  return {
    [key]: items
      .toReversed()
      .slice(from, from + size)
      .map(show),
    page,
    page_size: size,
    uri,
    next_page_uri: more ? `${next.pathname}${next.search}` : null,
  }
}

const since = (request: Request, name: string): Date => new Date(request.query[`${name}>`] ?? 0)

/** Bytes, unless they are "not there yet". */
const serve = (reply: FastifyReply, file: SimulatedMedia | undefined): FastifyReply => {
  if (file === undefined || file.notYet > 0) {
    if (file) file.notYet -= 1
    return refuse(reply, 404, 20404)
  }
  return reply.type(file.type).send(file.bytes)
}

const mediaOf = ({ state }: ProviderDeps, { params }: Request): SimulatedMedia | undefined =>
  state.findMessage(params.message)?.media.find(({ sid }) => sid === params.media)

const messageRoutes = (app: FastifyInstance, deps: ProviderDeps, account: string): void => {
  const { state, prefix } = deps
  app.post<Asked>(`${account}/Messages.json`, async (request, reply) => {
    const sent = deps.send(new URLSearchParams(request.body))
    if (!sent.ok) return refuse(reply, sent.status, sent.code)
    return reply.code(201).send(messageResource(state, sent.message))
  })
  app.get<Asked>(`${account}/Messages.json`, async (request) => {
    const from = since(request, 'DateSent')
    const found = state.messages.filter(({ at }) => at >= from)
    return pageOf(request, 'messages', found, (message) => messageResource(state, message))
  })
  app.get<Asked>(`${account}/Messages/:message/Media.json`, async (request, reply) => {
    const message = state.findMessage(request.params.message)
    if (message === undefined) return refuse(reply, 404, 20404)
    return pageOf(request, 'media_list', message.media, (media) => mediaResource(state, message, media))
  })
  app.get<Asked>(`${account}/Messages/:message/Media/:media`, async (request, reply) => {
    const { message, media } = request.params
    if (mediaOf(deps, request) === undefined) return refuse(reply, 404, 20404)
    return reply.redirect(`${prefix}/content/${message}/${media}`, 307)
  })
  app.delete<Asked>(`${account}/Messages/:message/Media/:media.json`, async (request, reply) => {
    const held = state.findMessage(request.params.message)?.media ?? []
    const index = held.findIndex(({ sid }) => sid === request.params.media)
    if (index < 0) return refuse(reply, 404, 20404)
    held.splice(index, 1)
    return reply.code(204).send()
  })
}

const callRoutes = (app: FastifyInstance, { state, calls }: ProviderDeps, account: string): void => {
  app.get<Asked>(`${account}/Calls.json`, async (request) => {
    const from = since(request, 'StartTime')
    const found = calls.list().filter(({ at }) => at >= from)
    return pageOf(request, 'calls', found, (call) => callResource(state, call))
  })
  app.get<Asked>(`${account}/Calls/:call.json`, async (request, reply) => {
    const call = calls.find(request.params.call)
    return call === undefined ? refuse(reply, 404, 20404) : callResource(state, call)
  })
  app.get<Asked>(`${account}/Recordings.json`, async (request) => {
    const from = since(request, 'DateCreated')
    const found = [...state.recordings.values()].filter(({ at }) => at >= from)
    return pageOf(request, 'recordings', found, (recording) => recordingResource(state, recording))
  })
  app.get<Asked>(`${account}/Recordings/:recording`, async (request, reply) =>
    serve(reply, state.recordings.get(request.params.recording.replace(/\.(wav|mp3)$/, ''))),
  )
  app.delete<Asked>(`${account}/Recordings/:recording.json`, async (request, reply) =>
    state.recordings.delete(request.params.recording) ? reply.code(204).send() : refuse(reply, 404, 20404),
  )
}

/** The provider's REST API, as far as the gateway uses it, behind the account's credentials. */
export const providerApi = async (app: FastifyInstance, deps: ProviderDeps): Promise<void> => {
  const { state, prefix } = deps
  app.addHook('onRoute', (route) => {
    route.schema = { hide: true }
  })
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', async (request, reply) => {
      if (!isAccount(state, request)) return refuse(reply, 401, 20003)
    })
    const account = `${prefix}/2010-04-01/Accounts/${state.account.sid}`
    messageRoutes(scope, deps, account)
    callRoutes(scope, deps, account)
  })
  // Where media lie: another place than the API, which must never be shown the account's credentials.
  app.get<Asked>(`${prefix}/content/:message/:media`, async (request, reply) =>
    request.headers.authorization === undefined
      ? serve(reply, mediaOf(deps, request))
      : refuse(reply, 400, 20001),
  )
}
