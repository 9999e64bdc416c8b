/** What stands above the quoted message, in the words of mail programs in three languages. */
const ATTRIBUTION =
  /^\s*(?:on\s.{4,200}\swrote\s?:|le\s.{4,200}\sa écrit\s?:|(?:في|بتاريخ|يوم)\s?.{4,200}(?:كتب|كتبت|كتبَ).{0,120}:)\s*$/iu

const DIVIDER =
  /^\s*[-_=*]{2,}\s*(?:original message|message d['’]origine|message original|الرسالة الأصلية|رسالة أصلية)\s*[-_=*]{2,}\s*$/iu

const RULE = /^\s*_{10,}\s*$/

/** The block Outlook puts above what it quotes: at least three of these labels on lines that follow each other. */
const LABEL =
  /^\s*\*?(?:from|sent|date|to|cc|subject|de|envoyé|envoyé le|à|objet|من|تاريخ الإرسال|التاريخ|إلى|نسخة|الموضوع)\s?:\*?\s/iu
const FIRST_LABEL = /^\s*\*?(?:from|de|من)\s?:\*?\s/iu

const QUOTED = /^\s{0,3}>/

const isHeaderBlock = (lines: readonly string[], at: number): boolean => {
  if (!FIRST_LABEL.test(lines[at] ?? '')) return false
  return lines.slice(at + 1, at + 6).filter((line) => LABEL.test(line)).length >= 2
}

/** Some programs quote without any mark; an attribution that names an address is no sentence of a person. */
const namesAddress = (lines: readonly string[], at: number, length: number): boolean =>
  /\S@\S/.test(lines.slice(at, at + length).join(' '))

/**
 * Programs fold a long attribution over up to three lines. Gives how many lines it takes, 0 for none. A sentence above it that
 * happens to begin with the same word ("Le guichet…") is no part of it: the latest line it can begin with counts.
 */
const attributionLength = (lines: readonly string[], at: number): number => {
  for (const length of [1, 2, 3]) {
    const folded = lines.slice(at, at + length)
    const joined = folded.join(' ')
    if (joined.length > 400 || folded.some((line) => line.trim() === '')) return 0
    if (ATTRIBUTION.test(joined))
      return folded.some((_line, nth) => nth > 0 && ATTRIBUTION.test(folded.slice(nth).join(' ')))
        ? 0
        : length
  }
  return 0
}

/** Everything below belongs to the earlier message. */
const isCut = (lines: readonly string[], at: number): boolean => {
  const line = lines[at] ?? ''
  if (DIVIDER.test(line) || isHeaderBlock(lines, at)) return true
  if (RULE.test(line)) {
    const next = lines.findIndex((each, nth) => nth > at && each.trim() !== '')
    return next > 0 && isHeaderBlock(lines, next)
  }
  return false
}

const nextFilled = (lines: readonly string[], from: number): number =>
  lines.findIndex((line, nth) => nth >= from && line.trim() !== '')

/**
 * Tells a sender's own words from what the mail program quoted below, above or between them. Where nothing of one's own
 * stands, the whole is one's own: a message is never empty because it looks like a quotation. A forwarded message is not
 * quoted but sent.
 */
export const splitQuote = (text: string): { readonly own: string; readonly quoted: string } => {
  const lines = text.split('\n')
  const own: string[] = []
  const quoted: string[] = []
  for (let at = 0; at < lines.length; at += 1) {
    if (isCut(lines, at)) {
      quoted.push(...lines.slice(at))
      break
    }
    const attribution = attributionLength(lines, at)
    if (attribution > 0 && namesAddress(lines, at, attribution)) {
      const rest = lines.slice(at + attribution)
      // Words between or below quoted lines are answers: they stay.
      if (!rest.some((line) => QUOTED.test(line))) {
        quoted.push(...lines.slice(at))
        break
      }
    }
    const next = attribution === 0 ? -1 : nextFilled(lines, at + attribution)
    if (attribution > 0 && (next === -1 || QUOTED.test(lines[next] ?? ''))) {
      quoted.push(...lines.slice(at, at + attribution))
      at += attribution - 1
    } else if (QUOTED.test(lines[at] ?? '')) quoted.push(lines[at] ?? '')
    else own.push(lines[at] ?? '')
  }
  const words = own
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return words === '' ? { own: text.trim(), quoted: '' } : { own: words, quoted: quoted.join('\n').trim() }
}
