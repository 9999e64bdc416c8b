import { html } from 'ghtml'
import type { TextLocale } from '../core/locale.ts'
import { attributesOf } from './form.ts'
import { icon } from './icons.ts'
import { LISTEN_ISLAND } from './islands.ts'
import { text } from './text.ts'

const SCRIPT = (): string => html`<script type="module" src="${LISTEN_ISLAND.url}"></script>`

/**
 * Plays a recording: a link to it, which its script turns into a button. Where none is recorded yet the browser reads the words,
 * if it has a voice of its own for them. The words are the name, so that a list of links tells them apart.
 */
export const listenLink = (locale: TextLocale, clip: string | undefined, words: string): string =>
  clip === undefined
    ? html`<button type="button" class="link listen" hidden aria-pressed="false">!${icon('listen')}${text(locale, 'action.listen')}<span class="hidden">: <span data-said>${words}</span></span></button>!${SCRIPT()}`
    : html`<a class="listen" href="${clip}">!${icon('listen')}${text(locale, 'action.listen')}<span class="hidden">: ${words}</span></a>!${SCRIPT()}`

/**
 * Has the browser read an element aloud, or `say` in its stead. For words that no recording can hold; the button stays hidden
 * where the browser has no voice of its own for the language.
 */
export const readAloudButton = (
  locale: TextLocale,
  { of, say }: { readonly of: string; readonly say?: string },
): string =>
  html`<button type="button" class="button second listen" hidden!${attributesOf({ 'data-read': of, 'data-say': say })} aria-pressed="false">!${icon('listen')}${text(locale, 'action.listen')}</button>!${SCRIPT()}`
