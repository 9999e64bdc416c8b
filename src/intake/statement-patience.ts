/** Two of them, the one in the way and one's own, must fit into what a webhook's sender waits: 15 s. */
const PATIENCE_MS = 6_000

const late = (): Error =>
  Object.assign(new Error('The database did not answer in time.'), { code: 'ETIMEDOUT' })

/**
 * The statement's answer; rejects as for a database that is away when it does not come in time. The identity of what was
 * sent makes trying again safe.
 */
export const withPatience = async <T>(promise: PromiseLike<T>): Promise<T> => {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), PATIENCE_MS)
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}
