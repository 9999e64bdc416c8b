import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { markFile } from './icons.ts'

/** A file for browsers, named by its content so that it may be kept for ever, compressed once at start. */
export interface Asset {
  /** Path to link to, such as /assets/site.1f3a5b7c.css. */
  readonly url: string
  readonly type: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly brotli: Buffer
}

/** Makes an asset of a content. `name` is `site.css`; the hash goes before the ending. */
export const makeAsset = (name: string, type: string, content: string | Buffer): Asset => {
  const plain = Buffer.from(content)
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 10)
  const dot = name.lastIndexOf('.')
  return {
    url: `/assets/${name.slice(0, dot)}.${hash}${name.slice(dot)}`,
    type,
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    brotli: brotliCompressSync(plain),
  }
}

/** Comments and indentation are for us; they do not travel. Islands hold neither in a text. */
const compactScript = (source: string): string =>
  source
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '')

/**
 * A small script that a page may do without, read from beside the page it serves. What it imports by `./name.js` is an
 * asset too, and is imported under that asset's address.
 */
export const islandAsset = (name: string, file: URL, imports: readonly Asset[] = []): Asset => {
  const source = imports.reduce(
    (text, { url }) =>
      text.replaceAll(`'./${url.replace(/^\/assets\/(.*)\.[0-9a-f]{10}(\.js)$/, '$1$2')}'`, `'${url}'`),
    fs.readFileSync(file, 'utf8'),
  )
  return makeAsset(name, 'text/javascript; charset=utf-8', compactScript(source))
}

const read = (name: string): string => fs.readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8')

const compact = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/;}/g, '}')

/** Later files overrule earlier ones. */
const STYLE_FILES = [
  'tokens.css',
  'frame.css',
  'form.css',
  'pages.css',
  'recorder.css',
  'media.css',
  'receipt.css',
  'chart.css',
]

export const STYLE = makeAsset('site.css', 'text/css; charset=utf-8', compact(STYLE_FILES.map(read).join('')))
export const MARK = makeAsset('mark.svg', 'image/svg+xml', markFile())

const TIFINAGH = makeAsset(
  'tifinagh.woff2',
  'font/woff2',
  fs.readFileSync(new URL('./assets/fonts/tifinagh.woff2', import.meta.url)),
)
/** For pages in Amazigh alone: letters that few telephones have (ux G3). */
export const AMAZIGH_STYLE = makeAsset(
  'amazigh.css',
  'text/css; charset=utf-8',
  compact(read('amazigh.css')).replace('fonts/tifinagh.woff2', TIFINAGH.url),
)

/** What every page links to. */
export const SITE_ASSETS: readonly Asset[] = [STYLE, MARK]
/** What pages in Amazigh link to besides. */
export const AMAZIGH_ASSETS: readonly Asset[] = [AMAZIGH_STYLE, TIFINAGH]
