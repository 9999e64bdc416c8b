import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signIn } from '../support/gateway-client.ts'
import { freePort, type GatewayProcess, until } from '../support/gateway-process.ts'
import { deliver } from '../support/mail-client.ts'
import { type MailStage, openMailStage } from '../support/mail-stage.ts'
import { ADDRESS, mailOf } from '../support/mail-text.ts'

let stage: MailStage
let port: number
let gateway: GatewayProcess

beforeAll(async () => {
  port = await freePort()
  stage = await openMailStage()
  gateway = await stage.start({ LMTP_LISTEN: `lmtp://127.0.0.1:${port}` })
})
afterAll(() => stage.close())

/** By the LMTP door, as the mail server in front would; gives when the mail has met its end and every answer is out. */
const bring = async (raw: string, { from = 'amina@example.ma', to = ADDRESS } = {}) => {
  const { received } = await stage.counts()
  const words = await deliver({ port, from, to: [to], raw })
  expect(words.map(({ code }) => code)).toEqual([250])
  return stage.settled(received + 1)
}

const letters = (address: string) => stage.sink.mails.filter(({ to }) => to.includes(address))

const filedBy = async (serial: string, headers: Record<string, string> = {}) => {
  const address = `citizen${serial}@example.ma`
  await bring(mailOf(serial, headers), { from: address })
  const [sent] = letters(address)
  if (sent === undefined) throw new Error('no acknowledgment')
  const letter = await simpleParser(sent.raw)
  return { address, sent, letter, reference: /\[(\d{10})\]/.exec(letter.subject ?? '')?.[1] ?? '' }
}

const replyTo = (serial: string, letter: Awaited<ReturnType<typeof filedBy>>['letter'], body: string) =>
  mailOf(
    serial,
    {
      To: letter.replyTo?.text ?? '',
      Subject: `Re: ${letter.subject?.replace(/[^ -~]/g, '?')}`,
      'In-Reply-To': letter.messageId ?? '',
      'Message-ID': `<reply-${serial}-${body.length}@example.ma>`,
    },
    body,
  )

/** The record as staff see it over the API. */
const record = async (reference: string) => {
  const staff = await signIn(gateway.base, await stage.environment({}))
  return JSON.stringify(await staff.complaint<unknown>(reference))
}

describe('a conversation by mail, from outside', () => {
  it('acknowledges to the sender alone, as a machine, in the thread, on a null path (P21, P24, P26)', async () => {
    const { sent, letter } = await filedBy('thread', {
      Cc: 'other@example.ma',
      'Reply-To': 'victim1@example.ma, victim2@example.ma',
      Subject: '=?utf-8?Q?Rue_noire=0D=0ABcc:_victim3@example.ma?=',
    })
    expect(sent).toMatchObject({ from: '', to: ['citizenthread@example.ma'] })
    expect(letter.headers.get('auto-submitted')).toBe('auto-replied')
    expect(letter.headers.has('x-wasl-loop')).toBe(true)
    expect(letter.inReplyTo).toBe('<lamp-thread@example.ma>')
    expect([letter.cc, letter.bcc]).toEqual([undefined, undefined])
    expect(letter.text?.length).toBeGreaterThan(100)
    expect(stage.sink.mails.flatMap(({ to }) => to)).not.toContainEqual(expect.stringMatching(/victim|other/))
  })

  it('joins what the citizen replies, and tells a stranger nothing (P31)', async () => {
    const { letter, reference } = await filedBy('reply')
    const code = /code (\d{6})/.exec(letter.text ?? '')?.[1]
    expect(code).toBeDefined()
    const before = await stage.counts()
    await bring(replyTo('reply', letter, 'Voici la suite: le mur aussi est tombe.'), {
      from: 'citizenreply@example.ma',
      to: letter.replyTo?.value[0]?.address ?? '',
    })
    expect((await stage.counts()).complaints).toBe(before.complaints)
    expect(await record(reference)).toContain('le mur aussi est tombe')
    const told = stage.sink.mails.length
    await bring(replyTo('stranger', letter, 'Dites-moi tout sur ce dossier.'), {
      from: 'citizenstranger@example.ma',
      to: letter.replyTo?.value[0]?.address ?? '',
    })
    expect(await record(reference)).not.toContain('Dites-moi tout')
    // The subject is what the stranger wrote themselves.
    for (const { raw } of stage.sink.mails.slice(told))
      expect((await simpleParser(raw)).text).not.toMatch(new RegExp(`${reference}|${code}|le mur aussi`))
  })

  it('files a robot, a list, a null path and a no-reply sender without a word to them (P20)', async () => {
    const odd: [string, Record<string, string>, string][] = [
      ['robot', { 'Auto-Submitted': 'auto-generated' }, 'citizenrobot@example.ma'],
      ['list', { 'List-Id': '<l.example.ma>' }, 'citizenlist@example.ma'],
      ['suppress', { 'X-Auto-Response-Suppress': 'All' }, 'citizensuppress@example.ma'],
      ['noreply', { From: 'No-Reply <no-reply@example.ma>' }, 'no-reply@example.ma'],
      ['nullpath', { 'Return-Path': '<citizennullpath@example.ma>' }, ''],
    ]
    const before = await stage.counts()
    for (const [serial, headers, from] of odd) await bring(mailOf(serial, headers), { from })
    expect((await stage.counts()).complaints).toBe(before.complaints + odd.length)
    for (const [serial] of odd) expect(letters(`citizen${serial}@example.ma`)).toEqual([])
    expect(letters('no-reply@example.ma')).toEqual([])
  })

  it('makes nothing of its own acknowledgment that comes back, nor of one that answers it (P22, P23)', async () => {
    const { sent, address, letter } = await filedBy('loop')
    const before = await stage.counts()
    await bring(sent.raw, { from: '' })
    await bring(sent.raw.replace(/^To: .*$/m, `To: ${ADDRESS}`), { from: address })
    for (let turn = 0; turn < 12; turn += 1)
      await bring(
        mailOf(
          'loop',
          {
            To: letter.replyTo?.text ?? '',
            Subject: `Re: absence ${turn}`,
            'Auto-Submitted': 'auto-replied',
            'In-Reply-To': letter.messageId ?? '',
            'Message-ID': `<absence-${turn}@example.ma>`,
          },
          `Je suis absent, tour ${turn}.`,
        ),
        { from: '', to: letter.replyTo?.value[0]?.address ?? '' },
      )
    const after = await stage.counts()
    expect(after).toMatchObject({ complaints: before.complaints, receipts: before.receipts })
    expect(letters(address)).toHaveLength(1)
  })

  it('marks an acknowledgment that bounced, not one that is delayed (P27)', async () => {
    const { address, letter, reference } = await filedBy('bounce')
    const report = (action: string, status: string) =>
      [
        'From: MAILER-DAEMON@mx.example.ma',
        `To: ${ADDRESS}`,
        `Subject: Delivery Status Notification (${action})`,
        `Message-ID: <${action}@mx.example.ma>`,
        'Auto-Submitted: auto-replied',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'The mail did not arrive.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.ma',
        '',
        `Final-Recipient: rfc822; ${address}`,
        `Action: ${action}`,
        `Status: ${status}`,
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        `Message-ID: ${letter.messageId}`,
        `To: ${address}`,
        '--b--',
        '',
      ].join('\r\n')
    const state = async () => {
      const [row] = await stage.db.sql<{ state: string }[]>`
        select r.state from receipts r join complaints c on c.id = r.complaint_id where c.reference = ${reference}`
      return row?.state
    }
    await bring(report('delayed', '4.4.1'), { from: '' })
    expect(await state()).toBe('sent')
    await bring(report('failed', '5.1.1'), { from: '' })
    await until('the receipt is marked', async () => (await state()) === 'failed')
  })
})
