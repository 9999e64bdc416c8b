import { parseReference } from '../core/reference.ts'
import type { Secrets } from '../core/secrets.ts'
import { normalisePhone } from '../intake/normalise.ts'
import { audit } from './audit.ts'
import { peopleQuery } from './complaint-query.ts'
import {
  type ComplaintFilters,
  type ListDeps,
  type ListedComplaint,
  listComplaints,
  type Page,
} from './list-complaints.ts'
import { type Actor, mayDo, requireRight, scopeOf } from './rights.ts'

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

/** Numbers of the complaints of a page whose complainant is called or reached as was typed. */
const ofPeople = async (
  { db }: Pick<ListDeps, 'db'>,
  actor: Actor,
  words: string,
  items: readonly ListedComplaint[],
): Promise<readonly string[]> => {
  const query = peopleQuery(db.sql, await scopeOf(db.sql, actor), words)
  const rows = await db.sql<{ reference: string }[]>`
    select c.reference from complaints c join complaint_words w on w.complaint_id = c.id
    where c.id = any(${items.map(({ id }) => id)}::uuid[]) and w.words @@ ${query} order by c.reference`
  return rows.map(({ reference }) => reference)
}

/**
 * The list as the desk searches it. Whoever may look people up does so with each search of words, and that opens an identity:
 * it is in the audit before anything is found, by a keyed hash that tells the same question again and not what it was. Whom it
 * found is in the audit before it is shown, and each of them reads it on the own page (`readOpenings`).
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
  if (!people) return listComplaints(deps, actor, filters)
  const subject = deps.secrets.mac('person-search', spelling(words))
  await audit(deps, actor, { action: 'complaint.find_person', subject })
  const page = await listComplaints(deps, actor, filters, people)
  const found = await ofPeople(deps, actor, words, page.items)
  if (found.length > 0)
    await audit(deps, actor, { action: 'complaint.found_person', subject, facts: { found } })
  return page
}
