import { foldedWords, stem } from '../core/fold-text.ts'
import { alikeWords } from './everyday-words.ts'
import type { BodyIndex, ListedBody } from './index-bodies.ts'

/** True when one letter inserted, left out, changed or swapped with its neighbour makes the words equal. */
const oneSlipApart = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  const [restA, restB] = [a.slice(start), b.slice(start)]
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}

const SLIP_FROM_LETTERS = 5

/** How well an indexed word answers a typed one, 0…4. The typed one may be only begun, or hold one slip. */
const nearness = (typed: string, word: string): number => {
  if (typed === word) return 4
  if (stem(typed) === stem(word)) return 3
  if (typed.length > 1 && (word.startsWith(typed) || stem(word).startsWith(stem(typed)))) return 2
  return typed.length >= SLIP_FROM_LETTERS && oneSlipApart(typed, word) ? 1 : 0
}

/** Another word for the same thing answers nearly as well as the word itself. */
const ALIKE_WORTH = 0.6

/** The bodies that a typed word speaks of, by what it is worth, the everyday words for the same thing included. */
const bodiesNear = (index: BodyIndex, typed: string): Map<number, number> => {
  const found = bodiesWith(index, typed)
  // Only whole words: a guess is not made from a guess.
  for (const word of alikeWords(typed))
    for (const [body, worth] of index.byWord.get(word) ?? [])
      found.set(body, Math.max(found.get(body) ?? 0, 4 * worth * ALIKE_WORTH))
  return found
}

const bodiesWith = (index: BodyIndex, typed: string): Map<number, number> => {
  const found = new Map<number, number>()
  for (const [word, worths] of index.byWord) {
    const near = nearness(typed, word)
    if (near === 0) continue
    for (const [body, worth] of worths) found.set(body, Math.max(found.get(body) ?? 0, near * worth))
  }
  return found
}

/**
 * Finds bodies by what a person types: any order of words, begun words, no accents, either script, one slip a word. Those
 * that answer most of the words come first. Nothing typed gives all bodies, in the order given to the index.
 */
export const searchAdministrations = (query: string, index: BodyIndex): readonly ListedBody[] => {
  const typed = foldedWords(query).slice(0, 10)
  if (typed.length === 0) return query.trim() === '' ? index.bodies : []
  const found = new Map<number, { words: number; score: number }>()
  for (const word of typed)
    for (const [body, score] of bodiesNear(index, word)) {
      const before = found.get(body) ?? { words: 0, score: 0 }
      found.set(body, { words: before.words + 1, score: before.score + score })
    }
  const most = Math.max(...[...found.values()].map(({ words }) => words))
  return [...found]
    .filter(([, { words }]) => words === most)
    .sort(([bodyA, a], [bodyB, b]) => b.score - a.score || bodyA - bodyB)
    .flatMap(([body]) => index.bodies[body] ?? [])
}
