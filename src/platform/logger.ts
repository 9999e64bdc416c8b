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
    stack: error.stack
      ?.split('\n')
      .slice(1, 6)
      .map((line) => line.trim()),
  }
}
