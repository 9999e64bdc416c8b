import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'

/** Pictures of pages as people have looked at them and found them good. */
const BASELINES = fileURLToPath(new URL('../browser/baselines', import.meta.url))
/** Where a page that differs is laid for somebody to look at. */
const ARTIFACTS = fileURLToPath(new URL('../.artifacts/baselines', import.meta.url))
/** The part of the points that may differ (ux U7), and by how much one must differ to count: edges of letters do not. */
const MOST = 0.001
const NOTICED = 12

/**
 * Nothing on a picture depends on the day, the machine or chance: numbers, dates, times and links are replaced by others of their
 * kind, the fonts are those of fonts-noto-core, and what the browser draws itself is left out.
 */
const STILL = `:root { --latin: "Noto Sans"; --arabic: "Noto Sans Arabic", "Noto Sans" }
  audio, video, progress, .qr { visibility: hidden !important }
  input[type=file], ::file-selector-button { color: transparent !important }
  ::file-selector-button { inline-size: 9rem !important }
  * { caret-color: transparent !important; scrollbar-width: none !important }`

const MONTHS =
  'يناير|فبراير|مارس|أبريل|ماي|يونيو|يوليوز|غشت|شتنبر|أكتوبر|نونبر|دجنبر|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|January|February|March|April|May|June|July|August|September|October|November|December'

/** What each kind of changing words becomes, in this order. */
const REPLACED: readonly (readonly [pattern: string, words: string])[] = [
  [`\\d{1,2}(?:er)? (?:${MONTHS}) \\d{4}`, '1 مارس 2027'],
  ['\\d{4}-\\d{2}-\\d{2}', '2027-03-01'],
  ['\\d{2}:\\d{2}', '10:00'],
  ['UTC\\+\\d', 'UTC+1'],
  ['[0-9a-f]{64}', 'e3b0c442'.repeat(8)],
  ['(?<!\\d)2\\d{9}(?!\\d)', '2612345678'],
  ['(?<!\\d)\\d{6}(?!\\d)', '482157'],
  ['https?://\\S+', 'https://wasl.example/x'],
]

const hold = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(${JSON.stringify(STILL)})
    document.adoptedStyleSheets = [sheet]
    const replaced = ${JSON.stringify(REPLACED)}
    const latin = document.documentElement.lang !== 'ar'
    window.held = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const still = replaced.reduce((text, [pattern, words]) => text.replace(new RegExp(pattern, 'g'), latin ? words.replace('مارس', 'mars') : words), node.data)
      if (still === node.data) continue
      window.held.push([node, node.data])
      node.data = still
    }
    scrollTo(0, 0)
    return document.fonts.ready.then(() => true)
  })()`)

const letGo = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    for (const [node, text] of window.held) node.data = text
    document.adoptedStyleSheets = []
  })()`)

/** Half as large, so that a letter's edge weighs less than a line that has moved. */
const pointsOf = (picture: Buffer) =>
  sharp(picture)
    .metadata()
    .then(({ width, height }) =>
      sharp(picture)
        .removeAlpha()
        .toColourspace('srgb')
        .resize(Math.ceil((width ?? 2) / 2), Math.ceil((height ?? 2) / 2), { fit: 'fill' })
        .raw()
        .toBuffer({ resolveWithObject: true }),
    )

/** The part of the points in which two pictures differ; 1 where they are not of one size. */
const differenceOf = async (one: Buffer, other: Buffer): Promise<number> => {
  const [a, b] = await Promise.all([pointsOf(one), pointsOf(other)])
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) return 1
  let differing = 0
  for (let at = 0; at < a.data.length; at += 3)
    if (
      [0, 1, 2].some((colour) => Math.abs((a.data[at + colour] ?? 0) - (b.data[at + colour] ?? 0)) > NOTICED)
    )
      differing += 1
  return differing / (a.data.length / 3)
}

/** A picture of the whole page at a width, with nothing on it that changes by itself. */
const take = async (page: Page, width: number): Promise<Buffer> => {
  const before = page.viewportSize()
  await page.setViewportSize({ width, height: 640 })
  await hold(page)
  const picture = await page.screenshot({ fullPage: true, animations: 'disabled', scale: 'css' })
  await letGo(page)
  if (before) await page.setViewportSize(before)
  return sharp(picture).png({ palette: true, colours: 32, dither: 0, compressionLevel: 9 }).toBuffer()
}

/**
 * Compares a page with the picture that was looked at. `npm run baselines` takes them anew; whoever does so looks at each before
 * it is committed.
 */
export const expectAsReviewed = async (page: Page, name: string, width: number): Promise<void> => {
  const picture = await take(page, width)
  const file = `${name}-${width}.png`
  const reviewed = path.join(BASELINES, file)
  if (process.env['BASELINES'] === 'renew') {
    fs.mkdirSync(BASELINES, { recursive: true })
    fs.writeFileSync(reviewed, picture)
    return
  }
  const difference = fs.existsSync(reviewed) ? await differenceOf(fs.readFileSync(reviewed), picture) : 1
  if (difference >= MOST) {
    fs.mkdirSync(ARTIFACTS, { recursive: true })
    fs.writeFileSync(path.join(ARTIFACTS, file), picture)
  }
  expect(
    difference,
    `${file} differs from what was reviewed: look at test/.artifacts/baselines/${file}`,
  ).toBeLessThan(MOST)
}
