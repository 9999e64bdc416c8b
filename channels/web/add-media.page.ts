import { html } from 'ghtml'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import { attributesOf, errorSummary, fileInput, hidden, type Problem, submit } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { byteSize, longInstant, ltr, text } from '../../src/html/text.ts'
import type { UploadLink } from '../../src/intake/upload-links.ts'
import { ACCEPTED, ACCEPTED_PATTERN } from './attach-files.ts'
import { RECORDER_ISLAND, UPLOAD_ISLAND } from './islands.ts'
import { islandTexts } from './message.page.ts'
import { recorderPanel } from './recorder.ts'

export interface AddMediaView {
  readonly locale: Locale
  readonly token: string
  readonly link: UploadLink
  readonly zone: string
  readonly problems: readonly Problem[]
}

/** Uploads by this address belong to no draft, whatever the browser is filing besides. */
const FREE_UPLOADS = '/api/v1/uploads?free=1'

const filesField = ({ locale, problems }: AddMediaView): string =>
  fileInput({
    locale,
    name: 'files',
    label: text(locale, 'file.files'),
    hint: text(locale, 'file.files.hint', {
      count: LIMITS.filesPerSubmission,
      size: byteSize(locale, LIMITS.formFileBytes),
    }),
    problems,
    attributes: { accept: ACCEPTED, multiple: true },
  })

/** What makes a form take its files by resumable upload and carry their ids; `owner` keeps the files of two forms apart. */
export const freeUploads = (locale: Locale, owner: string): string =>
  attributesOf({
    'data-uploads': FREE_UPLOADS,
    'data-carry': 'upload',
    'data-owner': owner,
    'data-texts': islandTexts(locale),
    'data-kinds': ACCEPTED_PATTERN,
    'data-limit': LIMITS.formFileBytes,
    'data-files': LIMITS.filesPerSubmission,
  })

const form = (view: AddMediaView): string => {
  const { locale, token, link, zone } = view
  return html`!${errorSummary(locale, view.problems)}<h1>${text(locale, 'add.title')}</h1>
<p class="lead">${text(locale, 'add.lead', { reference: ltr(link.reference) })}</p>
<form method="post" enctype="multipart/form-data" action="/${locale}/u/${token}"!${freeUploads(locale, token)}>!${hidden('form', 'link')}
!${recorderPanel(locale, 'speak', {})}!${filesField(view)}
<div id="attached" hidden><h2>${text(locale, 'file.files.attached')}</h2><ul class="files"></ul></div>
<p class="hint">${text(locale, 'add.once', { until: longInstant(locale, link.expiresAt, zone) })}</p>
!${submit(text(locale, 'add.send'))}
</form>`
}

/** What could not be kept although the rest could: the link is spent, so nothing here leads to a field. */
const refused = ({ locale, problems }: AddMediaView): string =>
  problems.length === 0
    ? ''
    : html`<div class="problem" role="alert"><h2>${text(locale, 'form.problem')}</h2>
<ul>!${problems.map(({ message }) => html`<li>${message}</li>`)}</ul></div>`

const told = (view: AddMediaView, what: 'done' | 'expired'): string => {
  const { locale, link } = view
  return html`!${refused(view)}<h1>${text(locale, `add.${what}.title`)}</h1>
<p class="lead">${text(locale, `add.${what}`, { reference: ltr(link.reference) })}</p>
<p><a href="/${locale}/track">${text(locale, 'home.track')}</a></p>`
}

/** The page of a one-time link: choose files, or what became of the link. */
export const addMediaPage = (view: AddMediaView): string => {
  const { locale, token, link, problems } = view
  const what = { open: undefined, used: 'done', expired: 'expired' } as const
  const over = what[link.state]
  return page({
    locale,
    title: text(locale, over === undefined ? 'add.title' : `add.${over}.title`),
    path: `/u/${token}`,
    body: over === undefined ? form(view) : told(view, over),
    hasErrors: problems.length > 0,
    islands: over === undefined ? [UPLOAD_ISLAND.url, RECORDER_ISLAND.url] : [],
  })
}
