import { html } from 'ghtml'
import { KINDS } from '../../src/core/complaint.ts'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import { attributesOf, hidden, radios, submit, textArea } from '../../src/html/form.ts'
import { page } from '../../src/html/layout.ts'
import { ltr, text } from '../../src/html/text.ts'
import { ACCEPTED_PATTERN } from './attach-files.ts'
import { contactChoice } from './contact.page.ts'
import type { Lines } from './deps.ts'
import { filesField } from './files-field.ts'
import { INSTALL_ISLAND, OFFLINE_ISLAND, RECORDER_ISLAND, UPLOAD_ISLAND } from './islands.ts'
import { attachedFiles, islandTexts } from './message.page.ts'
import { otherWays, recorderPanel } from './recorder.ts'

const QUEUE_WORDS = [
  'waiting',
  'sending',
  'sent',
  'rest',
  'receipt',
  'wrong',
  'change',
  'forget',
  'forget.sure',
  'kept',
] as const

/** Words the queue says; what stands in braces is filled in there. */
const queueTexts = (locale: Locale): string =>
  JSON.stringify(
    Object.fromEntries(
      QUEUE_WORDS.map((name) => [
        name.replace('.', '_'),
        text(locale, `offline.${name}`, {
          time: '{time}',
          reference: ltr('{reference}'),
          code: ltr('{code}'),
          count: '{count}',
          problems: '{problems}',
        }),
      ]),
    ),
  )

const fields = (locale: Locale, lines: Lines): string => {
  const words = textArea({
    locale,
    name: 'text',
    label: text(locale, 'file.text'),
    hint: text(locale, 'file.text.hint'),
    attributes: { rows: 6, dir: 'auto' },
  })
  const kind = radios({
    locale,
    name: 'kind',
    label: text(locale, 'file.kind'),
    chosen: 'complaint',
    choices: KINDS.map((value) => ({ value, label: text(locale, `kind.${value}`) })),
  })
  return html`!${recorderPanel(locale, 'speak', lines)}!${words}!${filesField(locale)}!${attachedFiles(locale, [])}!${kind}<h2>${text(locale, 'file.contact.title')}</h2>!${contactChoice({ locale, answers: { contact: 'none' }, problems: [] })}`
}

/**
 * The whole filing on one page, the same for everyone: the service worker keeps it and shows it where there is no network. Without
 * scripts it says what else one can do.
 */
export const offlinePage = (locale: Locale, lines: Lines): string => {
  const title = text(locale, 'offline.title')
  const data = attributesOf({
    'data-uploads': '/api/v1/uploads?free=1',
    'data-carry': 'upload',
    'data-owner': 'offline',
    'data-kinds': ACCEPTED_PATTERN,
    'data-texts': islandTexts(locale),
    'data-limit': LIMITS.formFileBytes,
    'data-files': LIMITS.filesPerSubmission,
  })
  const body = html`<h1>${title}</h1>
<p class="lead">${text(locale, 'offline.lead')}</p>
<section id="queue" hidden data-texts="${queueTexts(locale)}"><h2>${text(locale, 'offline.queue')}</h2><ul class="files"></ul><p role="status"></p></section>
<p id="unscripted">${text(locale, 'offline.scripts')}</p>
<form id="offline" method="post" action="/${locale}/offline" hidden novalidate!${data}>!${hidden('form', '')}
!${fields(locale, lines)}
<p>${text(locale, 'offline.consent')}</p>
<p class="note">${text(locale, 'offline.shared')}</p>
!${submit(text(locale, 'offline.keep'))}
</form>
!${otherWays(locale, lines)}
<p><a href="/${locale}/">${text(locale, 'offline.usual')}</a></p>`
  const islands = [OFFLINE_ISLAND.url, UPLOAD_ISLAND.url, RECORDER_ISLAND.url, INSTALL_ISLAND.url]
  return page({ locale, title, path: '/offline', body, islands })
}
