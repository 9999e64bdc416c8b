import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { directionOf } from '../core/locale.ts'
import { text } from '../html/text.ts'
import type { OidcMemo, SingleSignOn } from '../platform/oidc.ts'
import { signInElsewhere } from '../staff/sign-in-elsewhere.ts'
import { deskPage } from './layout.ts'
import type { ConsoleDeps } from './routes.ts'
import { agentOf, giveSession, viewerOf } from './session.ts'

const COOKIE = 'wasl-sso'
/** The time a person has to sign in there. */
const MEMO_SECONDS = 600

const cookieName = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? `__Host-${COOKIE}` : COOKIE

/** Lax, unlike the session: the way back comes from another site. Sealed: the verifier is a secret. */
const writeMemo = (deps: ConsoleDeps, reply: FastifyReply, value: string, seconds: number): void => {
  const secure = deps.publicUrl.startsWith('https:') ? '; Secure' : ''
  reply.header(
    'set-cookie',
    `${cookieName(deps.publicUrl)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`,
  )
}

const memoSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

const readMemo = (deps: ConsoleDeps, request: FastifyRequest): OidcMemo | undefined => {
  const prefix = `${cookieName(deps.publicUrl)}=`
  const kept = (request.headers.cookie ?? '').split('; ').find((pair) => pair.startsWith(prefix))
  try {
    return memoSchema.parse(
      JSON.parse(deps.secrets.unseal(decodeURIComponent(kept?.slice(prefix.length) ?? ''))),
    )
  } catch {
    return undefined
  }
}

/**
 * The session's cookie is not sent along a way that began on another site, so the desk is reached by a step of our own page.
 */
const enteredPage = (request: FastifyRequest): string => {
  const { locale } = viewerOf(request)
  return html`<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}"><head><meta charset="utf-8"><title>${text(locale, 'console.title')}</title>
<meta http-equiv="refresh" content="0;url=/console"></head>
<body><p><a href="/console">${text(locale, 'desk.recovery.go')}</a></p></body></html>`
}

/** `/console/sso`: to the organisation's own sign-in and back. */
export const signInElsewhereRoutes = (app: FastifyInstance, deps: ConsoleDeps, sso: SingleSignOn): void => {
  const redirectUri = `${deps.publicUrl}/console/sso/return`
  app.get('/sso', async (_request, reply) => {
    const { url, memo } = await sso.begin(redirectUri)
    writeMemo(deps, reply, encodeURIComponent(deps.secrets.seal(JSON.stringify(memo))), MEMO_SECONDS)
    return reply.redirect(url, 303)
  })
  app.get('/sso/return', async (request, reply) => {
    const memo = readMemo(deps, request)
    const { search } = new URL(request.url, deps.publicUrl)
    const person = memo && (await sso.finish(new URL(redirectUri + search), memo))
    const opened = person && (await signInElsewhere(deps, person, agentOf(request)))
    if (opened === undefined) {
      writeMemo(deps, reply, '', 0)
      const { locale } = viewerOf(request)
      const body = html`<p class="lead" role="alert">${text(locale, 'desk.sso.refused')}</p><p><a class="button" href="/console/sign-in">${text(locale, 'console.sign_in')}</a></p>`
      const page = { title: text(locale, 'console.sign_in'), path: '/console/sign-in', body }
      return reply.code(401).send(deskPage({ locale }, page))
    }
    // The memo is worth nothing any more: its code is spent at the provider.
    giveSession(reply, deps.publicUrl, opened.token)
    return reply.send(enteredPage(request))
  })
}
