import type { FiledFile, MailHeader, MailNote, ReadMail } from '../../src/core/mail-message.ts'
import { headersInText, isReporter, readDeliveryStatus, readOddReport } from './delivery-report.ts'
import { sanitiseHtml, textOfHtml } from './html-text.ts'
import { addressesIn, headerOf, messageIdsIn, returnPathOf, valuesOf } from './mail-headers.ts'
import { type Node, parameterText, type Reading } from './mail-reading.ts'
import { splitQuote } from './split-quote.ts'

/** Text beyond this is in the original only. */
const TEXT_CHARACTERS = 500_000
/** The sanitiser's time grows with the square of nesting. */
const HTML_CHARACTERS = 400_000
/** A picture of a signature or a logo, not one that shows what is complained about. */
const DECORATION_BYTES = 16 * 1024

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
    ['message-id', 'references', 'x-wasl-loop', 'to'].includes(name),
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
export const withRoles = (files: readonly FiledFile[], html: readonly string[]): FiledFile[] => {
  const shown = new Set(
    html.flatMap((one) => [...one.matchAll(/\bcid:([^'"\s)>]{1,256})/gi)].map(([, cid]) => cid)),
  )
  return files.map((file) => {
    const isShown = file.cid !== undefined && (shown.has(file.cid) || shown.has(encodeURIComponent(file.cid)))
    const isSmall = file.kept.ok && file.kept.bytes < DECORATION_BYTES
    return isShown && isSmall && file.type.startsWith('image/') ? { ...file, role: 'inline' } : file
  })
}

/** What the message says, its words in their order, and what it is beside them: an answer, a report, sealed. */
export const describeMail = (root: Node, reading: Reading): ReadMail => {
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
