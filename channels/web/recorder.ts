import { html } from 'ghtml'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import { attributesOf } from '../../src/html/form.ts'
import { type IconName, icon } from '../../src/html/icons.ts'
import { byteSize, ltr, text } from '../../src/html/text.ts'
import type { Lines } from './deps.ts'

/** What the recorder can make. */
export type Medium = 'speak' | 'film'

/** Bits a second, as recorder.island.js asks for them: sound in Opus and in AAC, pictures. With what containers add. */
const SOUND_BITS = { opus: 20_000, aac: 32_000 } as const
const PICTURE_BITS = 250_000
const MINUTE = 60
const BITS = 8
/** "About": to the next ten kilobytes. */
const ROUND = 10 * 1024

const limitOf = (medium: Medium): number => (medium === 'film' ? LIMITS.filmSeconds : LIMITS.voiceSeconds)

const clock = (seconds: number): string =>
  ltr(`${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, '0')}`)

/** What a minute weighs and how long it may last, said before anything is recorded (G13, G14). */
const before = (locale: Locale, medium: Medium, codec: keyof typeof SOUND_BITS): string => {
  const bits = SOUND_BITS[codec] + (medium === 'film' ? PICTURE_BITS : 0)
  return text(locale, 'record.before', {
    size: byteSize(locale, Math.ceil(((bits / BITS) * MINUTE) / ROUND) * ROUND),
    minutes:
      medium === 'film'
        ? text(locale, 'record.minutes', { seconds: LIMITS.filmSeconds })
        : text(locale, 'record.minutes.five'),
  })
}

const SAID = [
  'started',
  'stopped',
  'paused',
  'continued',
  'deleted',
  'full',
  'interrupted',
  'kept',
  'nothing',
  'remaining',
  'missing',
  'sure',
] as const
const COUNTDOWN = [60, 30, 10] as const

/** Words the island says; {time} is filled in there. */
const words = (locale: Locale, medium: Medium, { hotline }: Lines): string =>
  JSON.stringify(
    Object.fromEntries([
      ...SAID.map((name) => [name, text(locale, `record.${name}`, { time: ltr('{time}') })]),
      ...COUNTDOWN.map((seconds) => [`left_${seconds}`, text(locale, 'record.left', { seconds })]),
      ['before_opus', before(locale, medium, 'opus')],
      ['before_aac', before(locale, medium, 'aac')],
      [
        'refused',
        hotline === undefined
          ? text(locale, 'record.refused')
          : text(locale, 'record.refused.call', { number: ltr(hotline) }),
      ],
    ]),
  )

const button = (
  name: string,
  drawing: IconName | undefined,
  label: string,
  className = 'button second',
): string =>
  html`<button type="button" class="${className}" data-do="${name}" hidden>!${drawing === undefined ? '' : icon(drawing)}<span>${label}</span></button>`

const buttons = (locale: Locale, medium: Medium): string => {
  const say = (name: 'pause' | 'continue' | 'stop' | 'more' | 'redo' | 'delete') =>
    text(locale, `record.${name}`)
  return html`!${button('record', medium, text(locale, `record.record.${medium}`), 'record')}
!${button('stop', 'stop', say('stop'), 'record')}
!${button('pause', 'pause', say('pause'))}
!${button('continue', 'play', say('continue'))}
!${button('listen', 'play', text(locale, `record.listen.${medium}`))}
!${button('more', medium, say('more'))}
!${button('redo', 'again', say('redo'))}
!${button('delete', 'delete', say('delete'))}
!${button('keep', undefined, text(locale, 'record.sure.no'))}
!${button('sure', 'delete', text(locale, 'record.sure.yes'))}`
}

/** The recorder, unseen until its script finds that this browser can record. */
export const recorderPanel = (locale: Locale, medium: Medium, lines: Lines): string => {
  const data = attributesOf({
    'data-way': medium,
    'data-limit': limitOf(medium),
    'data-name': text(locale, `record.name.${medium}`, { number: '{number}' }),
    'data-texts': words(locale, medium, lines),
  })
  const player =
    medium === 'film'
      ? html`<video data-part="player" controls playsinline hidden aria-label="${text(locale, 'record.player')}"></video>`
      : html`<audio data-part="player" controls hidden aria-label="${text(locale, 'record.player')}"></audio>`
  return html`<section id="recorder" class="recorder" hidden aria-labelledby="recorder-title"!${data}>
<h2 id="recorder-title">${text(locale, `record.title.${medium}`)}</h2>
<p class="hint" data-part="before"></p>
!${medium === 'film' ? html`<video data-part="view" muted playsinline hidden aria-label="${text(locale, 'record.view')}"></video>` : ''}
<p class="time"><bdi dir="ltr" class="digits" data-part="clock" role="timer">0:00</bdi> <span class="soft">${text(locale, 'record.of', { limit: clock(limitOf(medium)) })}</span> <strong data-part="left"></strong></p>
<progress data-part="meter" max="1" value="0" aria-hidden="true" hidden></progress>
!${player}
<div class="row">!${buttons(locale, medium)}</div>
<p role="status" data-part="status"></p>
<p role="alert" class="error" data-part="trouble"></p>
</section>`
}

/** The other ways of being heard, on the same page (G19). */
export const otherWays = (locale: Locale, { hotline, whatsapp }: Lines): string => {
  const link = (href: string, key: 'record.call' | 'record.whatsapp', number: string) =>
    html`<li><a href="${href}">${text(locale, key, { number: ltr(number) })}</a></li>`
  if (hotline === undefined && whatsapp === undefined) return ''
  return html`<div class="otherways"><p>${text(locale, 'record.or')}</p>
<ul>!${hotline === undefined ? '' : link(`tel:${hotline}`, 'record.call', hotline)}!${whatsapp === undefined ? '' : link(`https://wa.me/${whatsapp.replace(/\D/g, '')}`, 'record.whatsapp', whatsapp)}</ul></div>`
}
