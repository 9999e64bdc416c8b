import { html } from 'ghtml'
import type { TextLocale } from '../../src/core/locale.ts'
import { page } from '../../src/html/layout.ts'
import { type TextKey, text } from '../../src/html/text.ts'

/** Pages that are only read: a heading and paragraphs, all from the catalogue. */
const SIDE_PAGES = {
  privacy: {
    title: 'privacy.title',
    paragraphs: [
      'privacy.why',
      'privacy.who',
      'privacy.voice',
      'privacy.anonymous',
      'privacy.how_long',
      'privacy.rights',
      'privacy.cookies',
    ],
  },
  accessibility: {
    title: 'accessibility.title',
    paragraphs: ['accessibility.aim', 'accessibility.how', 'accessibility.limits', 'accessibility.tell'],
  },
} as const satisfies Record<string, { title: TextKey; paragraphs: readonly TextKey[] }>

export type SidePage = keyof typeof SIDE_PAGES
export const SIDE_PAGE_NAMES = Object.keys(SIDE_PAGES) as SidePage[]

export const sidePage = (locale: TextLocale, name: SidePage): string => {
  const { title, paragraphs } = SIDE_PAGES[name]
  const body = html`<h1>${text(locale, title)}</h1>!${paragraphs.map((key) => html`<p>${text(locale, key)}</p>`)}`
  return page({ locale, title: text(locale, title), path: `/${name}`, body, back: '/' })
}
