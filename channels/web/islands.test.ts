import { describe, expect, it } from 'vitest'
import { RECORDER_ISLAND, UPLOAD_ISLAND, WEB_ASSETS } from './islands.ts'

const byUrl = new Map(WEB_ASSETS.map((asset) => [asset.url, asset]))

/** What a browser loads for an island: itself and what it imports, once each. */
const loadedFor = (urls: readonly string[]): Set<string> => {
  const found = new Set<string>()
  const follow = (url: string): void => {
    const asset = byUrl.get(url)
    if (asset === undefined) throw new Error(`${url} is imported and not served`)
    if (found.has(url)) return
    found.add(url)
    for (const [, imported = ''] of asset.plain.toString().matchAll(/from '([^']+)'/g)) follow(imported)
  }
  for (const url of urls) follow(url)
  return found
}
const weight = (urls: Set<string>): number =>
  [...urls].reduce((sum, url) => sum + (byUrl.get(url)?.brotli.length ?? 0), 0)

describe('islands', () => {
  it('import only what is served beside them', () => {
    for (const { url } of WEB_ASSETS) expect(() => loadedFor([url])).not.toThrow()
  })

  it('are small: the uploader under 8 KB, with the recorder under 12', () => {
    expect(weight(loadedFor([UPLOAD_ISLAND.url]))).toBeLessThan(8 * 1024)
    expect(weight(loadedFor([UPLOAD_ISLAND.url, RECORDER_ISLAND.url]))).toBeLessThan(12 * 1024)
  })

  it.each(WEB_ASSETS)('$url writes no markup and evaluates nothing', ({ plain }) => {
    expect(plain.toString()).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/,
    )
  })
})
