import { Readable, Transform } from 'node:stream'
import { MailParser } from 'mailparser'
import { LIMITS } from '../../src/core/limits.ts'
import type { FiledFile, KeepFile, MailHeader, MailNote, ReadMail } from '../../src/core/mail-message.ts'
import { decodeText } from './decode-text.ts'
import { headersInText, isReporter, readDeliveryStatus, readOddReport } from './delivery-report.ts'
import { sanitiseHtml, textOfHtml } from './html-text.ts'
import { addressesIn, headerOf, messageIdsIn, type RawField, returnPathOf, valuesOf } from './mail-headers.ts'
import { splitQuote } from './split-quote.ts'
import { unpackTnef } from './tnef.ts'

/** Text beyond this is in the original only. */
const TEXT_BYTES = 2 * 1024 * 1024
const TEXT_CHARACTERS = 500_000
/** The sanitiser's time grows with the square of nesting. */
const HTML_CHARACTERS = 400_000
/** Parts that are read for their meaning as well as kept. */
const READ_TYPES = new Set([
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/disposition-notification',
  'text/calendar',
  'application/ics',
])
const READ_BYTES = 256 * 1024
/** An attached message whose words are read too, and how deep such messages may sit in each other. */
const ATTACHED_MESSAGE_BYTES = 2 * 1024 * 1024
const ATTACHED_DEPTH = 2
/** Parts that vouch for others and are nothing to look at. */
const SIGNATURES = /^application\/(?:(?:x-)?pkcs7-signature|pgp-signature|pgp-encrypted)$/
/** A picture of a signature or a logo, not one that shows what is complained about. */
const DECORATION_BYTES = 16 * 1024

const CHILD_NODES = 5_000

/** A node of mailparser's tree, as far as it is used here (3.9.31; pinned). */
interface Node {
  readonly contentType: string | false
  readonly headers: ReadonlyMap<string, unknown>
  readonly headerLines: readonly RawField[]
  readonly children: readonly Node[]
  readonly disposition?: string
  readonly isAttachment?: boolean
  readonly showMeta?: boolean
  readonly textContent?: string
  charset?: string
}

interface Inside {
  tree: Node | false
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

interface Reading {
  readonly nodes: Node[]
  readonly files: FiledFile[]
  readonly read: { type: string; text: string; parameters: string }[]
  readonly attached: string[]
  /** Words of a winmail.dat, for a message that has none of its own. */
  readonly wrapped: string[]
  readonly notes: Set<MailNote>
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

const discard: KeepFile = async (_file, _position, content) => {
  content.resume()
  return { ok: false, reason: 'too_many' }
}

/** The words of an attached message are read as part of this one; its files stay inside it. */
const readAttached = async (bytes: Buffer, depth: number): Promise<string> => {
  const { mail } = await parseMail(Readable.from([bytes]), discard, depth + 1)
  const from = mail.from.map(({ name, address }) => `${name} <${address}>`.trim()).join(', ')
  return [`From: ${from}`, `Subject: ${mail.subject}`, '', mail.text].join('\n')
}

const parameterText = (headers: ReadonlyMap<string, unknown>): string => {
  const type = headers.get('content-type') as { params?: Record<string, string> } | undefined
  return Object.entries(type?.params ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}

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
const takeFile = async (reading: Reading, part: Attachment, keep: KeepFile, depth: number): Promise<void> => {
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
    else if (depth < ATTACHED_DEPTH && rest === undefined)
      reading.attached.push(await readAttached(bytes, depth).catch(() => ''))
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
const run = async (
  parser: MailParser,
  raw: AsyncIterable<Buffer>,
  reading: Reading,
  keep: KeepFile,
  depth: number,
): Promise<void> => {
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
      await takeFile(reading, item, keep, depth)
      item.release()
    }
  } catch (error) {
    if (!(error instanceof Error) || (error as { code?: string }).code !== 'EMAXLEN') throw error
    reading.notes.add('damaged')
  } finally {
    feeding.destroy()
  }
}

interface Words {
  readonly text: string[]
  readonly html: string[]
}

const metaOf = (node: Node): string => {
  const named = node.headerLines.map(headerOf).filter(({ name }) => /^(?:from|to|date|subject)$/.test(name))
  const decoded = (name: string, value: string): string => {
    const known = node.headers.get(name)
    return typeof known === 'string' ? known : ((known as { text?: string } | undefined)?.text ?? value)
  }
  return named
    .map(({ name, value }) => `${name[0]?.toUpperCase()}${name.slice(1)}: ${decoded(name, value)}`)
    .join('\n')
}

/** "Your program cannot show this message" beside an HTML part that holds the message. */
const isStandIn = (plain: string, fromHtml: string): boolean =>
  plain.trim() === '' || (plain.trim().length < 120 && fromHtml.length > 4 * plain.trim().length)

const pushHtml = (words: Words, html: string): string => {
  const clean = sanitiseHtml(html.slice(0, HTML_CHARACTERS))
  words.html.push(clean)
  return textOfHtml(clean)
}

/** All readable words below a node in their order. Of alternatives one is taken: the plain one, unless it only stands in. */
const readWords = (node: Node, words: Words): void => {
  if (node.showMeta) words.text.push(`\n${metaOf(node)}`)
  if (node.textContent !== undefined && !node.isAttachment) {
    if (node.contentType === 'text/html') words.text.push(pushHtml(words, node.textContent))
    else words.text.push(node.textContent)
  }
  if (node.contentType !== 'multipart/alternative') {
    for (const child of node.children) readWords(child, words)
    return
  }
  const versions = node.children.map((child) => {
    const version: Words = { text: [], html: [] }
    readWords(child, version)
    return { ...version, joined: version.text.join('\n'), isRich: version.html.length > 0 }
  })
  const plain = versions.find(({ isRich, joined }) => !isRich && joined !== '')
  const rich = versions.find(({ isRich }) => isRich)
  words.html.push(...(rich?.html ?? []))
  const chosen = plain === undefined || (rich && isStandIn(plain.joined, rich.joined)) ? rich : plain
  words.text.push(...(chosen?.text ?? []))
}

const tidy = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+\n/g, '\n')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim()

const ENCRYPTED = /smime-type=(?:enveloped|authenveloped)-data/
const PGP_BLOCK = /^-----BEGIN PGP MESSAGE-----/m

const sealOf = (root: Node, reading: Reading, text: string): MailNote | undefined => {
  const types = reading.nodes.map(({ contentType }) => contentType || '')
  if (root.contentType === 'multipart/encrypted' || PGP_BLOCK.test(text)) return 'encrypted'
  const sealed = reading.nodes.find(({ contentType }) =>
    /^application\/(?:x-)?pkcs7-mime$/.test(contentType || ''),
  )
  if (sealed === undefined) return types.includes('application/pgp-encrypted') ? 'encrypted' : undefined
  const parameters = parameterText(sealed.headers)
  return ENCRYPTED.test(parameters) || !parameters.includes('signed-data') ? 'encrypted' : 'sealed_signature'
}

const referencesOf = (headers: readonly MailHeader[]): string[] => {
  const direct = valuesOf(headers, 'in-reply-to').flatMap(messageIdsIn)
  const older = valuesOf(headers, 'references').flatMap(messageIdsIn).toReversed()
  return [...new Set([...direct, ...older])].slice(0, 100)
}

const reportOf = (headers: readonly MailHeader[], subject: string, reading: Reading, text: string) => {
  const status = reading.nodes.find(({ contentType }) => contentType === 'message/delivery-status')
  const standard = status?.textContent === undefined ? undefined : readDeliveryStatus(status.textContent)
  if (standard || status) return { report: standard ?? readOddReport(headers, subject, text) }
  const sender = addressesIn(valuesOf(headers, 'from').join(', '))[0]?.address ?? ''
  const isOdd =
    isReporter(sender) ||
    valuesOf(headers, 'x-failed-recipients').length > 0 ||
    (returnPathOf(headers) === '' && /^hi\. this is the\b.*\bprogram/im.test(text.slice(0, 500)))
  return isOdd ? { report: readOddReport(headers, subject, text) } : {}
}

const returnedOf = (reading: Reading, text: string): MailHeader[] => {
  const embedded = reading.nodes
    .filter(({ showMeta }) => showMeta)
    .flatMap((node) => node.headerLines.map(headerOf))
  const listed = reading.read
    .filter(({ type }) => type.endsWith('rfc822-headers'))
    .flatMap(({ text: lines }) => headersInText(lines))
  return [...embedded, ...listed, ...headersInText(text)].filter(({ name }) =>
    ['message-id', 'x-wasl-loop', 'to'].includes(name),
  )
}

const calendarMethod = (reading: Reading): string | undefined => {
  const calendar = reading.read.find(({ type }) => type === 'text/calendar' || type === 'application/ics')
  if (calendar === undefined) return undefined
  const said =
    /^METHOD:([A-Z]+)/im.exec(calendar.text)?.[1] ?? /method=([a-z]+)/i.exec(calendar.parameters)?.[1]
  return said?.toUpperCase()
}

/** A name comes from the parser, which decodes it; the address from the header as it stands. */
const fromOf = (root: Node, headers: readonly MailHeader[]) => {
  const decoded = (root.headers.get('from') as { value?: { name: string; address?: string }[] } | undefined)
    ?.value
  return valuesOf(headers, 'from')
    .flatMap(addressesIn)
    .map(({ name, address }) => ({
      name: decoded?.find((one) => one.address === address)?.name ?? name,
      address,
    }))
}

/** Pictures that the HTML shows in their place and that are small are decoration. */
const withRoles = (files: readonly FiledFile[], html: readonly string[]): FiledFile[] => {
  const shown = new Set(
    html.flatMap((one) => [...one.matchAll(/\bcid:([^'"\s)>]{1,256})/gi)].map(([, cid]) => cid)),
  )
  return files.map((file) => {
    const isShown = file.cid !== undefined && (shown.has(file.cid) || shown.has(encodeURIComponent(file.cid)))
    const isSmall = file.kept.ok && file.kept.bytes < DECORATION_BYTES
    return isShown && isSmall && file.type.startsWith('image/') ? { ...file, role: 'inline' } : file
  })
}

const describe = (root: Node, reading: Reading): ReadMail => {
  const headers = root.headerLines.map(headerOf)
  const words: Words = { text: [], html: [] }
  readWords(root, words)
  const own = words.text.some((text) => text.trim() !== '') ? words.text : reading.wrapped
  const all = tidy([...own, ...reading.attached].join('\n'))
  const isLongHtml = reading.nodes.some(
    ({ textContent = '', contentType }) =>
      contentType === 'text/html' && textContent.length > HTML_CHARACTERS,
  )
  if (all.length > TEXT_CHARACTERS || isLongHtml) reading.notes.add('text_cut')
  const text = all.slice(0, TEXT_CHARACTERS)
  const given = root.headers.get('subject')
  const known = valuesOf(headers, 'subject')[0] ?? ''
  const subject = (typeof given === 'string' && !given.includes('\uFFFD') ? given : known)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  const [messageId] = valuesOf(headers, 'message-id').flatMap(messageIdsIn)
  const seal = sealOf(root, reading, text)
  const method = calendarMethod(reading)
  return {
    headers,
    from: fromOf(root, headers),
    subject,
    ...(messageId === undefined ? {} : { messageId }),
    answers: referencesOf(headers),
    text,
    ownText: splitQuote(text).own,
    ...(words.html.length === 0 ? {} : { html: words.html.join('<hr>\n') }),
    types: [...new Set(reading.nodes.map(({ contentType }) => contentType || ''))],
    ...(method === undefined ? {} : { calendarMethod: method }),
    ...reportOf(headers, subject, reading, text),
    returned: returnedOf(reading, text),
    notes: [...reading.notes, ...(seal === undefined ? [] : [seal])],
  }
}

/**
 * Reads one message to its end and gives its meaning; files go to `keep` as they come, one after the other, never held in
 * memory. May take long or much memory on hostile input: run it where it can be ended (parse-worker.ts).
 */
export const parseMail = async (
  raw: AsyncIterable<Buffer>,
  keep: KeepFile,
  depth = 0,
): Promise<{ mail: ReadMail; files: readonly FiledFile[] }> => {
  const parser = new MailParser({
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
    defaultInlineEmbedded: true,
    maxChildNodes: CHILD_NODES,
  } as ConstructorParameters<typeof MailParser>[0])
  const inside = parser as unknown as Inside
  const reading: Reading = { nodes: [], files: [], read: [], attached: [], wrapped: [], notes: new Set() }
  decodeOurselves(inside, reading)
  await run(parser, raw, reading, keep, depth)
  const root = inside.tree
  if (root === false) throw new Error('no message')
  const html = reading.nodes.flatMap((node) =>
    node.contentType === 'text/html' && node.textContent ? [node.textContent] : [],
  )
  return { mail: describe(root, reading), files: withRoles(reading.files, html) }
}
