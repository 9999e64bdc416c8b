import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authenticate } from '../../channels/email/authenticate.ts'
import { classify } from '../../channels/email/classify.ts'
import { addressesIn, headerOf } from '../../channels/email/mail-headers.ts'
import { parseMail } from '../../channels/email/parse-mail.ts'
import { readHead } from '../../channels/email/read-head.ts'
import { senderFlags } from '../../channels/email/sender-flags.ts'
import type { KeepFile } from '../../src/core/mail-message.ts'
import { composeReference } from '../../src/core/reference.ts'
import { readReplyToken, replyToken } from '../../src/core/reply-address.ts'
import { receiptLetter } from '../../src/html/receipt-letter.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { testSecrets } from '../support/acceptance.ts'
import { receiptFactsOf } from '../support/receipt-facts.ts'

const keep: KeepFile = async (_file, _position, content) => {
  content.resume()
  return { ok: true, bytes: 1, sha256: '' }
}
const anyBytes = fc.uint8Array({ maxLength: 300 })
/** Text of the letters that headers break on. */
const hostile = fc.string({
  unit: fc.constantFrom(
    ...'aé ش=?<>@,;:"()\\\r\n\t\0%_-+.[]',
    '=?utf-8?Q?',
    '=0D=0A',
    '?=',
    '\u202E',
    'Bcc: x@y',
  ),
  maxLength: 60,
})
const NAMES = [
  'From',
  'To',
  'Subject',
  'References',
  'In-Reply-To',
  'Return-Path',
  'Content-Type',
  'Auto-Submitted',
  'List-Id',
  'Authentication-Results',
]

describe('headers whatever they hold', () => {
  it('are read without a failure, in one line each, and classified', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...NAMES), hostile), { maxLength: 8 }),
        async (fields) => {
          const raw = `${fields.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\nx`
          const { mail } = await parseMail(Readable.from([Buffer.from(raw)]), keep)
          for (const { value } of mail.headers) expect(value).not.toMatch(/[\r\n\0]/)
          expect(mail.subject).not.toMatch(/[\r\n\0]/)
          senderFlags(mail, authenticate(mail.headers, mail.from[0]?.address ?? '', 'mx'))
          const verdict = classify({
            mail,
            bytes: 1,
            maxBytes: 2,
            own: ['p@wasl.example'],
            carriesOurMark: false,
            joins: false,
            released: false,
          })
          expect(verdict.answerable && mail.from.length !== 1).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('never become an address that does not stand in them', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const line = `From: ${Buffer.from(value).toString('latin1')}`
        const header = headerOf({ key: 'From', line })
        for (const { address } of addressesIn(header.value)) {
          expect(header.value).toContain(address)
          expect(address).toMatch(/^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/)
          expect(address).not.toContain('=?')
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('made of any bytes are read by hand too', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const mail = readHead(bytes)
        expect(mail.notes).toEqual(['unreadable'])
        headerOf({ key: 'X', line: Buffer.from(bytes).toString('latin1') })
      }),
    )
  })

  it('give the same verdict in any order, but for what stands above what', async () => {
    const fields = [
      'From: a@b.ma',
      'Subject: x',
      'Precedence: bulk',
      'Auto-Submitted: auto-generated',
      'Return-Path: <>',
    ]
    const verdicts = await fc
      .sample(fc.shuffledSubarray(fields, { minLength: fields.length }), 20)
      .reduce(async (all, order) => {
        const { mail } = await parseMail(Readable.from([Buffer.from(`${order.join('\r\n')}\r\n\r\nx`)]), keep)
        return (await all).add(
          JSON.stringify(
            classify({
              mail,
              bytes: 1,
              maxBytes: 2,
              own: [],
              carriesOurMark: false,
              joins: false,
              released: false,
            }),
          ),
        )
      }, Promise.resolve(new Set<string>()))
    expect(verdicts.size).toBe(1)
  })
})

describe('the reply token', () => {
  it('comes back from any case, and from no other secret or number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), fc.integer({ min: 0, max: 25 }), (serial, at) => {
        const reference = composeReference(2026, serial)
        const token = replyToken(testSecrets, reference)
        expect(readReplyToken(testSecrets, token.toUpperCase())).toBe(reference)
        const other = token[at] === 'a' ? 'b' : 'a'
        expect(readReplyToken(testSecrets, token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined()
      }),
    )
  })
})

describe('an acknowledgment whatever the subject and the files are called', () => {
  it('has one line a header, one recipient and our tag first', async () => {
    const sent: string[] = []
    const mailer = createMailer({
      url: undefined,
      mailbox: {
        deliver: async (bytes) => void sent.push(Buffer.from(bytes).toString('latin1')),
        list: async () => [],
        read: async () => undefined,
      },
      from: 'Plaintes <p@wasl.example>',
      clock: { now: () => new Date('2026-11-21T10:00:00Z') },
      secrets: testSecrets,
    })
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (subject, name, id) => {
        sent.length = 0
        const facts = receiptFactsOf()
        const letter = receiptLetter(facts, '123456', {
          subject,
          languages: ['fr'],
          kept: [{ name, bytes: 1 }],
          refused: [{ name, reason: 'too_large' }],
        })
        const mail = {
          ...letter,
          to: 'amina@example.ma',
          messageId: '<r@wasl.example>',
          thread: [`<${id}>`],
          automatic: 'auto-replied' as const,
        }
        expect(await mailer.send(mail, AbortSignal.timeout(5_000))).toMatchObject({ ok: true })
        const head = sent[0]!.slice(0, sent[0]!.indexOf('\r\n\r\n'))
        const lines = head.split('\r\n').filter((line) => !/^[ \t]/.test(line))
        for (const line of lines) expect(line).toMatch(/^[A-Za-z-]+:/)
        expect(lines.filter((line) => /^(?:to|cc|bcc):/i.test(line))).toEqual(['To: amina@example.ma'])
        expect(lines.some((line) => /^(?:bcc|x-evil)/i.test(line))).toBe(false)
        expect(letter.subject.startsWith(`[${facts.claims.reference}] `)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
