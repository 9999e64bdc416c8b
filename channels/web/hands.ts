import type { FastifyRequest } from 'fastify'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import type { Problem } from '../../src/html/form.ts'
import { byteSize, ltr, text } from '../../src/html/text.ts'
import { problemWith, STAGING_ERRORS, shownName } from './attach-files.ts'
import type { WebDeps } from './deps.ts'
import type { IncomingFile } from './receive-form.ts'

/**
 * The files of one posted form that belongs to no draft, by the form itself or by resumable upload before it; what cannot stay
 * is told.
 */
export const createHands = (deps: WebDeps, request: FastifyRequest, locale: Locale) => {
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
