import sanitizeHtml from 'sanitize-html'

const BLOCKS = new Set(
  'p div tr li h1 h2 h3 h4 h5 h6 pre table ul ol blockquote hr section article header footer'.split(' '),
)

const INLINE = 'a b i u s em strong span bdi bdo code small sub sup br td th thead tbody'.split(' ')

/** Deeper nesting is not written by people; the words inside are kept. */
const NESTING_LIMIT = 100

/**
 * The message's HTML with nothing left that can run, load, submit or imitate our page: no script, style, image, form, frame.
 * Links keep their address and lead nowhere by themselves.
 */
export const sanitiseHtml = (html: string): string =>
  sanitizeHtml(html, {
    allowedTags: [...BLOCKS, ...INLINE],
    allowedAttributes: { a: ['href'], '*': ['dir', 'lang'] },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: false,
    nestingLimit: NESTING_LIMIT,
    nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'head', 'template'],
    transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
  })

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' }

/** The sanitiser writes these and no others. */
const plainWords = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|nbsp);/g, (_all, name: string) => ENTITIES[name] ?? '')

interface Writing {
  readonly lines: string[]
  line: string
  quoteDepth: number
  pre: number
}

const breakLine = (writing: Writing, force: boolean): void => {
  if (!force && writing.line.trim() === '') return
  const prefix = '> '.repeat(writing.quoteDepth)
  writing.lines.push((prefix + writing.line.trimEnd()).trimEnd())
  writing.line = ''
}

const takeTag = (writing: Writing, name: string, closing: boolean): void => {
  if (name === 'td' || name === 'th') {
    if (closing) writing.line += ' '
    return
  }
  if (name === 'br') breakLine(writing, true)
  if (!BLOCKS.has(name)) return
  breakLine(writing, false)
  if (name === 'blockquote') writing.quoteDepth = Math.max(0, writing.quoteDepth + (closing ? -1 : 1))
  if (name === 'pre') writing.pre += closing ? -1 : 1
  if (name === 'li' && !closing) writing.line = '- '
  if (name === 'p' && closing) breakLine(writing, true)
}

/** The words of sanitised HTML as plain text: one line a block, what is quoted behind `>`, a table's cells side by side. */
export const textOfHtml = (sanitised: string): string => {
  const writing: Writing = { lines: [], line: '', quoteDepth: 0, pre: 0 }
  for (const [, closing, name, words] of sanitised.matchAll(/<(\/?)([a-z0-9]+)[^>]*>|([^<]+)/g)) {
    if (name !== undefined) takeTag(writing, name, closing === '/')
    else if (writing.pre > 0)
      for (const [nth, part] of plainWords(words ?? '')
        .split('\n')
        .entries()) {
        if (nth > 0) breakLine(writing, true)
        writing.line += part
      }
    else {
      const text = plainWords(words ?? '').replace(/[\s\u00A0]+/g, ' ')
      writing.line += writing.line === '' ? text.trimStart() : text
    }
  }
  breakLine(writing, false)
  return writing.lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
