import { type Kind, statusesOf } from '../core/complaint.ts'
import type { Locale } from '../core/locale.ts'
import type { Sql } from '../db/client.ts'
import { normalisePhone } from '../intake/normalise.ts'
import type { Scope } from './rights.ts'

/** What is asked of a list that is sorted by the day of filing. */
export interface Wanted {
  /** As typed; empty asks for nothing. */
  readonly words: string
  /** Whether the words are looked for among names and numbers too. */
  readonly people: boolean
  readonly state?: string | undefined
  readonly channel?: string | undefined
  readonly kind?: Kind | undefined
  readonly language?: Locale | undefined
  /** Id of the body that has it now. */
  readonly body?: string | undefined
}

/** A mark of `complaint_words` as a tsquery writes it (migrations/0031_lists.sql); without a value nothing has it. */
const mark = (name: string, value = ''): string =>
  `'${`${name}=${value}`.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const anyOf = (name: string, values: readonly string[]): string =>
  `(${(values.length === 0 ? [''] : values).map((value) => mark(name, value)).join(' | ')})`

const filterMarks = ({ state, channel, kind, language, body }: Wanted): readonly string[] => [
  ...(state === undefined ? [] : [anyOf('s', statusesOf(state))]),
  ...(channel === undefined ? [] : [mark('c', channel)]),
  ...(kind === undefined ? [] : [mark('k', kind)]),
  ...(language === undefined ? [] : [mark('l', language)]),
  ...(body === undefined ? [] : [mark('a', body)]),
]

/** Whether anything is asked for that not every complaint has. */
export const isNarrow = (wanted: Wanted): boolean => wanted.words !== '' || filterMarks(wanted).length > 0

const scopeMarks = ({ bodies, practice }: Scope): readonly string[] => [
  ...(bodies === 'everything' ? [] : [anyOf('b', bodies)]),
  practice ? mark('p') : `!${mark('p')}`,
]

/** A body looks for people only among what it has now: of what it handed on, or never had, it learns nothing. */
export const peopleQuery = (sql: Sql, { bodies }: Pick<Scope, 'bodies'>, words: string) => {
  const number = normalisePhone(words)
  const called = sql`words_query(${words}, 'n=')`
  const asked = number === undefined ? called : sql`(${called} || ${mark('t', number)}::tsquery)`
  return bodies === 'everything' ? asked : sql`(${asked} && ${anyOf('a', bodies)}::tsquery)`
}

/** The tsquery of a list over `complaint_words`; null, which finds nothing, where the words hold nothing to look for. */
export const queryOf = (sql: Sql, scope: Scope, wanted: Wanted, window: string | undefined) => {
  const { words, people } = wanted
  const marks = [...filterMarks(wanted), ...scopeMarks(scope), ...(window ? [`(${window})`] : [])].join(' & ')
  if (words === '') return sql`${marks}::tsquery`
  const said = sql`words_query(${words}, '')`
  return people
    ? sql`(${said} || ${peopleQuery(sql, scope, words)}) && ${marks}::tsquery`
    : sql`${said} && ${marks}::tsquery`
}
