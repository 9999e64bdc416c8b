/** GeoReport's two spellings of one answer: lists of plain records under a name. */
export interface Listed {
  /** Name of the list in XML (`service_requests`) and of one of it (`request`). */
  readonly list: string
  readonly item: string
  readonly items: readonly Readonly<Record<string, unknown>>[]
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Escaped, and without the characters that XML 1.0 has no place for. */
const escaped = (value: string): string =>
  value
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)

/** A list inside a record repeats the singular of its name: `<values><value>…</value></values>`. */
const singular = (name: string): string => name.replace(/s$/, '')

const element = (name: string, value: unknown): string => {
  if (value === null || value === undefined || value === '') return `<${name}/>`
  if (Array.isArray(value))
    return `<${name}>${value.map((one) => element(singular(name), one)).join('')}</${name}>`
  if (typeof value === 'object')
    return `<${name}>${Object.entries(value)
      .map(([key, inner]) => element(key, inner))
      .join('')}</${name}>`
  return `<${name}>${escaped(String(value))}</${name}>`
}

const HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'

export const asXml = ({ list, item, items }: Listed): string =>
  `${HEAD}<${list}>${items.map((one) => element(item, one)).join('')}</${list}>`

/** One record that is no list (discovery, a service definition). */
export const recordAsXml = (name: string, record: Readonly<Record<string, unknown>>): string =>
  HEAD + element(name, record)
