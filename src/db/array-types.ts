import type postgres from 'postgres'

/** Element type and array type, by PostgreSQL's fixed object ids. */
const ARRAYS = {
  bool: [16, 1000],
  int8: [20, 1016],
  int2: [21, 1005],
  int4: [23, 1007],
  text: [25, 1009],
  float8: [701, 1022],
  varchar: [1043, 1015],
  date: [1082, 1182],
  timestamptz: [1184, 1185],
  numeric: [1700, 1231],
  uuid: [2950, 2951],
  jsonb: [3802, 3807],
} as const

type Convert = (value: unknown) => unknown

const parseArray = (literal: string, parse: Convert | undefined): unknown[] =>
  [...literal.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs)].map(([, quoted, bare]) => {
    if (bare === 'NULL') return null
    const text = bare ?? quoted?.replace(/\\(.)/gs, '$1') ?? ''
    return parse === undefined ? text : parse(text)
  })

const writeElement = (value: unknown, write: Convert | undefined): string => {
  if (value === null) return 'null'
  const text = String(write === undefined ? value : write(value))
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** drizzle writes its arrays itself and passes text. */
const writeArray = (value: unknown, write: Convert | undefined): unknown =>
  Array.isArray(value) ? `{${value.map((one) => writeElement(one, write)).join(',')}}` : value

/**
 * Teaches a client the arrays of one dimension that the schema uses. postgres.js can look them up itself (`fetch_types`),
 * but with a query on every new connection whose failure nobody can catch: a server killed at that moment would take the
 * gateway along as an unhandled rejection.
 */
export const teachArrays = (client: postgres.Sql): postgres.Sql => {
  const parsers = client.options.parsers as Record<number, Convert>
  const serializers = client.options.serializers as Record<number, Convert>
  const { typeArrayMap } = (client.options as unknown as { shared: { typeArrayMap: Record<number, number> } })
    .shared
  for (const [element, array] of Object.values(ARRAYS)) {
    const [parse, write] = [parsers[element], serializers[element]]
    typeArrayMap[element] = array
    parsers[array] = (literal) => parseArray(String(literal), parse)
    serializers[array] = (value) => writeArray(value, write)
  }
  return client
}
