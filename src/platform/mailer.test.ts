import net, { type AddressInfo } from 'node:net'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSmtpSink } from '../../test/support/smtp-sink.ts'
import type { Mail } from '../core/mail.ts'
import { createMailer, loopMark } from './mailer.ts'
import { createSecrets } from './secrets.ts'

const secrets = createSecrets('k'.repeat(32))
const clock = { now: () => new Date('2026-11-21T10:00:00Z') }
const patience = () => AbortSignal.timeout(5_000)

const memoryMailbox = () => {
  const kept: { raw: string; returnPath: string }[] = []
  return {
    kept,
    deliver: async (message: Uint8Array, returnPath: string) => {
      kept.push({ raw: Buffer.from(message).toString(), returnPath })
    },
    list: async () => [],
    read: async () => undefined,
  }
}

const mailerTo = (url: string | undefined, mailbox = memoryMailbox()) =>
  createMailer({ url, mailbox, clock, secrets, from: 'Plaintes <plaintes@wasl.example>' })

const acknowledgment: Mail = {
  messageId: '<receipt.1@wasl.example>',
  to: 'amina@example.ma',
  subject: '[2612345678] شكايتكم مسجلة',
  text: 'نص',
  html: '<p>نص</p>',
  language: 'ar',
  automatic: 'auto-replied',
}

describe('by SMTP', () => {
  let sink: Awaited<ReturnType<typeof startSmtpSink>>
  beforeAll(async () => {
    sink = await startSmtpSink()
  })
  afterAll(() => sink.close())

  it('sends an automatic mail marked as such, with the null return path', async () => {
    const mailer = mailerTo(sink.url)
    const result = await mailer.send(acknowledgment, patience())
    expect(result).toEqual({ ok: true, providerId: '<receipt.1@wasl.example>' })
    const sunk = sink.mails.at(-1)
    expect(sunk).toMatchObject({ from: '', to: ['amina@example.ma'] })
    const { headers, text, html } = await simpleParser(sunk?.raw ?? '')
    expect(Object.fromEntries(headers)).toMatchObject({
      'message-id': '<receipt.1@wasl.example>',
      subject: '[2612345678] شكايتكم مسجلة',
      'auto-submitted': 'auto-replied',
      'x-auto-response-suppress': 'All',
      'content-language': 'ar',
      'x-wasl-loop': loopMark(secrets, '<receipt.1@wasl.example>'),
      date: clock.now(),
    })
    expect(text?.trim()).toBe('نص')
    expect(html).toBe('<p>نص</p>')
    mailer.close()
  })

  it('joins the thread it answers and carries attachments', async () => {
    const mailer = mailerTo(sink.url)
    await mailer.send(
      {
        ...acknowledgment,
        thread: ['<a@x>', '<b@x>'],
        attachments: [{ name: 'ملف.json', type: 'application/json', content: Buffer.from('{}') }],
      },
      patience(),
    )
    const parsed = await simpleParser(sink.mails.at(-1)?.raw ?? '')
    expect(parsed).toMatchObject({ inReplyTo: '<b@x>', references: ['<a@x>', '<b@x>'] })
    expect(parsed.attachments).toMatchObject([{ filename: 'ملف.json', contentType: 'application/json' }])
    mailer.close()
  })

  it.each([
    ['refuse550@example.ma', { code: 'smtp_550', retryable: false }],
    ['refuse552@example.ma', { code: 'smtp_552', retryable: false }],
    ['later451@example.ma', { code: 'smtp_451', retryable: true }],
    ['later421@example.ma', { code: 'smtp_421', retryable: true }],
  ])('%s: says whether to try again and keeps the address out of the reason', async (to, error) => {
    const mailer = mailerTo(sink.url)
    const result = await mailer.send({ ...acknowledgment, to }, patience())
    expect(result).toMatchObject({ ok: false, error })
    expect(JSON.stringify(result)).not.toContain('example.ma')
    mailer.close()
  })
})

it('may try again when nobody listens', async () => {
  const mailer = mailerTo('smtp://127.0.0.1:1')
  expect(await mailer.send(acknowledgment, patience())).toMatchObject({
    ok: false,
    error: { retryable: true },
  })
  mailer.close()
})

it('lets go when told to, of a server that never greets', async () => {
  const silent = net.createServer(() => {}).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const mailer = mailerTo(`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  const result = await mailer.send(acknowledgment, AbortSignal.timeout(50))
  expect(result).toMatchObject({ ok: false, error: { retryable: true } })
  mailer.close()
  silent.close()
})

it.each([
  'a@b.ma, c@d.ma',
  'a@b.ma\r\nBcc: c@d.ma',
  'x <a@b.ma>',
  'group: a@b.ma;',
  '@b.ma',
  'a@',
  '"a@b"@c.ma',
])('takes no address that is more than one: %j', async (to) => {
  const mailbox = memoryMailbox()
  const result = await mailerTo(undefined, mailbox).send({ ...acknowledgment, to }, patience())
  expect(result).toMatchObject({ ok: false, error: { code: 'address_invalid', retryable: false } })
  expect(mailbox.kept).toEqual([])
})

it('never lets a value become another header', async () => {
  const allowed = new Set(
    `from to reply-to subject message-id in-reply-to references date mime-version content-type content-transfer-encoding
     content-language x-wasl-loop x-case auto-submitted x-auto-response-suppress`.split(/\s+/),
  )
  const evil = fc.array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\0',
        '\u2028',
        'Bcc: x@y.z',
        ': ',
        ';',
        '"',
        '<',
        '>',
        '=?utf-8?q?=0d=0a?=',
        'é',
        'شكاية',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    ),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(evil, evil, evil, async (subject, reply, thread) => {
      const mailbox = memoryMailbox()
      const mail = {
        ...acknowledgment,
        subject: subject.join(''),
        replyTo: reply.join(''),
        thread,
        headers: { 'X-Case': reply.join(' ') },
      }
      expect(await mailerTo(undefined, mailbox).send(mail, patience())).toMatchObject({ ok: true })
      const [{ raw, returnPath } = { raw: '', returnPath: '?' }] = mailbox.kept
      expect(returnPath).toBe('')
      const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
      for (const line of head.split('\r\n')) {
        expect(line).not.toMatch(/[\r\n\0]/)
        expect(allowed).toContain(line.slice(0, line.indexOf(':')).toLowerCase())
      }
    }),
    { numRuns: 60 },
  )
})
