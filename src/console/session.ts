import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../core/errors.ts'
import { isLocale, type Locale } from '../core/locale.ts'
import { negotiateLocale } from '../html/negotiate-locale.ts'
import { formOrigin } from '../http/same-origin.ts'
import { findSession, noteSighting, SESSION_LIFE_MS, type StaffSession } from '../staff/sessions.ts'
import type { Viewer } from './layout.ts'
import type { ConsoleDeps } from './routes.ts'

const LANGUAGE_LIFE = 365 * 24 * 3600

/** `__Host-` binds a cookie to this very host over https; plain http, which is localhost, cannot have it. */
const cookieName = (publicUrl: string, name: string): string =>
  publicUrl.startsWith('https:') ? `__Host-${name}` : name

const readCookie = (request: FastifyRequest, publicUrl: string, name: string): string | undefined => {
  const prefix = `${cookieName(publicUrl, name)}=`
  const pair = (request.headers.cookie ?? '').split('; ').find((one) => one.startsWith(prefix))
  return pair?.slice(prefix.length)
}

const writeCookie = (reply: FastifyReply, publicUrl: string, name: string, value: string, life: number) => {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  return reply.header(
    'set-cookie',
    `${cookieName(publicUrl, name)}=${value}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Strict${secure}`,
  )
}

const SESSION = 'wasl-staff'
const LANGUAGE = 'wasl-staff-language'

export const giveSession = (reply: FastifyReply, publicUrl: string, token: string): void =>
  void writeCookie(reply, publicUrl, SESSION, token, SESSION_LIFE_MS / 1000)

export const takeSession = (reply: FastifyReply, publicUrl: string): void =>
  void writeCookie(reply, publicUrl, SESSION, '', 0)

const viewers = new WeakMap<FastifyRequest, Viewer>()
/** Whoever came by an invitation has no right to any page but that of enrolling. */
const enrolling = new WeakMap<FastifyRequest, StaffSession>()

const localeOf = (request: FastifyRequest, reply: FastifyReply, publicUrl: string): Locale => {
  const asked = (request.query as { lang?: unknown } | undefined)?.lang
  if (isLocale(asked)) {
    writeCookie(reply, publicUrl, LANGUAGE, asked, LANGUAGE_LIFE)
    return asked
  }
  const kept = readCookie(request, publicUrl, LANGUAGE)
  return isLocale(kept) ? kept : negotiateLocale(request.headers['accept-language'])
}

/** The query of an address, without the language; what was posted stands in no address. */
const searchOf = ({ method, url }: FastifyRequest): string => {
  const search = new URLSearchParams(method === 'GET' ? url.split('?')[1] : '')
  search.delete('lang')
  return search.toString()
}

/** What an open page asks for by itself is no sign of a person: it may lie open on a desk that everybody left. */
const isByItself = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers['sec-fetch-dest'] === 'empty'

/** Finds out for each request who looks and in which language, and refuses forms that did not come from our pages. */
export const noteViewer = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.addHook('onRequest', async (request, reply) => {
    const locale = localeOf(request, reply, deps.publicUrl)
    const token = readCookie(request, deps.publicUrl, SESSION)
    const session = token === undefined ? undefined : await findSession(deps, token)
    if (session && !isByItself(request)) await noteSighting(deps, session)
    if (session?.stage === 'enrolment') enrolling.set(request, session)
    const search = searchOf(request)
    viewers.set(request, session?.stage === 'full' ? { locale, search, session } : { locale, search })
    if (request.method !== 'GET' && formOrigin(request, deps.publicUrl) !== 'same') throw new AppError('csrf')
  })
}

export const viewerOf = (request: FastifyRequest): Viewer =>
  viewers.get(request) ?? { locale: negotiateLocale(request.headers['accept-language']) }

/** The session of a page that needs one. */
export const sessionOf = (request: FastifyRequest): StaffSession => {
  const { session } = viewerOf(request)
  if (session === undefined) throw new AppError('unauthenticated')
  return session
}

/** Looks again whether the session of a request is alive, for an answer that goes on. */
export const isStillSignedIn = async (request: FastifyRequest, deps: ConsoleDeps): Promise<boolean> => {
  const token = readCookie(request, deps.publicUrl, SESSION)
  return token !== undefined && (await findSession(deps, token))?.stage === 'full'
}

/** The session of somebody who is enrolling. */
export const enrollingOf = (request: FastifyRequest): StaffSession => {
  const session = enrolling.get(request)
  if (session === undefined) throw new AppError('unauthenticated')
  return session
}

/** What the browser calls itself. */
export const agentOf = (request: FastifyRequest): string => request.headers['user-agent'] ?? ''
