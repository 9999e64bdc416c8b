import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { attributesOf } from './form.ts'
import { icon } from './icons.ts'
import { LISTEN_ISLAND } from './islands.ts'
import { text } from './text.ts'

const SCRIPT = (): string => html`<script type="module" src="${LISTEN_ISLAND.url}"></script>`

/**
 * Plays a recording: a link to it, which its script turns into a button. Nothing where there is no recording. The words it says
 * are its name, so that a list of links tells them apart.
 */
export const listenLink = (locale: Locale, clip: string | undefined, words: string): string =>
  clip === undefined
    ? ''
    : html`<a class="listen" href="${clip}">!${icon('listen')}${text(locale, 'action.listen')}<span class="hidden">: ${words}</span></a>!${SCRIPT()}`

/**
 * Has the browser read an element aloud, or `say` in its stead. For words that no recording can hold; the button stays hidden
 * where the browser has no voice of its own for the language.
 */
export const readAloudButton = (
  locale: Locale,
  { of, say }: { readonly of: string; readonly say?: string },
): string =>
  html`<button type="button" class="button second listen" hidden!${attributesOf({ 'data-read': of, 'data-say': say })} aria-pressed="false">!${icon('listen')}${text(locale, 'action.listen')}</button>!${SCRIPT()}`
