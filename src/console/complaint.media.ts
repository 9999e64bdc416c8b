import { html } from 'ghtml'
import { text } from '../html/text.ts'
import type { MediaRecord } from '../staff/read-complaint.ts'
import type { View } from './complaint.view.ts'

/** What can be listened to, watched or looked at of a file; with the waveform the sound is drawn as. */
export const player = ({ home, locale }: View, { kind, name, renditions }: MediaRecord): string => {
  const urlOf = (wanted: string) => {
    const found = renditions.find((rendition) => rendition.name === wanted)
    return found === undefined ? undefined : `${home}/renditions/${found.id}`
  }
  const speed = text(locale, 'desk.player.speed')
  const playback = urlOf('playback')
  const poster = urlOf('poster')
  const large = urlOf('large')
  if (kind === 'audio' && playback)
    return html`<audio controls preload="none" data-speed="${speed}" src="${playback}" aria-label="${name}"></audio>`
  if (kind === 'video' && playback)
    return html`<video controls preload="none" data-speed="${speed}" src="${playback}"!${poster ? html` poster="${poster}"` : ''} aria-label="${name}"></video>`
  if (kind === 'image' && large) return html`<img src="${large}" alt="${name}" loading="lazy">`
  return ''
}
