import type { ReadMail } from '../../src/core/mail-message.ts'
import { addressesIn, headerOf, messageIdsIn, valuesOf } from './mail-headers.ts'

/** Enough for the headers of any honest message. */
export const HEAD_BYTES = 64 * 1024

/** The header block by hand, for messages that the parser could not finish: linear, and never fails. */
export const readHead = (bytes: Uint8Array): ReadMail => {
  const text = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  const lines = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
  const headers = lines
    .filter((line) => /^[!-9;-~]{1,100}:/.test(line))
    .map((line) => headerOf({ key: line.slice(0, line.indexOf(':')), line }))
  const [messageId] = valuesOf(headers, 'message-id').flatMap(messageIdsIn)
  return {
    headers,
    from: valuesOf(headers, 'from').flatMap(addressesIn),
    subject: '',
    ...(messageId === undefined ? {} : { messageId }),
    answers: [...valuesOf(headers, 'in-reply-to'), ...valuesOf(headers, 'references')]
      .flatMap(messageIdsIn)
      .slice(0, 100),
    text: '',
    ownText: '',
    types: [/^[^;\s]*/.exec(valuesOf(headers, 'content-type')[0] ?? '')?.[0]?.toLowerCase() ?? ''],
    returned: [],
    notes: ['unreadable'],
  }
}
