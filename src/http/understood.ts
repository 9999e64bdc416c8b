import type { z } from 'zod'
import { AppError } from '../core/errors.ts'

/** What somebody sent, read by a schema. Throws `validation` naming each field: it is theirs to mend, and no failure of ours. */
export const understood = <T extends z.ZodType>(schema: T, sent: unknown): z.output<T> => {
  const read = schema.safeParse(sent)
  if (read.success) return read.data
  throw new AppError('validation', {
    fields: read.error.issues.map(({ path, code }) => ({ field: path.join('.'), code })),
  })
}
