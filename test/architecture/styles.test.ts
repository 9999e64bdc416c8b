import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { STYLE } from '../../src/html/assets.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const sheets = ['src', 'channels'].flatMap((room) =>
  fs
    .readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.css'))
    .map((file) => ({
      file: path.join(room, file),
      css: fs.readFileSync(path.join(ROOT, room, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''),
    })),
)

/** A sum is one value, however many words it has. */
const withoutSums = (css: string): string => css.replace(/\((?:[^()]|\([^()]*\))*\)/g, '()')

/** Declarations of a sheet, each as `property: value`. */
const declarations = (css: string): string[] =>
  [...css.matchAll(/(?:^|[{;])\s*([-\w]+\s*:[^;{}]+)(?=[;}])/g)].map(([, one = '']) =>
    one.replace(/\s+/g, ' ').trim(),
  )

/** What would stand on the wrong side, or break the joins of letters, in Arabic (ux G9). */
const PHYSICAL: readonly RegExp[] = [
  /^(?:margin|padding|border|inset)-(?:left|right)\b/,
  /^(?:scroll-)?(?:margin|padding)-(?:left|right)\b/,
  /^border-(?:top|bottom)-(?:left|right)-radius\b/,
  /^(?:left|right|float|clear) ?:/,
  /^text-align: ?(?:left|right)/,
  /^letter-spacing: (?!0|normal)/,
  /^font-style: ?(?:italic|oblique)/,
  /^(?:margin|padding): ?(?:\S+ ){3}\S+$/,
]

describe('styles', () => {
  it('are there to be looked at', () => expect(sheets.length).toBeGreaterThan(5))

  it.each(sheets.map(({ file, css }) => [file, css] as const))(
    '%s knows no left and no right, and never sets letters apart or aslant',
    (_file, css) => {
      const wrong = declarations(withoutSums(css)).filter((one) =>
        PHYSICAL.some((pattern) => pattern.test(one)),
      )
      expect(wrong).toEqual([])
    },
  )

  it.each(
    sheets.filter(({ file }) => !file.endsWith('tokens.css')).map(({ file, css }) => [file, css] as const),
  )('%s takes its colours from the tokens', (_file, css) => {
    // Paper is white and ink is black: print alone may say so.
    const onScreen = css.replace(/@media print \{[\s\S]*?\n\}/g, '')
    const named = declarations(onScreen).filter((one) => /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(one))
    expect(named).toEqual([])
  })

  it.each(sheets.map(({ file, css }) => [file, css] as const))(
    '%s moves nothing for longer than 150 ms',
    (_file, css) => {
      const times = declarations(css)
        .filter((one) => /^(?:transition|animation)/.test(one))
        .flatMap((one) => [...one.matchAll(/([\d.]+)(m?s)\b/g)])
        .map(([, number, unit]) => Number(number) * (unit === 's' ? 1000 : 1))
      expect(times.filter((milliseconds) => milliseconds > 150)).toEqual([])
    },
  )

  it('weigh under 10 KB on the line (G2), and bring no font', () => {
    expect(STYLE.gzip.length).toBeLessThan(10 * 1024)
    expect(STYLE.plain.toString()).not.toContain('@font-face')
  })
})
