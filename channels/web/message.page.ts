import { html } from 'ghtml'
import { KINDS } from '../../src/core/complaint.ts'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import { attributesOf, fileInput, hidden, radios, submit, textArea } from '../../src/html/form.ts'
import { byteSize, ltr, text } from '../../src/html/text.ts'
import { ACCEPTED_PATTERN } from './attach-files.ts'
import { filesField } from './files-field.ts'
import { INSTALL_ISLAND, RECORDER_ISLAND, UPLOAD_ISLAND } from './islands.ts'
import { otherWays, recorderPanel } from './recorder.ts'
import { type StepView, stepPage } from './step-page.ts'

const attachedFile = (locale: Locale, { name, bytes, uploadId, id }: StagedMedia): string => {
  const remove = text(locale, 'file.files.remove', { name: ltr(name) })
  return html`<li class="row"><span class="grow"><bdi>${name}</bdi> <span class="soft digits">${byteSize(locale, bytes)}</span></span><button class="link" name="remove" value="${uploadId ?? id}" aria-label="${remove}">${text(locale, 'action.remove')}</button></li>`
}

/** The files a form holds already, each with a button that takes it out. */
export const attachedFiles = (locale: Locale, media: readonly StagedMedia[]): string =>
  html`<div id="attached" !${attributesOf({ hidden: media.length === 0 })}><h2>${text(locale, 'file.files.attached')}</h2>
<ul class="files">!${media.map((file) => attachedFile(locale, file))}</ul></div>`

/** The camera or microphone of the telephone, first on the page of those who chose to speak or film. */
const recordField = ({ locale, filing, problems, lines }: StepView): string => {
  const { way } = filing.answers
  if (way !== 'speak' && way !== 'film') return ''
  const field = fileInput({
    locale,
    name: 'record',
    label: text(locale, `file.files.${way}`),
    problems,
    attributes:
      way === 'speak'
        ? { accept: 'audio/*', capture: 'user' }
        : { accept: 'video/*,image/*', capture: 'environment' },
  })
  return html`!${recorderPanel(locale, way, lines)}!${field}!${otherWays(locale, lines)}`
}

const textField = ({ locale, filing, problems }: StepView): string =>
  textArea({
    locale,
    name: 'text',
    label: text(locale, 'file.text'),
    hint: `${text(locale, 'file.text.hint')} ${text(locale, 'form.characters', { limit: LIMITS.textCharacters })}`,
    optional: filing.media.length + filing.arriving.length > 0 || (filing.answers.way ?? 'write') !== 'write',
    problems,
    value: filing.answers.text,
    attributes: { rows: 7, dir: 'auto' },
  })

const kindField = ({ locale, filing, problems }: StepView): string =>
  radios({
    locale,
    name: 'kind',
    label: text(locale, 'file.kind'),
    problems,
    chosen: filing.answers.kind ?? 'complaint',
    choices: KINDS.map((kind) => ({
      value: kind,
      label: text(locale, `kind.${kind}`),
      hint: text(locale, `file.kind.${kind}.hint`),
    })),
  })

/** Words the upload island says; {name} and {percent} are filled in there. */
const ISLAND_TEXTS = ['sent', 'done', 'cut', 'paused', 'failed', 'pause', 'resume', 'cancel', 'wait'] as const

export const islandTexts = (locale: Locale): string =>
  JSON.stringify(
    Object.fromEntries([
      ...ISLAND_TEXTS.map((name) => {
        const key = `file.upload.${name}` as const
        return [name, text(locale, key, { name: '{name}', percent: '{percent}' })]
      }),
      ['remove', text(locale, 'action.remove')],
      [
        'large',
        text(locale, 'file.error.file_too_large', {
          name: '{name}',
          limit: byteSize(locale, LIMITS.formFileBytes),
        }),
      ],
      ['type', text(locale, 'file.error.file_type', { name: '{name}' })],
      ...(['smaller', 'original', 'kilobytes', 'megabytes'] as const).map((name) => [
        name,
        text(locale, `upload.${name}`, { name: '{name}', size: '{size}' }),
      ]),
      ['empty', text(locale, 'file.error.file_empty', { name: '{name}' })],
      ['many', text(locale, 'file.error.too_many_files', { limit: LIMITS.filesPerSubmission })],
    ]),
  )

/** The first question: what happened, in words, sound or pictures. */
export const messagePage = (view: StepView): string => {
  const { locale, filing } = view
  const way = filing.answers.way ?? 'write'
  return stepPage(view, {
    number: 1,
    path: '/file/message',
    back: '/',
    title: text(locale, way === 'write' ? 'file.message.title' : `file.message.${way}`),
    multipart: true,
    ownUploads: true,
    islands: [UPLOAD_ISLAND.url, ...(way === 'write' ? [] : [RECORDER_ISLAND.url]), INSTALL_ISLAND.url],
    attributes: attributesOf({
      'data-uploads': '/api/v1/uploads',
      'data-owner': view.owner,
      'data-draft': `/${locale}/file/draft`,
      'data-texts': islandTexts(locale),
      'data-kinds': ACCEPTED_PATTERN,
      'data-limit': LIMITS.formFileBytes,
      'data-files': LIMITS.filesPerSubmission,
    }),
    fields: html`!${hidden('way', way)}!${recordField(view)}!${textField(view)}!${filesField(view.locale, view.problems)}!${attachedFiles(locale, filing.media)}!${kindField(view)}!${submit(text(locale, 'action.continue'), { name: 'action', value: 'continue' })}`,
  })
}
