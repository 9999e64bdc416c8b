import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../src/core/errors.ts'
import { LOCALES } from '../../src/core/locale.ts'
import { AREAS } from '../../src/html/catalogue/index.ts'
import { byteSize, FORMAT_LOCALES, longDay, ltr, text } from '../../src/html/text.ts'
import { sourceFiles } from './source-files.ts'

type Parsed = ReturnType<IntlMessageFormat['getAst']>

/** Names of the values a message takes, plural branches included. */
const valuesOf = (ast: Parsed): string[] =>
  ast.flatMap((element) => {
    if (element.type === 0 || element.type === 7 || element.type === 8) return []
    const inner = 'options' in element ? Object.values(element.options).flatMap((o) => valuesOf(o.value)) : []
    return ['value' in element ? String(element.value) : '', ...inner]
  })

const entriesOf = (locale: (typeof LOCALES)[number]) =>
  AREAS.flatMap((area) => Object.entries<string>(area[locale] as Record<string, string>))

describe('the catalogue', () => {
  it.each(LOCALES)('has the same keys in %s as in French, each once and none empty', (locale) => {
    const keys = entriesOf(locale).map(([key]) => key)
    expect(keys.toSorted()).toEqual(
      entriesOf('fr')
        .map(([key]) => key)
        .toSorted(),
    )
    expect(new Set(keys).size).toBe(keys.length)
    expect(entriesOf(locale).filter(([, words]) => words.trim() === '')).toEqual([])
  })

  it.each(LOCALES)('takes the same values in %s as in French', (locale) => {
    const french = new Map(entriesOf('fr'))
    for (const [key, words] of entriesOf(locale)) {
      const parse = (source: string) =>
        [...new Set(valuesOf(new IntlMessageFormat(source, FORMAT_LOCALES[locale]).getAst()))].toSorted()
      expect(parse(words), key).toEqual(parse(french.get(key) ?? ''))
    }
  })

  it('has a sentence for every error code', () => {
    const keys = new Set(entriesOf('fr').map(([key]) => key))
    expect(Object.keys(ERRORS).filter((code) => !keys.has(`error.${code}`))).toEqual([])
  })

  /** Those that name a limit or a wait: the number in them is the example. */
  const LIMITS_TOLD =
    /text_long|too_many|many$|_long$|file_storage|locked|wrong|digit|gone|unreachable|\.error\.empty$/

  it.each([
    ['ar', /مثلا/],
    ['fr', /par exemple/i],
    ['en', /for example/i],
  ] as const)('gives a working example with every mistake of a field in %s', (locale, example) => {
    const bare = entriesOf(locale).filter(
      ([key, words]) =>
        /^(file|track|resume|later\.phone|receipt\.send)\.error/.test(key) &&
        !LIMITS_TOLD.test(key) &&
        !example.test(words),
    )
    expect(bare).toEqual([])
  })

  it('holds no text that nobody says', () => {
    const sources = sourceFiles().filter(({ path }) => !path.startsWith('src/html/catalogue/'))
    const said = new Set(
      sources.flatMap(({ text }) => [...text.matchAll(/'([\w.]+)'/g)].map(([, key]) => key)),
    )
    // Keys made of a word of the vocabulary: `state.${state}`.
    const patterns = sources
      .flatMap(({ text }) => [...text.matchAll(/`([a-z][\w.]*\.\$\{[^`]*)`/g)])
      .map(
        ([, made = '']) => new RegExp(`^${made.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[\\w.-]+')}$`),
      )
    const unused = entriesOf('fr')
      .map(([key]) => key)
      .filter((key) => !said.has(key) && !patterns.some((pattern) => pattern.test(key)))
    expect(unused).toEqual([])
  })

  it('speaks Moroccan: western digits, Arabic month names, isolated numbers', () => {
    expect(longDay('ar', '2026-11-21')).toBe('21 نونبر 2026')
    expect(byteSize('fr', 1_500_000)).toBe('1,4 Mo')
    expect(text('ar', 'track.result.title', { kind: 'شكاية', reference: ltr('2612345678') })).toBe(
      'شكاية رقم \u20662612345678\u2069',
    )
  })
})
