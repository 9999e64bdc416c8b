import fastifyFormbody from '@fastify/formbody'
import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../core/errors.ts'
import type { Locale } from '../../core/locale.ts'
import { refuseCrossSite } from '../../http/same-origin.ts'
import { serveAssets } from '../../http/serve-assets.ts'
import type { Ending } from './calls.ts'
import type { Exchange } from './exchange.ts'
import type { SimulatedCall } from './execute-call.ts'
import { PHONE_ISLANDS, PHONE_STYLE } from './islands.ts'
import { phonePage } from './page.ts'
import { sampleVoice } from './sample-voice.ts'
import type { Line } from './state.ts'
import { addressOf, isShown, PHONE_PATH } from './view.ts'

export interface PhoneDeps {
  readonly exchange: Exchange
  readonly publicUrl: string
  readonly localeOf: (request: FastifyRequest) => Locale
}

/** A number of nobody, to begin with. */
const FIRST_PHONE = '+212612345678'
/** The page waits this long for the service's first answer, so that it shows without a script. */
const REPLY_WAIT_MS = 2_500
const LOOK_MS = 100
const FILE_BYTES = 20 * 1024 * 1024
const MOST_SECONDS = 180
const DEFAULT_SECONDS = 8

interface Form {
  readonly fields: Readonly<Record<string, string>>
  readonly file: { readonly type: string; readonly bytes: Buffer } | undefined
}

const readForm = async (request: FastifyRequest): Promise<Form> => {
  if (!request.isMultipart())
    return { fields: (request.body ?? {}) as Record<string, string>, file: undefined }
  const fields: Record<string, string> = {}
  let file: Form['file']
  for await (const part of request.parts({ limits: { fileSize: FILE_BYTES, files: 1, fields: 20 } })) {
    if (part.type === 'field') fields[part.fieldname] = String(part.value)
    else {
      const bytes = await part.toBuffer()
      if (bytes.length > 0) file = { type: part.mimetype, bytes }
    }
  }
  return { fields, file }
}

/** E.164, or what the form says of a withheld number. */
const phoneOf = (typed: string | undefined): string => {
  const phone = (typed ?? '').replace(/[^\d+a-z]/gi, '').slice(0, 20)
  return phone === '' ? FIRST_PHONE : phone
}

const lineOf = (typed: string | undefined): Line => (typed === 'whatsapp' ? 'whatsapp' : 'sms')

const whole = (typed: string | undefined, most: number): number => {
  const number = Math.trunc(Number(typed ?? 0))
  return Number.isFinite(number) ? Math.min(Math.max(number, 0), most) : 0
}

const back = (reply: FastifyReply, { fields }: Form, call = fields['call']): FastifyReply =>
  reply.redirect(
    addressOf({ phone: phoneOf(fields['phone']), line: lineOf(fields['line']), ...(call ? { call } : {}) }),
    303,
  )

const answered = async (exchange: Exchange, count: () => number): Promise<void> => {
  const before = count()
  const until = performance.now() + REPLY_WAIT_MS
  while (count() === before && performance.now() < until && !exchange.state.misbehaviour.drop)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}

const messageRoute = (app: FastifyInstance, { exchange }: PhoneDeps): void => {
  app.post(`${PHONE_PATH}/messages`, async (request, reply) => {
    const form = await readForm(request)
    const [phone, line] = [phoneOf(form.fields['phone']), lineOf(form.fields['line'])]
    const received = () =>
      exchange.state.thread(line, phone).filter((one) => one.direction !== 'inbound').length
    const waiting = answered(exchange, received)
    await exchange.write({
      line,
      phone,
      text: form.fields['text'] ?? '',
      files: form.file ? [form.file] : [],
    })
    await waiting
    return back(reply, form)
  })
}

/** What the phone sent, for its own thread. */
const fileRoute = (app: FastifyInstance, { exchange }: PhoneDeps): void => {
  app.get<{ Params: { sid: string; nth: string } }>(
    `${PHONE_PATH}/files/:sid/:nth`,
    async (request, reply) => {
      const { sid, nth } = request.params
      const file = exchange.state.findMessage(sid)?.files[Number(nth)]
      if (file === undefined || !isShown(file.type)) throw new AppError('not_found')
      return reply.type(file.type).header('content-security-policy', 'sandbox').send(file.bytes)
    },
  )
}

const misbehaveRoute = (app: FastifyInstance, { exchange }: PhoneDeps): void => {
  app.post(`${PHONE_PATH}/misbehave`, async (request, reply) => {
    const form = await readForm(request)
    const { duplicate, reorder, drop, delay, refuse, not_found_first: notFound } = form.fields
    Object.assign(exchange.state.misbehaviour, {
      duplicate: duplicate === '1',
      reorder: reorder === '1',
      drop: drop === '1',
      delay: whole(delay, 600),
      refuse: whole(refuse, 99_999),
      notFoundFirst: whole(notFound, 1_000),
    })
    return back(reply, form)
  })
}

const callRoutes = (app: FastifyInstance, { exchange: { calls } }: PhoneDeps): void => {
  const onCall = (path: string, act: (call: SimulatedCall, form: Form) => Promise<void>) =>
    app.post(`${PHONE_PATH}/${path}`, async (request, reply) => {
      const form = await readForm(request)
      const call = calls.find(form.fields['call'] ?? '')
      if (call === undefined) throw new AppError('not_found')
      await act(call, form)
      return back(reply, form)
    })
  app.post(`${PHONE_PATH}/calls`, async (request, reply) => {
    const form = await readForm(request)
    const call = await calls.dial(phoneOf(form.fields['phone']))
    return back(reply, form, call.sid)
  })
  onCall('keys', (call, { fields }) =>
    calls.press(call, fields['key'] === 'typed' ? (fields['keys'] ?? '') : (fields['key'] ?? '')),
  )
  onCall('speak', (call, { fields, file }) => {
    const seconds = whole(fields['seconds'], MOST_SECONDS) || DEFAULT_SECONDS
    const take = file ?? { type: 'audio/x-wav', bytes: sampleVoice(seconds) }
    return calls.speak(call, { ...take, seconds }, (fields['ending'] ?? '#') as Ending)
  })
  onCall('hang-up', (call) => calls.hangUp(call))
}

interface Shown {
  Querystring: { phone?: string; line?: string; call?: string }
}

/** `/simulator/phone`: a phone in the browser. Registered only where no real provider is configured. */
export const phoneRoutes = async (app: FastifyInstance, deps: PhoneDeps): Promise<void> => {
  const { exchange, localeOf, publicUrl } = deps
  await app.register(async (scope) => {
    await scope.register(fastifyFormbody)
    await scope.register(fastifyMultipart)
    scope.addHook('onRoute', (route) => {
      route.schema = { hide: true }
    })
    scope.addHook('preHandler', async (request) => {
      if (request.method === 'POST') refuseCrossSite(request, publicUrl)
    })
    scope.get<Shown>(PHONE_PATH, async (request, reply) => {
      const [phone, line] = [phoneOf(request.query.phone), lineOf(request.query.line)]
      const view = {
        locale: localeOf(request),
        phone,
        line,
        messages: exchange.state.thread(line, phone),
        call: exchange.calls.find(request.query.call ?? ''),
        misbehaviour: exchange.state.misbehaviour,
      }
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(phonePage(view))
    })
    fileRoute(scope, deps)
    serveAssets(scope, [...PHONE_ISLANDS, PHONE_STYLE])
    messageRoute(scope, deps)
    misbehaveRoute(scope, deps)
    callRoutes(scope, deps)
  })
}
