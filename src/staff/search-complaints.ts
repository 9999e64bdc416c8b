import { parseReference } from '../core/reference.ts'
import type { Secrets } from '../core/secrets.ts'
import { normalisePhone } from '../intake/normalise.ts'
import { audit } from './audit.ts'
import {
  type ComplaintFilters,
  type ListDeps,
  type ListedComplaint,
  listComplaints,
  type Page,
} from './list-complaints.ts'
import { type Actor, mayDo, requireRight } from './rights.ts'

/** One person however typed: a number in E.164, a name without what writing varies. */
const spelling = (words: string): string =>
  normalisePhone(words) ??
  words
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .toSorted()
    .join(' ')

/**
 * The list as the desk searches it. Whoever may look people up does so with each search of words, and that opens an identity:
 * it is in the audit before anything is found, by a keyed hash that tells the same question again and not what it was.
 */
export const searchComplaints = async (
  deps: ListDeps & { readonly secrets: Secrets },
  actor: Actor,
  filters: ComplaintFilters,
): Promise<Page<ListedComplaint>> => {
  requireRight(actor, 'complaint.read')
  const words = filters.q?.trim() ?? ''
  const isReference = parseReference(words).ok && normalisePhone(words) === undefined
  const people = words !== '' && !isReference && mayDo(actor, 'complaint.find_person')
  if (people)
    await audit(deps, actor, {
      action: 'complaint.find_person',
      subject: deps.secrets.mac('person-search', spelling(words)),
    })
  return listComplaints(deps, actor, filters, people)
}
