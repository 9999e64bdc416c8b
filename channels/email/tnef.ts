import { decodeText } from './decode-text.ts'
import { decompressRtf, textOfRtf } from './rtf-text.ts'

/**
 * winmail.dat: what Outlook and Exchange make of a message with attachments for readers they take for their own (MS-OXTNEF).
 *
 *   78 9f 3e 22  signature        kk kk  key
 *   then attributes: level (1 message, 2 attachment) · id, 4 bytes · length, 4 bytes · data · checksum, 2 bytes
 */
const SIGNATURE = 0x223e9f78

const MESSAGE_LEVEL = 1
const ATTACHMENT_LEVEL = 2

/** Attributes that are read; the rest is about calendars and layouts. */
const ATTRIBUTES = {
  body: 0x0002800c,
  codepage: 0x00069007,
  messageProperties: 0x00069003,
  attachmentBegins: 0x00069002,
  attachmentTitle: 0x00018010,
  attachmentData: 0x0006800f,
  attachmentProperties: 0x00069005,
} as const

/** MAPI properties that are read. */
const PROPERTIES = {
  body: 0x1000,
  bodyRtf: 0x1009,
  bodyHtml: 0x1013,
  attachmentData: 0x3701,
  attachmentName: 0x3704,
  attachmentType: 0x370e,
  attachmentLongName: 0x3707,
  attachmentContentId: 0x3712,
} as const

/** More attributes or values than this are not written by a mail program. */
const COUNT_LIMIT = 10_000
/** How deep messages may sit in each other as objects. */
const DEPTH_LIMIT = 3

export interface TnefFile {
  readonly name: string
  readonly type: string
  readonly cid?: string
  readonly content: Buffer
}

export interface Tnef {
  readonly text: string
  readonly html: string
  readonly files: readonly TnefFile[]
}

/** Reads from the left; throws at the end, so that a length that lies ends the reading. */
const createCursor = (bytes: Buffer) => {
  let at = 0
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw new RangeError('winmail.dat breaks off')
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    take,
    u8: () => take(1).readUInt8(),
    u16: () => take(2).readUInt16LE(),
    u32: () => take(4).readUInt32LE(),
    /** Values stand on multiples of four. */
    padded: (length: number): Buffer => {
      const value = take(length)
      take(Math.min((4 - (length % 4)) % 4, bytes.length - at))
      return value
    },
    isAtEnd: () => at >= bytes.length,
  }
}

type Cursor = ReturnType<typeof createCursor>

/** Bytes of a value by its type; 0: variable, with its length before it. */
const SIZES: Readonly<Record<number, number>> = {
  1: 4,
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  13: 0,
  20: 8,
  30: 0,
  31: 0,
  64: 8,
  72: 16,
  258: 0,
}
const MULTIPLE = 0x1000
const UNICODE = 31
const OBJECT = 13
const IID_BYTES = 16

interface Property {
  readonly type: number
  readonly value: Buffer
}

const limited = (count: number): number => {
  if (count > COUNT_LIMIT) throw new RangeError('winmail.dat counts too many')
  return count
}

/** A property of a name of its own: a GUID and a number or a string, which nobody here needs. */
const skipName = (cursor: Cursor): void => {
  cursor.take(16)
  if (cursor.u32() === 0) cursor.take(4)
  else cursor.padded(cursor.u32())
}

const readProperties = (bytes: Buffer): Map<number, Property> => {
  const cursor = createCursor(bytes)
  const found = new Map<number, Property>()
  for (let left = limited(cursor.u32()); left > 0; left -= 1) {
    const given = cursor.u16()
    const id = cursor.u16()
    if (id >= 0x8000) skipName(cursor)
    const type = given & ~MULTIPLE
    const size = SIZES[type]
    if (size === undefined) throw new RangeError('winmail.dat has a value of no known type')
    const isCounted = size === 0 || (given & MULTIPLE) !== 0
    for (let nth = isCounted ? limited(cursor.u32()) : 1; nth > 0; nth -= 1) {
      const value = cursor.padded(size === 0 ? cursor.u32() : size)
      if (!found.has(id)) found.set(id, { type, value })
    }
  }
  return found
}

/** Strings end at a zero; those without Unicode are in the code page of the message. */
const wordsOf = (property: Property | undefined, label: string): string => {
  if (property === undefined) return ''
  const { type, value } = property
  const words = type === UNICODE ? new TextDecoder('utf-16le').decode(value) : decodeText(value, label)
  return words.replace(/\0[\s\S]*$/, '')
}

const byteWords = (value: Buffer, label: string): string => wordsOf({ type: 30, value }, label)

interface Attachment {
  title: string
  content: Buffer
  properties: Map<number, Property>
}

interface Reading {
  label: string
  text: string
  html: string
  readonly attachments: Attachment[]
}

const takeMessage = (reading: Reading, id: number, data: Buffer): void => {
  if (id === ATTRIBUTES.codepage && data.length >= 4) reading.label = `windows-${data.readUInt32LE()}`
  if (id === ATTRIBUTES.body) reading.text = byteWords(data, reading.label)
  if (id !== ATTRIBUTES.messageProperties) return
  const properties = readProperties(data)
  reading.text = wordsOf(properties.get(PROPERTIES.body), reading.label) || reading.text
  const html = properties.get(PROPERTIES.bodyHtml)
  const rtf = properties.get(PROPERTIES.bodyRtf)
  if (reading.text === '' && html === undefined && rtf)
    reading.text = textOfRtf(decompressRtf(rtf.value).toString('latin1'))
  reading.html = html === undefined ? '' : decodeText(html.value, reading.label).replace(/\0[\s\S]*$/, '')
}

const takeAttachment = (reading: Reading, id: number, data: Buffer): void => {
  if (id === ATTRIBUTES.attachmentBegins)
    reading.attachments.push({ title: '', content: Buffer.of(), properties: new Map() })
  const attachment = reading.attachments.at(-1)
  if (attachment === undefined) return
  if (id === ATTRIBUTES.attachmentTitle) attachment.title = byteWords(data, reading.label)
  if (id === ATTRIBUTES.attachmentData) attachment.content = data
  if (id === ATTRIBUTES.attachmentProperties) attachment.properties = readProperties(data)
}

const readAttributes = (bytes: Buffer): Reading => {
  const cursor = createCursor(bytes)
  if (cursor.u32() !== SIGNATURE) throw new RangeError('not a winmail.dat')
  cursor.u16()
  const reading: Reading = { label: '', text: '', html: '', attachments: [] }
  for (let left = COUNT_LIMIT; left > 0 && !cursor.isAtEnd(); left -= 1) {
    const level = cursor.u8()
    const id = cursor.u32()
    const data = cursor.take(cursor.u32())
    cursor.u16()
    if (level === MESSAGE_LEVEL) takeMessage(reading, id, data)
    if (level === ATTACHMENT_LEVEL) takeAttachment(reading, id, data)
  }
  return reading
}

/** What an object holds: a message of the same kind, whose files come along, or bytes. */
const filesOf = ({ title, content, properties }: Attachment, label: string, depth: number): TnefFile[] => {
  const data = properties.get(PROPERTIES.attachmentData)
  const named = (id: number) => wordsOf(properties.get(id), label)
  const name = named(PROPERTIES.attachmentLongName) || title || named(PROPERTIES.attachmentName)
  const whole = content.length > 0 ? content : (data?.value ?? content)
  const inner = data?.type === OBJECT ? whole.subarray(IID_BYTES) : whole
  if (data?.type === OBJECT && depth < DEPTH_LIMIT && isTnef(inner))
    return [...unpackTnef(inner, depth + 1).files]
  const cid = named(PROPERTIES.attachmentContentId)
  const type = named(PROPERTIES.attachmentType) || 'application/octet-stream'
  return inner.length === 0 ? [] : [{ name, type, content: inner, ...(cid === '' ? {} : { cid }) }]
}

const isTnef = (bytes: Buffer): boolean => bytes.length > 6 && bytes.readUInt32LE() === SIGNATURE

/**
 * The words and files inside a winmail.dat. Strict: throws RangeError where a length lies or a value is of no known type, and
 * nothing of it is then believed.
 */
export const unpackTnef = (bytes: Buffer, depth = 0): Tnef => {
  const { label, text, html, attachments } = readAttributes(bytes)
  return {
    text,
    html,
    files: attachments.flatMap((attachment) => filesOf(attachment, label, depth)),
  }
}
