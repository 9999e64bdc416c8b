import { Temporal } from 'temporal-polyfill'
import { KINDS, type Kind } from '../core/complaint.ts'
import { officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import { isLocale, type Names } from '../core/locale.ts'
import { type Actor, requireRight, scopeOf, treeOf } from '../staff/rights.ts'
import { monthOf } from './months.ts'
import type { Filters } from './read-counts.ts'
import type { CountingDeps } from './refresh-cells.ts'

/** What an address says; a word that means nothing is as good as none. */
export interface Asked {
  /** Months such as 2026-11. */
  readonly from?: string | undefined
  readonly until?: string | undefined
  /** Code of a body, with its units below. */
  readonly body?: string | undefined
  /** Anything: that body without its units. */
  readonly alone?: string | undefined
  /** `all`: the three together. Absent: complaints. */
  readonly kind?: string | undefined
  readonly channel?: string | undefined
  readonly language?: string | undefined
}

export interface ListedBody {
  readonly id: string
  readonly code: string
  readonly names: Names
}

export interface ResolvedFilters {
  readonly filters: Filters
  /** The body whose numbers these are; undefined: everybody's. */
  readonly body: ListedBody | undefined
  /** The bodies that may be asked for. */
  readonly choices: readonly ListedBody[]
}

/** Nothing was filed before this century, and no calendar of the database begins before the year one. */
const MONTH = /^20\d{2}-(0[1-9]|1[0-2])$/
const MONTHS_AT_MOST = 120

const period = ({ from, until }: Asked, today: string): Pick<Filters, 'from' | 'until'> => {
  const now = monthOf(today)
  // What is still to come has no numbers.
  const last = until && MONTH.test(until) && `${until}-01` < now ? `${until}-01` : now
  const yearBefore = Temporal.PlainDate.from(last).subtract({ months: 11 }).toString()
  const first = from && MONTH.test(from) ? `${from}-01` : yearBefore
  const longest = Temporal.PlainDate.from(last).subtract({ months: MONTHS_AT_MOST }).toString()
  if (first > last) return { from: last, until: last }
  return { from: first < longest ? longest : first, until: last }
}

const kindOf = (kind: string | undefined): Kind | undefined =>
  kind === 'all' ? undefined : (KINDS.find((one) => one === kind) ?? 'complaint')

const CHANNEL = /^[a-z]{1,20}$/

/**
 * The filters an actor may ask with: the ministry for everybody or any body, a body for itself and its units. Throws
 * `forbidden`, and `not_found` for the body of somebody else.
 */
export const resolveFilters = async (
  deps: CountingDeps,
  actor: Actor,
  asked: Asked,
): Promise<ResolvedFilters> => {
  requireRight(actor, 'indicator.read')
  const { sql } = deps.db
  const { bodies: own } = await scopeOf(sql, actor)
  const choices = await sql<ListedBody[]>`
    select id, code, names from administrations
    where ${own === 'everything' ? sql`true` : sql`id = any(${own as string[]}::uuid[])`} order by code`
  const body = choices.find(({ code }) => code === asked.body)
  if (asked.body && body === undefined) throw new AppError('not_found')
  const shared = {
    ...period(asked, officeDay(deps.clock.now(), deps.officeZone)),
    kind: kindOf(asked.kind),
    channel: asked.channel && CHANNEL.test(asked.channel) ? asked.channel : undefined,
    language: isLocale(asked.language) ? asked.language : undefined,
  }
  const mine = choices.find(({ id }) => id === actor.administrationId)
  const bodies = body ? (asked.alone ? [body.id] : await treeOf(sql, body.id)) : own
  return { filters: { ...shared, bodies }, body: body ?? mine, choices }
}
