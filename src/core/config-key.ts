import type { z } from 'zod'

/** One variable of the environment. A channel describes its own; `src/config.ts` reads them all. */
export interface KeyRule {
  readonly schema: z.ZodType
  readonly purpose: string
  /** What the value must look like, as a person would say it. */
  readonly wanted: string
  readonly example?: string
  readonly absent: string
  readonly secret?: true
}

export interface ConfigProblem {
  readonly variable: string
  readonly seen: string
  readonly wanted: string
}
