import { Readable, Transform } from 'node:stream'
import type { MailParser } from 'mailparser'
import { LIMITS } from '../../src/core/limits.ts'
import type { KeepFile } from '../../src/core/mail-message.ts'
import { decodeText } from './decode-text.ts'
import { sanitiseHtml, textOfHtml } from './html-text.ts'
import { type Node, parameterText, type Reading } from './mail-reading.ts'
import { unpackTnef } from './tnef.ts'

/** Text beyond this is in the original only. */
const TEXT_BYTES = 2 * 1024 * 1024
/** Parts that are read for their meaning as well as kept. */
const READ_TYPES = new Set([
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/disposition-notification',
  'text/calendar',
  'application/ics',
])
const READ_BYTES = 256 * 1024
/** An attached message whose words are read too. */
const ATTACHED_MESSAGE_BYTES = 2 * 1024 * 1024
/** Parts that vouch for others and are nothing to look at. */
const SIGNATURES = /^application\/(?:(?:x-)?pkcs7-signature|pgp-signature|pgp-encrypted)$/

interface Inside {
  createNode(part: unknown): Node
  decoder: { decodeStream(label: string): Transform }
}

interface Attachment {
  readonly type: 'attachment'
  readonly content: Readable
  readonly contentType: string
  readonly filename?: string
  readonly cid?: string
  readonly headers: ReadonlyMap<string, unknown>
  release(): void
}

/** Where the parts of a message go. */
export interface Taking {
  readonly reading: Reading
  readonly keep: KeepFile
  /** The words of a message that is attached. */
  readonly readMessage: (bytes: Buffer) => Promise<string>
}

/** mailparser trusts labels and takes what has none for UTF-8. Every text goes through our decoder instead, label beside it. */
const decodeOurselves = (inside: Inside, reading: Reading): void => {
  const createNode = inside.createNode.bind(inside)
  inside.createNode = (part) => {
    const node = createNode(part)
    reading.nodes.push(node)
    // A name that mailparser will not take for one of those it decodes by itself.
    node.charset = `label:${node.charset ?? ''}`
    return node
  }
  inside.decoder.decodeStream = (label) => {
    const chunks: Buffer[] = []
    let bytes = 0
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (bytes < TEXT_BYTES) chunks.push(chunk)
        else reading.notes.add('text_cut')
        bytes += chunk.length
        done()
      },
      flush: (done) =>
        done(null, Buffer.from(decodeText(Buffer.concat(chunks), label.replace(/^label:/, '')))),
    })
  }
}

/** The beginning of a part, and what follows where there is more: nothing larger is ever held in memory. */
const peek = async (
  content: Readable,
  limit: number,
): Promise<{ bytes: Buffer; rest: AsyncIterator<Buffer> | undefined }> => {
  const source = (content as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  for (let bytes = 0; bytes <= limit; ) {
    const { value, done } = await source.next()
    if (done) return { bytes: Buffer.concat(chunks), rest: undefined }
    chunks.push(value)
    bytes += value.length
  }
  return { bytes: Buffer.concat(chunks), rest: source }
}

const whole = (begun: Buffer, rest: AsyncIterator<Buffer> | undefined): Readable =>
  Readable.from(
    (async function* () {
      yield begun
      if (rest !== undefined) yield* { [Symbol.asyncIterator]: () => rest }
    })(),
    { objectMode: false },
  )

const isWrapper = (type: string, name: string): boolean =>
  /^application\/(?:vnd\.)?ms-tnef$/.test(type) ||
  (type === 'application/octet-stream' && /^winmail\.dat$/i.test(name))

/** What a winmail.dat holds, each file by itself; false where it cannot be believed and stays as it is. */
const takeWrapper = async (reading: Reading, bytes: Buffer, keep: KeepFile): Promise<boolean> => {
  try {
    const { text, html, files } = unpackTnef(bytes)
    reading.wrapped.push(text === '' && html !== '' ? textOfHtml(sanitiseHtml(html)) : text)
    for (const { content, ...file } of files) {
      const position = reading.files.length
      const kept = await keep(file, position, Readable.from([content], { objectMode: false }))
      reading.files.push({ ...file, position, role: 'attachment', kept })
    }
    return files.length > 0 || text !== '' || html !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Reads what has a meaning for us from a part, then hands the whole part on to be kept. */
const takeFile = async ({ reading, keep, readMessage }: Taking, part: Attachment): Promise<void> => {
  const type = part.contentType.toLowerCase()
  const isMessage = type === 'message/rfc822'
  const file = {
    name: part.filename ?? (isMessage ? 'message.eml' : ''),
    type,
    ...(part.cid === undefined ? {} : { cid: part.cid }),
  }
  let content: Readable = part.content
  if (isWrapper(type, file.name)) {
    const { bytes, rest } = await peek(content, LIMITS.mailFileBytes)
    if (rest === undefined && (await takeWrapper(reading, bytes, keep))) return
    content = whole(bytes, rest)
  } else if (READ_TYPES.has(type) || isMessage) {
    const { bytes, rest } = await peek(content, isMessage ? ATTACHED_MESSAGE_BYTES : READ_BYTES)
    const parameters = parameterText(part.headers)
    if (!isMessage) reading.read.push({ type, text: decodeText(bytes, undefined), parameters })
    else if (rest === undefined) reading.attached.push(await readMessage(bytes))
    content = whole(bytes, rest)
  }
  if (SIGNATURES.test(type) || /rfc822-headers|disposition-notification/.test(type)) content.resume()
  else {
    const position = reading.files.length
    reading.files.push({ ...file, position, role: 'attachment', kept: await keep(file, position, content) })
  }
}

/** mailparser waits for ever for the body of a message that breaks off in its headers (3.9.31). */
async function* withHeaderEnd(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let tail = ''
  let isEnded = false
  for await (const chunk of raw) {
    yield chunk
    if (isEnded) continue
    const seen = tail + chunk.toString('latin1')
    isEnded = /\r?\n\r?\n/.test(seen)
    tail = seen.slice(-3)
  }
  if (!isEnded) yield Buffer.from('\r\n\r\n')
}

/** Feeds the parser and takes what it gives, one part at a time. A message that breaks off leaves what was read until then. */
export const takeParts = async (
  parser: MailParser,
  raw: AsyncIterable<Buffer>,
  taking: Taking,
): Promise<void> => {
  decodeOurselves(parser as unknown as Inside, taking.reading)
  const feeding = Readable.from(withHeaderEnd(raw), { objectMode: false })
  let open: Readable | undefined
  // A parser that gives up leaves the file it was at without an end; whoever reads it would wait for ever.
  parser.on('error', (error) => open?.destroy(error))
  feeding.pipe(parser as unknown as NodeJS.WritableStream)
  feeding.on('error', (error) => parser.destroy(error))
  try {
    for await (const item of parser as AsyncIterable<Attachment | { type: 'text' }>) {
      if (item.type !== 'attachment') continue
      open = item.content
      await takeFile(taking, item)
      item.release()
    }
  } catch (error) {
    if (!(error instanceof Error) || (error as { code?: string }).code !== 'EMAXLEN') throw error
    taking.reading.notes.add('damaged')
  } finally {
    feeding.destroy()
  }
}
