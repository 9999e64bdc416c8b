import type { Config } from '../config.ts'
import type { Actor } from '../staff/rights.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly about: string
  /** How the value is written in the help: `CODE`, `YYYY-MM-DD`. */
  readonly value?: string
  readonly required?: true
  readonly choices?: readonly string[]
}

export type Values = Readonly<Record<string, string | boolean | undefined>>

export interface Call {
  readonly values: Values
  readonly positionals: readonly string[]
  /** The environment, read when the command first asks: a command that needs none runs without. */
  readonly config: () => Config
  /** Talk, one line, to stderr. */
  readonly say: (line: string) => void
}

/** What a command gives: data for `--json` and the same for people. */
export interface Outcome {
  readonly json: unknown
  readonly text: string
  /** True: the command did its work and found something wrong; exit 1. */
  readonly failed?: boolean
}

/** One command, as the help shows it and the parser reads it. */
export interface Command {
  /** One word or two: `migrate`, `token create`. */
  readonly name: string
  readonly summary: string
  readonly options: Readonly<Record<string, Option>>
  /** Names of the words that follow; all are required. */
  readonly arguments?: readonly string[]
  /** Without `wasl`. */
  readonly examples: readonly string[]
  run(call: Call): Promise<Outcome | undefined>
}

/** Who a command acts for in history and audit: whoever has a shell on the machine. */
export const OPERATOR: Actor = { id: 'operator', role: 'ministry-supervisor', administrationId: null }

/** The command line was not understood: exit 2 with this message and a word on where the help is. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The text of a string option; undefined when it was not given. */
export const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** The text of an option that the parser has already required. */
export const requiredText = (values: Values, name: string): string => {
  const value = textOf(values, name)
  if (value === undefined) throw new UsageError(`--${name} is required`)
  return value
}
