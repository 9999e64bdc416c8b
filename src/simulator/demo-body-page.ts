import { html } from 'ghtml'
import type { DossierFile, DossierMedia } from '../core/dossier.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { page } from '../html/layout.ts'
import { text } from '../html/text.ts'
import type { ReceivedDossier } from './demo-body-inbox.ts'

const player = ({ type, url, name }: DossierFile): string => {
  if (url === null) return ''
  if (type.startsWith('video/'))
    return html`<video controls preload="metadata" src="${url}" width="320"></video>`
  if (type.startsWith('audio/')) return html`<audio controls preload="metadata" src="${url}"></audio>`
  if (type.startsWith('image/')) return html`<img src="${url}" alt="${name}" width="320" loading="lazy">`
  return ''
}

const verdict = (locale: Locale, { checked }: ReceivedDossier, { url }: DossierFile): string => {
  const matches = url === null ? undefined : checked.get(url)
  if (matches === undefined) return text(locale, 'demo.hash.waiting')
  return text(locale, matches ? 'demo.hash.matches' : 'demo.hash.differs')
}

const fileLine = (locale: Locale, received: ReceivedDossier, file: DossierFile, label: string): string =>
  html`<li>!${player(file)}<br><bdi>${file.name}</bdi> (${label}) · ${verdict(locale, received, file)} · <code dir="ltr">${file.sha256.slice(0, 16)}…</code></li>`

const mediaLines = (locale: Locale, received: ReceivedDossier, media: DossierMedia): string[] => [
  ...media.renditions.map((file) => fileLine(locale, received, file, file.rendition)),
  // An original is evidence, not a thing to play here: only its hash is shown.
  html`<li><bdi>${media.original.name}</bdi> (${text(locale, 'demo.original')}, ${text(locale, `dossier.media.${media.state}`)}) · ${verdict(locale, received, media.original)}</li>`,
]

const entry = (locale: Locale, received: ReceivedDossier): string => {
  const { dossier, event, at } = received
  const got = text(locale, 'demo.got', {
    administration: nameIn(dossier.administration.names, locale),
    event,
    at: at.toISOString().slice(0, 16).replace('T', ' '),
  })
  const files = dossier.media.flatMap((media) => mediaLines(locale, received, media))
  return html`<article>
<h2><bdi dir="ltr">${dossier.reference}</bdi></h2>
<p><small>${got} · ${text(locale, 'demo.signature')}</small></p>
<p dir="auto">${dossier.text}</p>
<ul class="files">!${files}</ul>
</article>`
}

/** What the demo body holds, with players and the check of every hash. */
export const demoBodyPage = (locale: Locale, received: readonly ReceivedDossier[]): string => {
  const title = text(locale, 'demo.title')
  const list =
    received.length === 0
      ? html`<p>${text(locale, 'demo.empty')}</p>`
      : received.map((one) => entry(locale, one)).join('')
  return page({
    locale,
    title,
    path: '/',
    body: html`<h1>${title}</h1><p class="lead">${text(locale, 'demo.lead')}</p>!${list}`,
  })
}
