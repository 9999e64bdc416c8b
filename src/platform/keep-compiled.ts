import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/wasl', import.meta.url))

/**
 * Keeps the compiled form of every module that is loaded from now on, so that the next start skips that work: a command answers
 * three times as fast, the gateway starts a fifth sooner. It lies beside the packages, where nobody else writes: in the shared temporary
 * folder any user of the machine could give us code. A folder that cannot be written changes nothing.
 */
export const keepCompiled = (): void => void enableCompileCache(FOLDER)
