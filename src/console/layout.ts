import fs from 'node:fs'
import { html } from 'ghtml'
import { directionOf, LOCALES, type Locale } from '../core/locale.ts'
import { type Asset, MARK, makeAsset, STYLE } from '../html/assets.ts'
import { mark } from '../html/icons.ts'
import { text } from '../html/text.ts'
import { type Action, mayDo } from '../staff/rights.ts'
import type { StaffSession } from '../staff/sessions.ts'

const STYLES = ['frame', 'account', 'inbox', 'complaint', 'joining', 'indicators']

export const CONSOLE_STYLE = makeAsset(
  'console.css',
  'text/css; charset=utf-8',
  STYLES.map((name) => fs.readFileSync(new URL(`./styles/${name}.css`, import.meta.url), 'utf8')).join(''),
)

/** Who looks, and in which language. */
export interface Viewer {
  readonly locale: Locale
  /** Absent on the sign-in page. */
  readonly session?: StaffSession
  /** What the address asks for beside the language; a change of language keeps it. */
  readonly search?: string
}

const AREAS = [
  { path: '/console', key: 'console.inbox', action: 'complaint.read' },
  { path: '/console/counter', key: 'desk.counter', action: 'complaint.file' },
  { path: '/console/joining', key: 'join.own', action: 'body.join' },
  { path: '/console/bodies', key: 'join.bodies', action: 'body.approve' },
  { path: '/console/indicators', key: 'desk.indicators', action: 'indicator.read' },
  { path: '/console/reports', key: 'desk.reports', action: 'report.read' },
  { path: '/console/failures', key: 'console.failures', action: 'delivery.read' },
  { path: '/console/ledger', key: 'console.ledger', action: 'ledger.read' },
  { path: '/console/members', key: 'desk.members', action: 'staff.manage' },
  { path: '/console/templates', key: 'ready.title', action: 'complaint.read' },
  { path: '/console/calendar', key: 'calendar.title', action: 'complaint.read' },
  { path: '/console/policy', key: 'policy.title', action: 'policy.write' },
] as const satisfies readonly { path: string; key: string; action: Action }[]

/** Only the areas the viewer has a right to. */
const areas = ({ locale, session }: Viewer, path: string): string => {
  if (session === undefined) return ''
  const open = AREAS.filter(({ action }) => mayDo(session.actor, action))
  return html`<nav class="areas" aria-label="${text(locale, 'console.title')}"><ul>
!${open.map(({ path: target, key }) => html`<li><a href="${target}"!${target === path ? ' aria-current="page"' : ''}>${text(locale, key)}</a></li>`)}
<li><a href="/console/guide"!${path.startsWith('/console/guide') ? ' aria-current="page"' : ''}>${text(locale, 'guide.title')}</a></li>
</ul></nav>`
}

const own = ({ locale, session }: Viewer, path: string): string =>
  session === undefined
    ? ''
    : html`<div class="own"><a href="/console/account"!${path === '/console/account' ? ' aria-current="page"' : ''}><bdi>${session.email}</bdi></a>
<form class="inline" method="post" action="/console/sign-out"><button class="link">${text(locale, 'console.sign_out')}</button></form></div>`

const OWN_NAMES: Readonly<Record<Locale, string>> = { ar: 'العربية', fr: 'Français', en: 'English' }

const languages = ({ locale, search }: Viewer, path: string): string => {
  const kept = search ? `${search}&` : ''
  const one = (other: Locale): string =>
    other === locale
      ? html`<span lang="${other}" aria-current="true">${OWN_NAMES[other]}</span>`
      : html`<a href="${path}?${kept}lang=${other}" lang="${other}" hreflang="${other}">${OWN_NAMES[other]}</a>`
  return html`<nav class="languages" aria-label="${text(locale, 'page.language')}">!${LOCALES.map(one)}</nav>`
}

/** The single keys, for whoever uses them. */
export const keysHelp = ({ locale, session }: Viewer): string =>
  session?.shortcuts
    ? html`<details id="keys"><summary>${text(locale, 'desk.keys')} <kbd>?</kbd></summary><p>${text(locale, 'desk.keys.list')}</p></details>`
    : ''

/** The whole document of a desk page. `path` is its address without a query; `body` is already escaped. */
export const deskPage = (
  viewer: Viewer,
  page: {
    title: string
    path: string
    body: string
    islands?: readonly Pick<Asset, 'url'>[]
    /** Seconds after which a page without script asks for itself again. */
    again?: number | undefined
  },
): string => {
  const { locale } = viewer
  return html`<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}">
<head>
<meta charset="utf-8">
<title>${page.title} – ${text(locale, 'console.title')}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${STYLE.url}">
<link rel="stylesheet" href="${CONSOLE_STYLE.url}">
<link rel="icon" type="image/svg+xml" href="${MARK.url}">
!${(page.islands ?? []).map(({ url }) => html`<script type="module" src="${url}"></script>`)}!${page.again === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${page.again}"></noscript>`}
</head>
<body class="desk">
<a class="skip" href="#main">${text(locale, 'page.skip')}</a>
<header class="bar top"><div>
<a class="brand" href="/console">!${mark()}<span>${text(locale, 'console.title')}</span></a>
!${own(viewer, page.path)}!${languages(viewer, page.path)}!${areas(viewer, page.path)}
</div></header>
<main id="main" tabindex="-1">
<h1>${page.title}</h1>
!${page.body}
</main>
</body>
</html>
`
}
