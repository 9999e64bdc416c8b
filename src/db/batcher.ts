/** The answer to one member of a batch; its neighbours' fates are their own. */
type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown }

interface Waiting<M, R> {
  readonly member: M
  readonly resolve: (value: R) => void
  readonly reject: (error: unknown) => void
}

export interface BatchOptions<M, R> {
  /** One statement for many members; the answers come in the order of the members. Rejects as a whole. */
  readonly runAll: (members: readonly M[]) => Promise<readonly R[]>
  /** Most members of one statement. */
  readonly limit: number
  /** Statements in flight at once: two keep the server busy while one commits. */
  readonly inFlight: number
  /** True: the failure is nobody's fault and all members share it, as when the database is away. */
  readonly sharedFate?: (error: unknown) => boolean
}

/**
 * Gathers what waits at the same moment into one statement and one commit. Nobody waits for company: an idle lane takes
 * what is there at once, and under load the batch grows by itself to what arrived during the last commit.
 *
 * When a statement fails, its members are tried each alone, so that a bad one never harms its neighbours.
 */
export const createBatcher = <M, R>(options: BatchOptions<M, R>) => {
  const { runAll, limit, inFlight, sharedFate = () => false } = options
  const queue: Waiting<M, R>[] = []
  let running = 0

  const runAlone = async (member: M): Promise<Settled<R>> => {
    try {
      const [value] = await runAll([member])
      return value === undefined
        ? { ok: false, error: new Error('no answer for a member') }
        : { ok: true, value }
    } catch (error) {
      return { ok: false, error }
    }
  }

  const settle = ({ resolve, reject }: Waiting<M, R>, outcome: Settled<R>) =>
    outcome.ok ? resolve(outcome.value) : reject(outcome.error)

  const runTogether = async (batch: readonly Waiting<M, R>[]): Promise<void> => {
    try {
      const answers = await runAll(batch.map(({ member }) => member))
      for (const [i, waiting] of batch.entries()) {
        const value = answers[i]
        settle(waiting, value === undefined ? await runAlone(waiting.member) : { ok: true, value })
      }
    } catch (error) {
      if (batch.length === 1 || sharedFate(error))
        for (const waiting of batch) settle(waiting, { ok: false, error })
      else await Promise.all(batch.map(async (waiting) => settle(waiting, await runAlone(waiting.member))))
    }
  }

  const pump = (): void => {
    while (running < inFlight && queue.length > 0) {
      const batch = queue.splice(0, limit)
      running += 1
      void runTogether(batch).finally(() => {
        running -= 1
        pump()
      })
    }
  }

  return (member: M): Promise<R> =>
    new Promise((resolve, reject) => {
      queue.push({ member, resolve, reject })
      // One turn of the event loop, so that requests read in the same turn share the statement.
      setImmediate(pump)
    })
}
