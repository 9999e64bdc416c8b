import { decodeText } from './decode-text.ts'

/** What every compressed text may point back to before anything was written (MS-OXRTFCP, 2.1.3.1.1). */
const DICTIONARY = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
)
const WINDOW = 4096
const COMPRESSED = 0x75465a4c
const PLAIN = 0x414c454d
const RTF_BYTES = 4 * 1024 * 1024

/** The rich text of PR_RTF_COMPRESSED. Throws RangeError where it breaks off or unfolds beyond all measure. */
export const decompressRtf = (bytes: Buffer): Buffer => {
  const size = bytes.readUInt32LE(4)
  const magic = bytes.readUInt32LE(8)
  if (size > RTF_BYTES) throw new RangeError('rich text beyond all measure')
  if (magic === PLAIN) return bytes.subarray(16, 16 + size)
  if (magic !== COMPRESSED) throw new RangeError('rich text of no known kind')
  const window = Buffer.alloc(WINDOW)
  DICTIONARY.copy(window)
  const out = Buffer.alloc(size)
  let [write, wrote, read] = [DICTIONARY.length, 0, 16]
  const put = (byte: number): void => {
    window[write] = byte
    write = (write + 1) % WINDOW
    if (wrote < size) out[wrote++] = byte
  }
  while (wrote < size) {
    const control = bytes.readUInt8(read++)
    for (let bit = 0; bit < 8; bit += 1) {
      if (((control >> bit) & 1) === 0) {
        put(bytes.readUInt8(read++))
        if (wrote >= size) break
        continue
      }
      const token = bytes.readUInt16BE(read)
      read += 2
      const from = token >> 4
      if (from === write) return out.subarray(0, wrote)
      for (let nth = 0; nth < (token & 15) + 2; nth += 1) put(window[(from + nth) % WINDOW] ?? 0)
    }
  }
  return out
}

/** Groups that hold no words of the writer. */
const SILENT =
  /^(?:fonttbl|colortbl|stylesheet|info|pict|object|header|footer|headerf|footerf|generator|listtable|themedata|xmlnstbl)$/
const TOKEN = /\\([a-z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi
/** Tags of HTML kept inside rich text after which a new line begins. */
const BREAKS = /<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b/i

interface Group {
  readonly isSilent: boolean
  /** Between \htmlrtf and \htmlrtf0 stands what HTML readers skip. */
  readonly isForRtf: boolean
  /** Plain characters that stand for one \u. */
  readonly stands: number
}

/** A code page that rich text names was written by the program that wrote the bytes: it is not doubted. */
const inCodepage = (bytes: Uint8Array, label: string): string => {
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return decodeText(bytes, undefined)
  }
}

const createWriter = () => {
  let out = ''
  let pending: number[] = []
  let label = ''
  const flush = (): void => {
    if (pending.length > 0) out += inCodepage(Uint8Array.from(pending), label)
    pending = []
  }
  return {
    codepage: (page: number) => {
      label = `windows-${page}`
    },
    byte: (byte: number) => void pending.push(byte),
    words: (words: string) => {
      flush()
      out += words
    },
    end: () => {
      flush()
      return out
    },
  }
}

/** The words of a rich text, also of one that holds HTML. Linear, and never fails: what it does not know says nothing. */
export const textOfRtf = (rtf: string): string => {
  const writer = createWriter()
  const outer: Group[] = []
  let group: Group = { isSilent: false, isForRtf: false, stands: 1 }
  let skip = 0
  let tag = false
  const speaks = () => !group.isSilent && !group.isForRtf
  const controls: Readonly<Record<string, (value: number | undefined) => void>> = {
    par: () => speaks() && writer.words('\n'),
    line: () => speaks() && writer.words('\n'),
    tab: () => speaks() && writer.words('\t'),
    ansicpg: (page = 1252) => writer.codepage(page),
    htmlrtf: (value) => {
      group = { ...group, isForRtf: value !== 0 }
    },
    uc: (value = 1) => {
      group = { ...group, stands: value }
    },
    u: (value = 0) => {
      if (speaks()) writer.words(String.fromCharCode(value & 0xffff))
      skip = group.stands
    },
    htmltag: () => {
      tag = true
    },
  }
  for (const [, name, value, hex, symbol, brace, words] of rtf.matchAll(TOKEN)) {
    if (brace === '{') outer.push(group)
    else if (brace === '}') {
      group = outer.pop() ?? group
      tag = false
    } else if (name !== undefined) {
      controls[name.toLowerCase()]?.(value === undefined ? undefined : Number(value))
      if (SILENT.test(name)) group = { ...group, isSilent: true }
    } else if (symbol === '*') group = { ...group, isSilent: true }
    else if (skip > 0 && (hex !== undefined || words !== undefined)) {
      if (words !== undefined && speaks()) writer.words(words.slice(skip))
      skip = 0
    } else if (hex !== undefined) {
      if (speaks()) writer.byte(Number.parseInt(hex, 16))
    } else if (symbol !== undefined) {
      if (speaks() && /[\\{}~]/.test(symbol)) writer.words(symbol === '~' ? ' ' : symbol)
    } else if (words !== undefined) {
      if (speaks()) writer.words(words)
      else if (tag && BREAKS.test(words)) writer.words('\n')
    }
  }
  return writer.end().trim()
}
