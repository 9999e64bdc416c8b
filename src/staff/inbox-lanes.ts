import { statusesOf } from '../core/complaint.ts'
import type { Sql } from '../db/client.ts'
import type { InboxFilters } from './inbox.ts'
import type { Scope } from './rights.ts'

/** The person of an actor who is none. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

type Asked = InboxFilters & { readonly staffId: string }

const holds = (sql: Sql) => sql`true`
type Condition = ReturnType<typeof holds>

/** Where a list is walked: `from` gives its lanes, `own` says which of `complaints c` are of one. */
interface Lanes {
  readonly from: Condition
  readonly own: Condition
}

/** What is asked for of a row: `c`, or a lane of the nation. */
const narrowed = (sql: Sql, { state, channel, kind, language }: Asked, row: 'c' | 'lane') => sql`
  ${state === undefined ? holds(sql) : sql`${sql(row)}.status = any(${statusesOf(state)})`}
  ${channel === undefined ? sql`` : sql`and ${sql(row)}.channel = ${channel}`}
  ${kind === undefined ? sql`` : sql`and ${sql(row)}.kind = ${kind}`}
  ${language === undefined ? sql`` : sql`and ${sql(row)}.language = ${language}`}`

/**
 * The lanes of the nation, of which each holds what is alike in everything the list filters by: some hundred, found by leaping along
 * the index from one to the next (migrations/0031_lists.sql).
 */
const national = (sql: Sql, asked: Asked): Lanes => {
  const lane = sql`c.status, c.channel, c.language, c.kind, c.assignee_id is null as free`
  return {
    from: sql`(
      with recursive lane as (
        (select ${lane} from complaints c where c.due_at is not null order by 1, 2, 3, 4, 5 limit 1)
        union all
        select later.* from lane cross join lateral (
          select ${lane} from complaints c
          where c.due_at is not null and (c.status, c.channel, c.language, c.kind, (c.assignee_id is null))
            > (lane.status, lane.channel, lane.language, lane.kind, lane.free)
          order by 1, 2, 3, 4, 5 limit 1) later)
      select * from lane where ${narrowed(sql, asked, 'lane')} ${asked.view === 'unassigned' ? sql`and lane.free` : sql``}) lane`,
    own: sql`c.status = lane.status and c.channel = lane.channel and c.language = lane.language and c.kind = lane.kind
      and (c.assignee_id is null) = lane.free`,
  }
}

const isNarrow = ({ view, state, channel, kind, language }: Asked): boolean =>
  view === 'unassigned' || [state, channel, kind, language].some((filter) => filter !== undefined)

/**
 * The lanes of a list, each with an index along which it is walked as far as one page needs: what is asked for decides the cost,
 * never how much there is or how rare it is. A person has a lane, a body has one, and the nation has many.
 */
export const lanesOf = (sql: Sql, { bodies }: Scope, asked: Asked): Lanes => {
  const { view, administration, staffId } = asked
  const named = sql`(select id from administrations where code = ${administration ?? ''})`
  const within = sql`
    ${bodies === 'everything' ? holds(sql) : sql`c.administration_id = any(${bodies as string[]}::uuid[])`}
    ${administration === undefined ? sql`` : sql`and c.administration_id = ${named}`} and ${narrowed(sql, asked, 'c')}`
  if (view === 'mine')
    return {
      from: sql`(select ${staffId}::uuid as id) lane`,
      own: sql`c.assignee_id = lane.id and ${within}`,
    }
  if (administration !== undefined)
    return { from: sql`${named} lane`, own: sql`c.administration_id = lane.id and ${within}` }
  if (bodies !== 'everything')
    return {
      from: sql`unnest(${bodies as string[]}::uuid[]) lane (id)`,
      own: sql`c.administration_id = lane.id and ${within}`,
    }
  return isNarrow(asked) ? national(sql, asked) : { from: sql`(select 1) lane`, own: holds(sql) }
}
