import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import type { Problem } from '../../src/html/form.ts'
import { byteSize, ltr, text } from '../../src/html/text.ts'
import { storableText } from '../../src/intake/normalise.ts'
import type { WebDeps } from './deps.ts'
import type { IncomingFile } from './receive-form.ts'

/** What the file fields offer to choose from. */
export const ACCEPTED = 'audio/*,video/*,image/*,application/pdf,.amr,.3gp,.caf,.heic,.opus'

const ACCEPTED_TYPES = /^(audio|video|image)\/|^application\/(pdf|ogg)$/
/** Browsers know fewer endings than phones make; those come without a type. */
const ACCEPTED_ENDINGS =
  /\.(amr|3gpp?|3g2|caf|heic|heif|opus|ogg|oga|m4a|mp3|aac|wav|mp4|mov|webm|mkv|avi|jpe?g|png|pdf)$/i

/** The same for the upload island: a type or a name that it matches may come. */
export const ACCEPTED_PATTERN = `${ACCEPTED_TYPES.source}|${ACCEPTED_ENDINGS.source}`

/** First bytes of what no recording or picture begins with: programs, scripts, pages, archives. */
const FOREIGN_STARTS = [/^MZ/, /^.ELF/s, /^#!\s*\//, /^\s*<(!doctype|html|script|svg|\?xml)/i, /^PK[^\w\s]/]
const LOOK_BYTES = 256

const isAccepted = (name: string, declaredType: string): boolean =>
  ACCEPTED_TYPES.test(declaredType.split(';')[0]?.trim().toLowerCase() ?? '') || ACCEPTED_ENDINGS.test(name)

const firstBytes = async (body: Readable | undefined): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of body ?? []) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}

/**
 * A first look at a file that has come: only what is surely no recording, picture or PDF is turned away, while the person is
 * still there to mend it. The pipeline judges by content later.
 */
export const problemWith = async (
  deps: Pick<WebDeps, 'store'>,
  media: StagedMedia,
): Promise<'file.error.file_type' | 'file.error.file_lies' | undefined> => {
  if (!isAccepted(media.name, media.declaredType)) return 'file.error.file_type'
  const start = await firstBytes(await deps.store.get(media.objectKey, { start: 0, end: LOOK_BYTES - 1 }))
  return FOREIGN_STARTS.some((foreign) => foreign.test(start)) ? 'file.error.file_lies' : undefined
}

/** A name to show: no path, no control characters, not endless. */
export const shownName = (name: string): string =>
  storableText(name)
    .replace(/^.*[/\\]/, '')
    .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
    .slice(-LIMITS.fileNameCharacters)

export const STAGING_ERRORS = {
  too_large: 'file.error.file_too_large',
  empty: 'file.error.file_empty',
  no_room: 'file.error.file_storage',
} as const

/** The files of one posted form: what could not be kept becomes a problem of its field, told in the reader's words. */
export const createAttachments = (deps: WebDeps, request: FastifyRequest, locale: Locale) => {
  const problems: Problem[] = []
  const carried: string[] = []
  const tell = (field: string, key: Parameters<typeof text>[1], name: string) =>
    problems.push({
      field,
      message: text(locale, key, { name: ltr(name), limit: byteSize(locale, LIMITS.formFileBytes) }),
    })

  const tellTooMany = (field: string) => {
    const message = text(locale, 'file.error.too_many_files', { limit: LIMITS.filesPerSubmission })
    if (!problems.some((problem) => problem.message === message)) problems.push({ field, message })
  }

  return {
    problems,
    /** The hashes of the files that came with this request itself. */
    carried,
    /** Streams a file into the draft; one that a first press brought already stays there once. */
    attach: async (draftId: string, file: IncomingFile): Promise<void> => {
      const name = shownName(file.name)
      const client = deps.clientOf(request)
      if (!(await deps.admitUpload(client))) return void tell(file.field, 'file.error.file_storage', name)
      const staged = await deps.uploads.stage(file.body, {
        draftId,
        client,
        name,
        declaredType: file.declaredType,
        maxBytes: LIMITS.formFileBytes,
      })
      if (!staged.ok) return void tell(file.field, STAGING_ERRORS[staged.reason], name)
      const { sha256, uploadId, id } = staged.media
      carried.push(sha256)
      // Of two requests that bring the same file at once, only the later one gives way: the order is that of the uploads.
      const { media: held } = await deps.uploads.ofDraft(draftId)
      const place = held.findIndex((media) => media.uploadId === uploadId)
      // The other request has been taken already, this file with it.
      if (place === -1) return
      const before = held.slice(0, place)
      const isRepeat = before.some((media) => media.sha256 === sha256 && media.name === name)
      if (!isRepeat && before.length < LIMITS.filesPerSubmission) return
      await deps.uploads.remove(draftId, uploadId ?? id)
      if (!isRepeat) tellTooMany(file.field)
    },
    /** Looks at all files of the draft, those that came by resumable upload too, and removes what cannot stay. */
    review: async (draftId: string): Promise<void> => {
      const { media: held } = await deps.uploads.ofDraft(draftId)
      for (const [index, media] of held.entries()) {
        const wrong = await problemWith(deps, media)
        if (wrong) tell('files', wrong, media.name)
        if (index >= LIMITS.filesPerSubmission) tellTooMany('files')
        if (wrong || index >= LIMITS.filesPerSubmission)
          await deps.uploads.remove(draftId, media.uploadId ?? media.id)
      }
    },
  }
}
