/**
 * The embedded server cannot run here. The message is one line for the operator and names the way out; the data folder
 * has not been changed.
 */
export class EmbeddedRefusal extends Error {
  constructor(problem: string, fix: string, cause?: unknown) {
    super(`Embedded PostgreSQL: ${problem}. ${fix}, or set DATABASE_URL.`, { cause })
    this.name = 'EmbeddedRefusal'
  }
}

/** The last line a program left on stderr, which is where PostgreSQL puts its reason. */
export const lastLine = (said: string): string => said.trim().split('\n').at(-1) ?? ''

/** The code of a failed system call (`EACCES`), or undefined. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
