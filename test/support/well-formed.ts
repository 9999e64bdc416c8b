/** Whether a text is one well-formed XML document of elements, attributes and text: a parser of its own, so that it cannot agree with the writer by accident. */
export const isWellFormed = (document: string): boolean => {
  const body = document
    .replace(/^<\?xml[^?]*\?>\s*/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .trim()
  const open: string[] = []
  const token = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  let roots = 0
  for (let end = 0; end < body.length; end = token.lastIndex) {
    token.lastIndex = end
    const found = token.exec(body)
    if (found === null) return false
    const [, closing, name = '', attributes = '', empty, text] = found
    // An ampersand is only ever the beginning of an entity; XML 1.0 has no control characters.
    if (/&(?!(amp|lt|gt|quot|apos|#\d+);)|\p{Cs}|[^\P{Cc}\t\n\r]/u.test(`${attributes}${text ?? ''}`))
      return false
    if (text !== undefined) {
      if (open.length === 0 && text.trim() !== '') return false
    } else if (closing) {
      if (open.pop() !== name) return false
    } else {
      if (open.length === 0) roots += 1
      if (!empty) open.push(name)
    }
  }
  return open.length === 0 && roots === 1
}
