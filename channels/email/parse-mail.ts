import { Readable } from 'node:stream'
import { MailParser } from 'mailparser'
import type { FiledFile, KeepFile, ReadMail } from '../../src/core/mail-message.ts'
import { describeMail, withRoles } from './describe-mail.ts'
import type { Node, Reading } from './mail-reading.ts'
import { takeParts } from './take-parts.ts'

const CHILD_NODES = 5_000
/** How deep attached messages whose words are read may sit in each other. */
const ATTACHED_DEPTH = 2

const discard: KeepFile = async (_file, _position, content) => {
  content.resume()
  return { ok: false, reason: 'too_many' }
}

/** The words of an attached message are read as part of the one that carries it; its files stay inside it. */
const readAttached = async (bytes: Buffer, depth: number): Promise<string> => {
  if (depth > ATTACHED_DEPTH) return ''
  const { mail } = await parseMail(Readable.from([bytes]), discard, depth)
  const from = mail.from.map(({ name, address }) => `${name} <${address}>`.trim()).join(', ')
  return [`From: ${from}`, `Subject: ${mail.subject}`, '', mail.text].join('\n')
}

/**
 * Reads one message to its end and gives its meaning; files go to `keep` as they come, one after the other, never held in
 * memory. May take long or much memory on hostile input: run it where it can be ended (parse-process.ts).
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
  const reading: Reading = { nodes: [], files: [], read: [], attached: [], wrapped: [], notes: new Set() }
  const readMessage = (bytes: Buffer) => readAttached(bytes, depth + 1).catch(() => '')
  await takeParts(parser, raw, { reading, keep, readMessage })
  const { tree: root } = parser as unknown as { tree: Node | false }
  if (root === false) throw new Error('no message')
  const html = reading.nodes.flatMap((node) =>
    node.contentType === 'text/html' && node.textContent ? [node.textContent] : [],
  )
  return { mail: describeMail(root, reading), files: withRoles(reading.files, html) }
}
