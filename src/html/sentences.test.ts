import { describe, expect, it } from 'vitest'
import { LOCALES, type Locale } from '../core/locale.ts'
import { add } from './catalogue/add.ts'
import { common } from './catalogue/common.ts'
import { data } from './catalogue/data.ts'
import { errors } from './catalogue/errors.ts'
import { file } from './catalogue/file.ts'
import { home } from './catalogue/home.ts'
import { later } from './catalogue/later.ts'
import { offline } from './catalogue/offline.ts'
import { receipt } from './catalogue/receipt.ts'
import { record } from './catalogue/record.ts'
import { sensitive } from './catalogue/sensitive.ts'
import { side } from './catalogue/side.ts'
import { states } from './catalogue/states.ts'
import { track } from './catalogue/track.ts'

/** What citizens read on pages. */
const PAGES = {
  add,
  common,
  data,
  errors,
  file,
  home,
  later,
  offline,
  receipt,
  record,
  sensitive,
  side,
  states,
  track,
}

/** Words of a sentence (ux G11): Arabic joins to a word what French writes apart. */
const MOST: Readonly<Record<Locale, number>> = { ar: 12, fr: 15, en: 15 }

/** A choice by number or by word, with one more level inside: its last branch, which is the general one, stands for it. */
const CHOICE = /\{\w+, (?:plural|select),((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/g
const GENERAL = /other \{((?:[^{}]|\{[^{}]*\})*)\}/

const read = (words: string): string =>
  words
    .replace(CHOICE, (_, branches: string) => GENERAL.exec(branches)?.[1] ?? '')
    .replace(/\{[^{}]*\}/g, 'x')
    .replaceAll('#', '9')

const sentencesOf = (words: string): string[] => read(words).split(/[.!?؟…](?=[\s»”]|$)/u)
const wordsIn = (sentence: string): number =>
  sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

describe.each(LOCALES)('what citizens read in %s', (locale) => {
  it.each(Object.entries(PAGES))('is said in short sentences: %s', (_name, area) => {
    const long = Object.entries<string>(area[locale]).flatMap(([key, words]) =>
      sentencesOf(words)
        .filter((sentence) => wordsIn(sentence) > MOST[locale])
        .map((sentence) => `${key}: ${sentence.trim()}`),
    )
    expect(long).toEqual([])
  })

  it('is measured: a sentence over the limit is found', () => {
    expect(wordsIn(sentencesOf(`${'x '.repeat(MOST[locale] + 1)}.`)[0] ?? '')).toBe(MOST[locale] + 1)
    expect(wordsIn(sentencesOf('{n, plural, one {un} other {# mots {size}}} ici. Et là.')[0] ?? '')).toBe(4)
  })
})
