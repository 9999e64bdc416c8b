import type { Database } from '../../db/client.ts'

/** How a live body does, of its last thirty days; null where there is nothing to judge yet. */
export interface Score {
  /** Deliveries to it that arrived, of those that ended. */
  readonly delivered: number | null
  /** Referrals it took up within three days, of those that old. */
  readonly takenUp: number | null
  /** Answers due that were given in time. */
  readonly inTime: number | null
  /** 0 to 100: the mean of what there is. */
  readonly total: number | null
}

const DAYS = 30
const TAKE_UP_DAYS = 3

/** Counts the last thirty days of a body. Practice complaints and the demo's history are no part of it. */
export const readScore = async (
  { sql }: Pick<Database, 'sql'>,
  administrationId: string,
  now: Date,
): Promise<Score> => {
  const since = new Date(now.getTime() - DAYS * 24 * 3600_000)
  const ripe = new Date(now.getTime() - TAKE_UP_DAYS * 24 * 3600_000)
  const [row] = await sql<Omit<Score, 'total'>[]>`
    with own as (
      select r.*, c.due_at from referrals r join complaints c on c.id = r.complaint_id
      where r.administration_id = ${administrationId} and r.created_at >= ${since} and c.origin <> 'practice')
    select (select avg(case when o.settled_at is not null then 100.0 else 0 end)::float8
              from outbox_messages o join own on own.id = (o.payload ->> 'referralId')::uuid
              where o.topic = 'referral.forward' and (o.settled_at is not null or o.dead_at is not null)) as delivered,
           (select avg(case when coalesce(accepted_at, settled_at) <= created_at + make_interval(days => ${TAKE_UP_DAYS})
              then 100.0 else 0 end)::float8 from own where created_at <= ${ripe}) as "takenUp",
           (select avg(case when d.met_at <= d.due_at then 100.0 else 0 end)::float8
              from own join deadlines d on d.complaint_id = own.complaint_id and d.round = own.round
              where own.state <> 'transferred' and (d.met_at is not null or d.due_at <= ${now})) as "inTime"`
  const parts = row ?? { delivered: null, takenUp: null, inTime: null }
  const known = Object.values(parts).filter((part): part is number => part !== null)
  const total =
    known.length === 0 ? null : Math.round(known.reduce((sum, part) => sum + part, 0) / known.length)
  return { ...parts, total }
}
