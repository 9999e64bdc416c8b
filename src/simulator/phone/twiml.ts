/** An element of a TwiML document. */
export interface Verb {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Verb[]
  /** Its own text, entities resolved. */
  readonly text: string
}

/** The answer was not well-formed XML, or not TwiML. */
export class MalformedTwiml extends Error {
  override readonly name = 'MalformedTwiml'
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const resolve = (text: string): string =>
  text.replace(/&([^;\s]{0,10});?/g, (whole, name: string) => {
    const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name)
    const value = code
      ? String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? '', code[1] ? 16 : 10))
      : ENTITIES[name]
    if (value === undefined || !whole.endsWith(';')) throw new MalformedTwiml(`"&${name}" is no entity`)
    return value
  })

const ATTRIBUTE = /\s+([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy

const attributesOf = (source: string): Record<string, string> => {
  const attributes: Record<string, string> = {}
  ATTRIBUTE.lastIndex = 0
  let end = 0
  for (let found = ATTRIBUTE.exec(source); found !== null; found = ATTRIBUTE.exec(source)) {
    const [, name = '', double, single] = found
    if (name in attributes) throw new MalformedTwiml(`attribute ${name} comes twice`)
    attributes[name] = resolve(double ?? single ?? '')
    end = ATTRIBUTE.lastIndex
  }
  if (source.slice(end).trim() !== '')
    throw new MalformedTwiml(`"${source.slice(end).trim()}" is no attribute`)
  return attributes
}

interface Open {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: Verb[]
  text: string
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?xml[^>]*\?>|<(\/?)([A-Za-z][\w:.-]*)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>|[^<]+/gy

const close = (stack: Open[], name: string): void => {
  const done = stack.pop()
  const parent = stack.at(-1)
  if (done?.name !== name || parent === undefined) throw new MalformedTwiml(`</${name}> closes nothing`)
  parent.children.push(done)
}

/** Reads a TwiML document strictly: a real provider ends the call at the first fault. Gives the verbs of its Response. */
export const parseTwiml = (source: string): readonly Verb[] => {
  const root: Open = { name: '', attributes: {}, children: [], text: '' }
  const stack = [root]
  let at = 0
  TOKEN.lastIndex = 0
  for (let token = TOKEN.exec(source); token !== null; token = TOKEN.exec(source)) {
    const [whole, slash, name, inside = '', selfClosing] = token
    at = TOKEN.lastIndex
    const top = stack.at(-1) ?? root
    if (name === undefined) {
      if (!whole.startsWith('<')) top.text += resolve(whole)
      continue
    }
    if (slash === '/') close(stack, name)
    else {
      stack.push({ name, attributes: attributesOf(inside), children: [], text: '' })
      if (selfClosing === '/') close(stack, name)
    }
  }
  const [response, ...others] = root.children
  if (at !== source.length || stack.length !== 1) throw new MalformedTwiml('the document is not well-formed')
  if (response?.name !== 'Response' || others.length > 0 || root.text.trim() !== '')
    throw new MalformedTwiml('the document is no Response')
  return response.children
}
