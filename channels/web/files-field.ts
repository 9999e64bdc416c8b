import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import { fileInput, type Problem } from '../../src/html/form.ts'
import { byteSize, text } from '../../src/html/text.ts'
import { ACCEPTED } from './attach-files.ts'

/** The field for files of any kind, with how many and how large they may be. */
export const filesField = (locale: Locale, problems: readonly Problem[] = []): string =>
  fileInput({
    locale,
    name: 'files',
    label: text(locale, 'file.files'),
    optional: true,
    hint: text(locale, 'file.files.hint', {
      count: LIMITS.filesPerSubmission,
      size: byteSize(locale, LIMITS.formFileBytes),
    }),
    problems,
    attributes: { accept: ACCEPTED, multiple: true },
  })
