import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { COPY_ISLAND } from './islands.ts'
import { text } from './text.ts'

/** Copies words at a press. Hidden until its script runs: without scripts the words can be selected, and nothing is dead. */
export const copyButton = (locale: Locale, words: string, label: string): string =>
  html`<p class="copies" hidden><button type="button" class="button second" data-copy="${words}" data-copied="${text(locale, 'copy.done')}">${label}</button> <span role="status" class="soft"></span></p><script type="module" src="${COPY_ISLAND.url}"></script>`
