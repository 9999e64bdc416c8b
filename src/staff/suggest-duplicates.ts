import { foldedWords } from '../core/fold-text.ts'
import { type ListedComplaint, listComplaints } from './list-complaints.ts'
import type { ReadDeps } from './read-complaint.ts'
import type { Actor } from './rights.ts'

/** Words that are looked for: the longest say most of what a text is about. */
const LOOKED_FOR = 4
const SHORTEST = 5
const SHOWN = 5
/** From this share of common words on, two texts are likely about the same thing. */
const ALIKE = 0.5

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(foldedWords(text).filter((word) => word.length >= SHORTEST))

const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const common = [...a].filter((word) => b.has(word)).length
  return common / Math.max(1, a.size + b.size - common)
}

/**
 * Complaints within the actor's reach that say much the same as one whose review is due, the likest first. A suggestion: only a
 * person finds a complaint to be a duplicate, in the formal review.
 */
export const suggestDuplicates = async (
  deps: ReadDeps,
  actor: Actor,
  { id, text, runs }: Pick<ListedComplaint, 'id' | 'text' | 'runs'>,
): Promise<readonly ListedComplaint[]> => {
  const own = wordsOf(text)
  const longest = [...own].toSorted((a, b) => b.length - a.length).slice(0, LOOKED_FOR)
  if (runs !== 'review' || longest.length < LOOKED_FOR) return []
  const { items } = await listComplaints(deps, actor, { q: longest.join(' '), limit: 4 * SHOWN })
  return items
    .filter((other) => other.id !== id)
    .map((other) => ({ other, likeness: likeness(own, wordsOf(other.text)) }))
    .filter((found) => found.likeness >= ALIKE)
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, SHOWN)
    .map(({ other }) => other)
}
