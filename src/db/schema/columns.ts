import { timestamp } from 'drizzle-orm/pg-core'

/** An instant, UTC in and out. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
