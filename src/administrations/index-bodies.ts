import { foldedWords, stem } from '../core/fold-text.ts'
import type { Names } from '../core/locale.ts'

/** A body as people look for it. */
export interface ListedBody {
  readonly code: string
  readonly parent: string | undefined
  readonly names: Names
  readonly territory: string | undefined
  readonly keywords: readonly string[]
  readonly outside: boolean
  readonly anonymousAllowed: boolean
  readonly services: readonly {
    readonly code: string
    readonly names: Names
    readonly keywords: readonly string[]
  }[]
}

/** One name, keyword or place of a body: its stems, what a match in it is worth, the service it speaks of. */
interface Phrase {
  readonly body: number
  readonly weight: number
  readonly stems: readonly string[]
  readonly service: string | undefined
}

export interface BodyIndex {
  readonly bodies: readonly ListedBody[]
  readonly phrases: readonly Phrase[]
  /** Stem → the phrases that hold it. */
  readonly byStem: ReadonlyMap<string, readonly number[]>
  /** Stem → how much it tells: a word that few bodies hold tells more. */
  readonly rarity: ReadonlyMap<string, number>
  /** Folded word → for each body the worth of the best place it stands in. */
  readonly byWord: ReadonlyMap<string, ReadonlyMap<number, number>>
}

/** People's own words, given by the ministry as keywords, say most; a place alone says little. */
const WEIGHTS = { name: 2, keyword: 3, service: 2, serviceKeyword: 2.5, territory: 1, code: 2 } as const

/** Words that stand in many names or in any text and so tell nothing. Compared as stems. */
const COMMON = new Set(
  foldedWords(
    `ministère agence direction office délégation service province préfecture région régionale nationale national royaume maroc public général
     de du des la le les un une et en au aux pour par sur dans avec sans est sont pas plus que qui mon ma mes ce cette je nous vous il elle on ne a à
     وزارة وكالة مديرية مكتب مندوبية مصلحة عمالة اقليم جهة جهوية الوطنية الوطني المملكة المغرب العامة العمومية
     من في على الى عن مع هذا هذه التي الذي لم لا ما هو هي كان ان او ثم قد كل بعد قبل عند بين
     ministry agency department office national the of and for to in on at is are was not my our this that with`,
  ).map(stem),
)

/** The stems of a text that can tell one body from another. */
export const tellingStems = (text: string): string[] => [
  ...new Set(
    foldedWords(text)
      .map(stem)
      .filter((word) => word.length > 1 && !COMMON.has(word)),
  ),
]

const namesOf = (names: Names): string[] => Object.values(names).filter((name) => name !== undefined)

interface Wording {
  readonly text: string
  readonly weight: number
  readonly service?: string
}

const wordingsOf = (body: ListedBody): Wording[] => [
  { text: body.code, weight: WEIGHTS.code },
  ...namesOf(body.names).map((text) => ({ text, weight: WEIGHTS.name })),
  ...body.keywords.map((text) => ({ text, weight: WEIGHTS.keyword })),
  ...(body.territory === undefined ? [] : [{ text: body.territory, weight: WEIGHTS.territory }]),
  ...body.services.flatMap(({ code, names, keywords }) => [
    ...namesOf(names).map((text) => ({ text, weight: WEIGHTS.service, service: code })),
    ...keywords.map((text) => ({ text, weight: WEIGHTS.serviceKeyword, service: code })),
  ]),
]

const rarityOf = (
  bodies: number,
  phrases: readonly Phrase[],
  byStem: ReadonlyMap<string, readonly number[]>,
): Map<string, number> => {
  const rarity = new Map<string, number>()
  for (const [word, holders] of byStem) {
    const holding = new Set(holders.map((phrase) => phrases[phrase]?.body)).size
    rarity.set(word, Math.log(1 + bodies / holding))
  }
  return rarity
}

/** Builds what search and suggestion look in: some milliseconds for 2,000 bodies, kept until one of them changes. */
export const indexBodies = (bodies: readonly ListedBody[]): BodyIndex => {
  const phrases: Phrase[] = []
  const byStem = new Map<string, number[]>()
  const byWord = new Map<string, Map<number, number>>()
  for (const [body, listed] of bodies.entries())
    for (const { text, weight, service } of wordingsOf(listed)) {
      const stems = tellingStems(text)
      for (const word of stems) {
        const holders = byStem.get(word)
        if (holders) holders.push(phrases.length)
        else byStem.set(word, [phrases.length])
      }
      phrases.push({ body, weight, stems, service })
      for (const word of foldedWords(text)) {
        const worth = byWord.get(word) ?? new Map<number, number>()
        worth.set(body, Math.max(worth.get(body) ?? 0, weight))
        byWord.set(word, worth)
      }
    }
  return { bodies, phrases, byStem, byWord, rarity: rarityOf(bodies.length, phrases, byStem) }
}
