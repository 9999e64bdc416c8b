import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import type { Locale } from '../../src/core/locale.ts'
import { serveObject } from '../../src/http/serve-object.ts'
import type { WebDeps } from './deps.ts'
import { draftOf } from './draft-session.ts'

/** Only what a player or a picture shows; never a page, a program or a drawing with scripts. */
const PLAYABLE = /^(audio|video)\/[\w.+-]+$|^image\/(jpeg|png|webp|gif)$/

const sendMedia = async (
  deps: WebDeps,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const draft = await draftOf(deps, request)
  const held = draft && !draft.sent ? await deps.uploads.ofDraft(draft.id) : undefined
  const media = held?.media.find(({ id }) => id === request.params.id)
  const type = media?.declaredType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (media === undefined || !PLAYABLE.test(type)) throw new AppError('not_found')
  const { objectKey: key, bytes, sha256, name: fileName } = media
  // The type is the sender's claim: harmless, because nothing but a player reads it and nothing is sniffed.
  return serveObject(reply, deps.store, { key, type, bytes, sha256, fileName, disposition: 'inline' })
}

/** The files of the browser's own draft, for the player of the check page. */
export const draftMediaRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  app.get<{ Params: { id: string } }>(
    `/${locale}/file/media/:id`,
    { schema: { hide: true } },
    (request, reply) => sendMedia(deps, request, reply),
  )
}
