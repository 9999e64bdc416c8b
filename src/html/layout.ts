import { html } from 'ghtml'
import { directionOf, LOCALES, recordLanguage, type TextLocale } from '../core/locale.ts'
import { AMAZIGH_STYLE, MARK, STYLE } from './assets.ts'
import { setForeignWords } from './foreign-words.ts'
import { icon, mark } from './icons.ts'
import { EXIT_ISLAND } from './islands.ts'
import { text } from './text.ts'

export interface PageOptions {
  readonly locale: TextLocale
  /** Plain text, as it stands in the h1. */
  readonly title: string
  /** The page without its language, such as `/file/office`: the switch leads to the same page. */
  readonly path: string
  /** The inside of main, already escaped. */
  readonly body: string
  /** Something on the page must be mended: the tab says so first (WCAG 3.3.1). */
  readonly hasErrors?: boolean
  /** Id of the form whose answers the language switch takes along; it then submits `language`. */
  readonly switchForm?: string
  /** Where one step back leads, without the language. With `switchForm` the form says `action=back` and the server leads there. */
  readonly back?: string
  /** A sensitive subject: a way out that leaves nothing on the screen (ux G12). */
  readonly quickExit?: boolean | undefined
  /** URLs of island scripts. The page works without them. */
  readonly islands?: readonly string[]
  /** More for the head, already escaped. */
  readonly head?: string
}

/** Language names in their own script. */
const OWN_NAMES: Readonly<Record<TextLocale, string>> = {
  ar: 'العربية',
  fr: 'Français',
  en: 'English',
  zgh: 'ⵜⴰⵎⴰⵣⵉⵖⵜ',
}

const languageSwitch = ({ locale, path, switchForm }: PageOptions): string => {
  // Nobody is sent to Amazigh before it has its texts; who is there sees it named.
  const offered = locale === 'zgh' ? [...LOCALES, locale] : LOCALES
  const entry = (other: TextLocale): string => {
    const attributes = html`lang="${other}" dir="${directionOf(other)}"`
    if (other === locale) return html`<span !${attributes} aria-current="true">${OWN_NAMES[other]}</span>`
    return switchForm
      ? html`<button class="link" form="${switchForm}" name="language" value="${other}" formnovalidate !${attributes}>${OWN_NAMES[other]}</button>`
      : html`<a href="/${other}${path}" hreflang="${other}" !${attributes}>${OWN_NAMES[other]}</a>`
  }
  return html`<nav class="languages" aria-label="${text(locale, 'page.language')}">!${offered.map(entry)}</nav>`
}

/** The name in both scripts: the reader's first. */
const wordmark = (locale: TextLocale): string => {
  const other = locale === 'ar' ? 'fr' : 'ar'
  return html`${text(locale, 'service.name')} <span class="soft" lang="${other}">${text(other, 'service.name')}</span>`
}

const footer = (locale: TextLocale): string => html`<footer class="bar foot"><div>
<nav aria-label="${text(locale, 'page.footer')}"><ul>
<li><a href="/${locale}/privacy">${text(locale, 'footer.privacy')}</a></li>
<li><a href="/${locale}/accessibility">${text(locale, 'footer.accessibility')}</a></li>
<li><a href="/${locale}/statistics">${text(locale, 'footer.statistics')}</a></li>
</ul></nav>
<p>${text(locale, 'service.purpose')}</p>
</div></footer>`

/**
 * Enter in a field presses a form's first button, which would be the language switch above it: this one comes before, unseen.
 * It says `default`, so that a page with two actions can tell what was meant.
 */
const defaultButton = ({ switchForm }: PageOptions): string =>
  switchForm === undefined
    ? ''
    : html`<button class="hidden" form="${switchForm}" name="action" value="default" tabindex="-1" aria-hidden="true"></button>`

/** One step back. From a form it takes the answers along, so that nothing typed is lost. */
const backLink = ({ locale, back, switchForm }: PageOptions): string => {
  if (back === undefined) return ''
  const words = html`!${icon('back')}${text(locale, 'action.back')}`
  return switchForm === undefined
    ? html`<a class="back" href="/${locale}${back}">!${words}</a>`
    : html`<button class="back link" form="${switchForm}" name="action" value="back" formnovalidate>!${words}</button>`
}

/** Above everything, and still there when the page is scrolled. A link, so that it leads out without scripts too. */
const exitLink = ({ locale, quickExit }: PageOptions): string =>
  quickExit
    ? html`<a class="exit" href="/${locale}/exit" rel="nofollow noreferrer">${text(locale, 'exit.button')} <small>${text(locale, 'exit.help')}</small></a><script type="module" src="${EXIT_ISLAND.url}"></script>`
    : ''

/** The whole document around a page's body: no inline style or script, so the strictest policy holds. */
export const page = (options: PageOptions): string => {
  const { locale, title, hasErrors, islands = [] } = options
  const tab = hasErrors ? text(locale, 'page.error', { title }) : title
  const document = html`<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}">
<head>
<meta charset="utf-8">
<title>${tab} – ${text(locale, 'service.name')}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${STYLE.url}">!${locale === 'zgh' ? html`<link rel="stylesheet" href="${AMAZIGH_STYLE.url}">` : ''}
<link rel="icon" type="image/svg+xml" href="${MARK.url}">
<link rel="manifest" href="/${recordLanguage(locale)}/manifest.webmanifest">
!${islands.map((url) => html`<script type="module" src="${url}"></script>`)}!${options.head ?? ''}
</head>
<body>
<a class="skip" href="#main">${text(locale, 'page.skip')}</a>!${defaultButton(options)}
<header class="bar top"><div>
<a class="brand" href="/${locale}/">!${mark()}<span lang="${locale}">!${wordmark(locale)}</span></a>
!${languageSwitch(options)}
</div></header>!${exitLink(options)}
<main id="main" tabindex="-1">
!${backLink(options)}!${options.body}
</main>
!${footer(locale)}
</body>
</html>
`
  return locale === 'zgh' ? setForeignWords(document, recordLanguage(locale)) : document
}
