import { AppError } from '../core/errors.ts'

/** A statement that has not answered by then is given up; the identity of the event makes trying again safe. */
const PATIENCE_MS = 20_000

/** The statement's answer, or AppError `unavailable` when it does not come in time. */
export const withPatience = async <T>(promise: PromiseLike<T>): Promise<T> => {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new AppError('unavailable')), PATIENCE_MS)
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}

/** Connection-class failures (SQLSTATE 08, 53, 57 and the driver's own) mean "again later", not a fault of what was sent. */
export const isAway = (error: unknown): boolean => {
  const code = String((error as { code?: unknown }).code ?? '')
  return /^(08|53|57)/.test(code) || /^(CONNECT|CONNECTION_|ECONN|EPIPE|ENOENT|ETIMEDOUT|EAI_)/.test(code)
}
