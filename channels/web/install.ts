import { createHash } from 'node:crypto'
import { directionOf, LOCALES, type Locale } from '../../src/core/locale.ts'
import { type Asset, MARK, SITE_ASSETS } from '../../src/html/assets.ts'
import { HTML_ISLANDS } from '../../src/html/islands.ts'
import { text } from '../../src/html/text.ts'
import type { Lines } from './deps.ts'
import { FILINGS, SERVICE_WORKER, WEB_ASSETS } from './islands.ts'
import { offlinePage } from './offline.page.ts'

const LINKED = /\/assets\/[\w.-]+/g

/** Everything a page links to, and what that links to. */
const assetsOf = (pages: readonly string[]): readonly string[] => {
  const known = new Map<string, Asset>(
    [...SITE_ASSETS, ...HTML_ISLANDS, ...WEB_ASSETS].map((asset) => [asset.url, asset]),
  )
  const found = new Set<string>()
  const follow = (content: string): void => {
    for (const [url] of content.matchAll(LINKED)) {
      const asset = known.get(url)
      if (asset === undefined || found.has(url)) continue
      found.add(url)
      follow(asset.plain.toString())
    }
  }
  for (const content of pages) follow(content)
  return [...found]
}

export interface Installation {
  /** The offline page of each language, made once: nothing on it is anybody's. */
  readonly pages: Readonly<Record<Locale, string>>
  readonly serviceWorker: string
}

/**
 * What a browser needs to open the form without a network: the pages, and the service worker that knows them by name and no
 * other. Its name changes with any of them.
 */
export const createInstallation = (lines: Lines): Installation => {
  const pages = Object.fromEntries(LOCALES.map((locale) => [locale, offlinePage(locale, lines)])) as Record<
    Locale,
    string
  >
  const files = [
    ...LOCALES.map((locale) => `/${locale}/offline`),
    ...assetsOf([...Object.values(pages), FILINGS.url]),
  ]
  const version = createHash('sha256')
    .update(JSON.stringify([pages, files]))
    .digest('hex')
    .slice(0, 12)
  const script = SERVICE_WORKER.plain
    .toString()
    .replace("'VERSION'", () => JSON.stringify(version))
    .replace("['FILES']", () => JSON.stringify(files))
  return { pages, serviceWorker: script }
}

/** What a telephone shows when the service is put on its first screen. */
export const manifestOf = (locale: Locale): string =>
  JSON.stringify({
    id: '/',
    name: text(locale, 'service.name'),
    short_name: text(locale, 'service.name'),
    description: text(locale, 'app.description'),
    lang: locale,
    dir: directionOf(locale),
    start_url: `/${locale}/`,
    scope: '/',
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#0b5d3b',
    icons: [{ src: MARK.url, sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
  })
