import { openParts, type Parts } from '../composition/parts.ts'
import type { Config } from '../config.ts'
import { createLogger } from '../platform/logger.ts'

/**
 * Opens the parts for one piece of work and lets go of them after it. The embedded database is started, or joined when
 * the gateway runs on it. Only what keeps them from working is logged: a command talks for itself.
 */
export const withParts = async <T>(config: Config, work: (parts: Parts) => Promise<T>): Promise<T> => {
  const parts = await openParts(config, createLogger('warn'))
  try {
    return await work(parts)
  } finally {
    await parts.close()
  }
}
