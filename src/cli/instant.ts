import { textOf, UsageError, type Values } from './command.ts'

/** A day or an instant that was typed. Throws UsageError for what is neither. */
export const instantOf = (values: Values, name: string): Date | undefined => {
  const typed = textOf(values, name)
  if (typed === undefined) return undefined
  const instant = new Date(typed)
  if (Number.isNaN(instant.getTime()))
    throw new UsageError(`--${name} is a day or an instant such as 2026-11-21T10:00Z`)
  return instant
}
