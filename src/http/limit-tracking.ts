import { type HitDeps, returnHit, takeHit } from '../intake/take-hit.ts'
import { FLOOD_POLICY } from './rate-limit.ts'

const { limit, strict, alarm, seconds } = FLOOD_POLICY.tracking
const everyone = 'tracking'
const bucketOf = (client: string): string => `tracking:${client}`

/**
 * The tries of tracking, per client and over all references. A try is counted before it is judged, so that a hundred at
 * once are a hundred; a right one is given back, so that a shared connection full of honest people stays open.
 */
export const createTrackingTries = (deps: HitDeps) => ({
  take: async (client: string) => {
    const own = await takeHit(deps, bucketOf(client), seconds)
    const all = await takeHit(deps, everyone, seconds)
    const allowed = all.count > alarm ? strict : limit
    return own.count <= allowed ? { ok: true as const } : { ok: false as const, retryAfter: own.secondsLeft }
  },
  giveBack: async (client: string) => {
    await returnHit(deps, bucketOf(client), seconds)
    await returnHit(deps, everyone, seconds)
  },
})
