import { type BodyIndex, type ListedBody, tellingStems } from './index-bodies.ts'

export interface Suggestion {
  readonly body: ListedBody
  /** Code of the service whose words matched best, where one did. */
  readonly service: string | undefined
  /** Greater is likelier; comparable within one answer only. */
  readonly score: number
}

/** How many phrases of a body add up: more would favour bodies that list many words. */
const PHRASES_THAT_COUNT = 3

interface Match {
  readonly worth: number
  readonly service: string | undefined
}

/** Worth of each phrase the text touches: what of it was said, and how much of the whole phrase that is. */
const matchesByBody = (index: BodyIndex, text: string): Map<number, Match[]> => {
  const said = new Map<number, number>()
  for (const word of tellingStems(text))
    for (const phrase of index.byStem.get(word) ?? [])
      said.set(phrase, (said.get(phrase) ?? 0) + (index.rarity.get(word) ?? 0))
  const matches = new Map<number, Match[]>()
  for (const [position, worth] of said) {
    const phrase = index.phrases[position]
    if (phrase === undefined) continue
    const whole = phrase.stems.reduce((sum, word) => sum + (index.rarity.get(word) ?? 0), 0)
    const match = { worth: (phrase.weight * worth * worth) / whole, service: phrase.service }
    matches.set(phrase.body, [...(matches.get(phrase.body) ?? []), match])
  }
  return matches
}

/** Ranks the bodies a free text in Arabic, French or English may concern; none when no word of it tells. */
export const suggestAdministrations = (text: string, index: BodyIndex, limit = 5): Suggestion[] => {
  const suggestions: Suggestion[] = []
  for (const [position, matches] of matchesByBody(index, text)) {
    const body = index.bodies[position]
    if (body === undefined) continue
    const best = matches.toSorted((a, b) => b.worth - a.worth).slice(0, PHRASES_THAT_COUNT)
    const score = best.reduce((sum, match) => sum + match.worth, 0)
    suggestions.push({ body, service: best.find((match) => match.service)?.service, score })
  }
  return suggestions
    .sort((a, b) => b.score - a.score || a.body.code.localeCompare(b.body.code))
    .slice(0, limit)
}
