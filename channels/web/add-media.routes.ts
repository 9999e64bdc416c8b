import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import type { Problem } from '../../src/html/form.ts'
import { byteSize, ltr, text } from '../../src/html/text.ts'
import type { UploadLink } from '../../src/intake/upload-links.ts'
import { addMediaPage } from './add-media.page.ts'
import { problemWith, STAGING_ERRORS, shownName } from './attach-files.ts'
import type { WebDeps } from './deps.ts'
import { type IncomingFile, receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'

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

/** The files of one posted form, by the form itself or by resumable upload before it; what cannot stay is told. */
const createHands = (deps: WebDeps, request: Request, locale: Locale) => {
  const problems: Problem[] = []
  const media: StagedMedia[] = []
  const tell = (key: Parameters<typeof text>[1], name = '') =>
    problems.push({
      field: 'files',
      message: text(locale, key, {
        name: ltr(name),
        limit:
          key === 'file.error.too_many_files'
            ? LIMITS.filesPerSubmission
            : byteSize(locale, LIMITS.formFileBytes),
      }),
    })
  const keep = async (file: StagedMedia): Promise<void> => {
    const wrong = await problemWith(deps, file)
    const isOver = media.length >= LIMITS.filesPerSubmission
    if (wrong === undefined && !isOver) return void media.push(file)
    await deps.links.discard(file)
    tell(wrong ?? 'file.error.too_many_files', file.name)
  }
  return {
    problems,
    media,
    tell,
    take: async (file: IncomingFile): Promise<void> => {
      const name = shownName(file.name)
      const client = deps.clientOf(request)
      if (!(await deps.admitUpload(client))) return void tell('file.error.file_storage', name)
      const { declaredType } = file
      const staged = await deps.uploads.stage(file.body, {
        client,
        name,
        declaredType,
        maxBytes: LIMITS.formFileBytes,
      })
      if (staged.ok) await keep(staged.media)
      else tell(STAGING_ERRORS[staged.reason], name)
    },
    takeUploads: async (ids: readonly string[]): Promise<void> => {
      const found = await deps.links.find(ids.slice(0, LIMITS.filesPerSubmission))
      if (found === undefined) tell('add.gone')
      for (const file of found ?? []) await keep(file)
    },
  }
}

const post = async (deps: WebDeps, request: Request, reply: FastifyReply, locale: Locale) => {
  if (deps.formOrigin(request) === 'cross') throw new AppError('csrf')
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
