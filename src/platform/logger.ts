import pino from 'pino'
import type { Config } from '../config.ts'

export type Logger = pino.Logger

/**
 * JSON lines on stderr (stdout is data). Events are named (`submission.accepted`) and carry typed keys; never text, phone,
 * address, token or file name.
 */
export const createLogger = (level: Config['logLevel']): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      // pino would make the text of an `err` the message of the line.
      errorKey: 'none',
    },
    pino.destination(2),
  )

/** An error without what it was about: database errors quote rows, URLs carry passwords. */
const describeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = (error as { code?: unknown }).code
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    // Places only: the text above them may have lines too.
    stack: (error.stack ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^at .+:\d+:\d+\)?$/.test(line))
      .slice(0, 5),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  }
}
