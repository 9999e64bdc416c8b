import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import type { Problem } from '../../src/html/form.ts'
import type { UploadLink } from '../../src/intake/upload-links.ts'
import { addMediaPage } from './add-media.page.ts'
import type { WebDeps } from './deps.ts'
import { createHands } from './hands.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import { refuseForeign } from './visit.ts'

interface Opened {
  Params: { token: string }
}
type Request = FastifyRequest<Opened>

const linkOf = async (deps: WebDeps, request: Request): Promise<UploadLink> => {
  await deps.links.limit(request)
  const link = await deps.links.read(request.params.token)
  if (link === undefined) throw new AppError('not_found')
  return link
}

const post = async (deps: WebDeps, request: Request, reply: FastifyReply, locale: Locale) => {
  refuseForeign({ deps, request })
  const { token } = request.params
  const link = await linkOf(deps, request)
  const show = (problems: readonly Problem[]) =>
    sendHtml(
      reply,
      addMediaPage({ locale, token, link, zone: deps.officeZone, problems }),
      problems.length > 0 ? 422 : 200,
    )
  if (link.state !== 'open') return show([])
  const hands = createHands(deps, request, locale)
  const ids: string[] = []
  await receiveForm(request, hands.take, (name, value) => void (name === 'upload' && ids.push(value)))
  if (ids.length > 0) await hands.takeUploads(ids)
  if (hands.media.length === 0 && hands.problems.length === 0) hands.tell('add.none')
  if (hands.media.length === 0) return show(hands.problems)
  // What was refused is told after the rest is safe: the link is spent then.
  if (!(await deps.links.add(link.id, hands.media))) return reply.redirect(`/${locale}/u/${token}`, 303)
  if (hands.problems.length === 0) return reply.redirect(`/${locale}/u/${token}`, 303)
  return sendHtml(
    reply,
    addMediaPage({
      locale,
      token,
      link: { ...link, state: 'used' },
      zone: deps.officeZone,
      problems: hands.problems,
    }),
  )
}

/** `/u/<token>`: files for a complaint that exists, by a one-time link (ux.md 2.3, G29). In the complaint's language at first. */
export const addMediaRoutes = (app: FastifyInstance, deps: WebDeps): void => {
  const schema = { hide: true }
  const show = async (request: Request, reply: FastifyReply, locale?: Locale) => {
    const link = await linkOf(deps, request)
    const { token } = request.params
    const view = { locale: locale ?? link.language, token, link, zone: deps.officeZone, problems: [] }
    return sendHtml(reply, addMediaPage(view))
  }
  app.get<Opened>('/u/:token', { schema }, (request, reply) => show(request, reply))
  for (const locale of LOCALES) {
    app.get<Opened>(`/${locale}/u/:token`, { schema }, (request, reply) => show(request, reply, locale))
    app.post<Opened>(`/${locale}/u/:token`, { schema }, (request, reply) =>
      post(deps, request, reply, locale),
    )
  }
}
