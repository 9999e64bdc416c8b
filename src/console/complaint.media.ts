import { html } from 'ghtml'
import { text } from '../html/text.ts'
import type { MediaRecord } from '../staff/read-complaint.ts'
import type { View } from './complaint.view.ts'

const HEIGHT = 40

/** How loud it is along its length: a bar for each peak. A drawing only; the player beside it says and does the same. */
const waveform = (peaks: readonly number[] | null): string => {
  if (peaks === null || peaks.length === 0) return ''
  const bars = peaks
    .map((peak, nth) => {
      const half = Math.max(1, Math.round((Math.min(peak, 100) / 100) * (HEIGHT / 2)))
      return `M${nth + 0.5} ${HEIGHT / 2 - half}v${half * 2}`
    })
    .join('')
  return html`<svg class="wave" viewBox="0 0 ${peaks.length} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path d="${bars}"/></svg>`
}

/** What can be listened to, watched or looked at of a file; with the waveform the sound is drawn as. */
export const player = ({ home, locale }: View, { kind, name, renditions, peaks }: MediaRecord): string => {
  const urlOf = (wanted: string) => {
    const found = renditions.find((rendition) => rendition.name === wanted)
    return found === undefined ? undefined : `${home}/renditions/${found.id}`
  }
  const speed = text(locale, 'desk.player.speed')
  const playback = urlOf('playback')
  const poster = urlOf('poster')
  const large = urlOf('large')
  if (kind === 'audio' && playback)
    return html`!${waveform(peaks)}<audio controls preload="none" data-speed="${speed}" src="${playback}" aria-label="${name}"></audio>`
  if (kind === 'video' && playback)
    return html`<video controls preload="none" data-speed="${speed}" src="${playback}"!${poster ? html` poster="${poster}"` : ''} aria-label="${name}"></video>`
  if (kind === 'image' && large) return html`<img src="${large}" alt="${name}" loading="lazy">`
  return ''
}
