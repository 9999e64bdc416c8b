import { html } from 'ghtml'
import { recordLanguage, type TextLocale } from '../../src/core/locale.ts'
import { dialled } from '../../src/core/phone-number.ts'
import { type IconName, icon } from '../../src/html/icons.ts'
import { page } from '../../src/html/layout.ts'
import { listenLink } from '../../src/html/listen.ts'
import { ltr, type TextKey, text } from '../../src/html/text.ts'
import { WAYS } from './answers.ts'
import type { ClipOf } from './clips.ts'
import { INSTALL_ISLAND } from './islands.ts'

const wayLink = (locale: TextLocale, way: (typeof WAYS)[number], listen: (key: TextKey) => string): string =>
  html`<li><a class="way" href="/${recordLanguage(locale)}/file/message?way=${way}">!${icon(way)}<strong>${text(locale, `home.${way}`)}</strong><small>${text(locale, `home.${way}.hint`)}</small></a>!${listen(`home.${way}`)}</li>`

const quietLink = (href: string, drawing: IconName, words: string, hint = ''): string =>
  html`<li><a class="way quiet" href="${href}">!${icon(drawing)}<strong>${words}</strong><small>${hint}</small></a></li>`

/** The first page, also where its words are not all translated: three ways to begin, the telephone, the way back, and what this is not for. */
export const homePage = (locale: TextLocale, hotline: string | undefined, clipOf: ClipOf): string => {
  const listen = (key: TextKey) => listenLink(locale, clipOf(locale, key), text(locale, key))
  const call =
    hotline === undefined
      ? ''
      : quietLink(`tel:${hotline}`, 'phone', text(locale, 'home.call', { number: ltr(dialled(hotline)) }))
  const track = quietLink(
    `/${recordLanguage(locale)}/track`,
    'track',
    text(locale, 'home.track'),
    text(locale, 'home.track.hint'),
  )
  const body = html`<h1>${text(locale, 'home.title')}</h1>
<p class="lead">${text(locale, 'home.lead')}</p>!${listen('home.lead')}
<h2 class="hidden">${text(locale, 'home.choices')}</h2>
<ul class="ways three">!${WAYS.map((way) => wayLink(locale, way, listen))}</ul>
<ul class="ways">!${track}!${call}</ul>
<ul class="plain">
<li><a href="/${recordLanguage(locale)}/sensitive">${text(locale, 'sensitive.link')}</a></li>
<li><a href="/${recordLanguage(locale)}/file/resume">${text(locale, 'resume.title')}</a></li>
</ul>
<h2>${text(locale, 'home.next')}</h2>
<ol class="path">
<li>${text(locale, 'home.next.receipt')}</li>
<li>${text(locale, 'home.next.review')}</li>
<li>${text(locale, 'home.next.answer')}</li>
<li>${text(locale, 'home.next.again')}</li>
</ol>
<h2>${text(locale, 'home.not')}</h2>
<ul>
<li>${text(locale, 'home.not.emergency')}</li>
<li>${text(locale, 'home.not.court')}</li>
<li>${text(locale, 'home.not.private')}</li>
</ul>`
  return page({ locale, title: text(locale, 'home.title'), path: '/', body, islands: [INSTALL_ISLAND.url] })
}
