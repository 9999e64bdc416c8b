import type { Database } from '../../db/client.ts'
import type { Actor } from '../../staff/rights.ts'
import { type Affiliation, type JoiningDeps, listAffiliations, ownAffiliation } from './affiliation.ts'
import { blockersOf, readChecklist, type Ticks } from './checklist.ts'
import { latestRun } from './conformance.ts'
import { countPractice } from './practice.ts'
import { readScore, type Score } from './score.ts'
import { readSetUp } from './set-up.ts'

type Deps = Pick<JoiningDeps, 'clock' | 'newId'> & { readonly db: Database }

/** A body on its way, or beyond: how far it is, and once it is live how it does. */
export interface BodyOnItsWay {
  readonly affiliation: Affiliation
  readonly ticks: Ticks
  readonly score: Score
}

export const STAGES = ['requested', 'refused', 'preparing', 'ready', 'live'] as const
export type Stage = (typeof STAGES)[number]

/** Where a body stands between its request and its first complaint. */
export const stageOf = ({ affiliation, ticks }: Pick<BodyOnItsWay, 'affiliation' | 'ticks'>): Stage => {
  if (affiliation.liveAt) return 'live'
  if (affiliation.refusedAt) return 'refused'
  if (affiliation.approvedAt === null) return 'requested'
  return blockersOf(ticks).length === 0 ? 'ready' : 'preparing'
}

const howFar = async (deps: Deps, affiliation: Affiliation): Promise<BodyOnItsWay> => {
  const [ticks, score] = await Promise.all([
    readChecklist(deps, affiliation),
    readScore(deps.db, affiliation.administrationId, deps.clock.now()),
  ])
  return { affiliation, ticks, score }
}

/** The bodies that ask, prepare and are live, for the ministry. */
export const listBodies = async (deps: Deps, actor: Actor): Promise<readonly BodyOnItsWay[]> =>
  Promise.all((await listAffiliations(deps, actor)).map((affiliation) => howFar(deps, affiliation)))

/** The joining of the actor's own body with all that it is made of; undefined: it was there before bodies joined by themselves. */
export const readJoining = async (deps: Deps, actor: Actor) => {
  const affiliation = await ownAffiliation(deps, actor)
  if (affiliation === undefined) return undefined
  const id = affiliation.administrationId
  const [far, setUp, practice, latest] = await Promise.all([
    howFar(deps, affiliation),
    readSetUp(deps, actor),
    countPractice(deps, id),
    latestRun(deps, id),
  ])
  const test = latest && {
    results: latest.results,
    finished: latest.run.finishedAt !== null,
    passed: latest.run.passed,
    report: latest.run.report,
  }
  return { ...far, setUp, practice, test }
}

/** What the page and the API of a body's joining are made from. */
export type Joining = NonNullable<Awaited<ReturnType<typeof readJoining>>>
