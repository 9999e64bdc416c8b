import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replyAddress } from '../../src/core/reply-address.ts'
import { type MailGateway, openMailGateway } from '../support/mail.ts'

let gateway: MailGateway
beforeAll(async () => {
  gateway = await openMailGateway({ authservId: 'mx.wasl.example' })
})
afterAll(() => gateway.close())

let serial = 0
const mail = (to: string, subject: string, stamp?: string): string => {
  serial += 1
  const trace = stamp === undefined ? '' : `Authentication-Results: ${stamp}\n`
  return `Return-Path: <amina@example.ma>\n${trace}Received: from x by mx.wasl.example\nFrom: amina@example.ma\nTo: ${to}\nSubject: ${subject}\nMessage-ID: <a${serial}@example.ma>\n\nMessage ${serial}.\n`
}
const PASS = 'mx.wasl.example; dmarc=pass header.from=example.ma'
const FAIL = 'mx.wasl.example; dmarc=fail header.from=example.ma'

describe('a reply where a host vouches for senders', () => {
  it.each<[string, 'token' | 'subject', string | undefined, string]>([
    ['the token, vouched for', 'token', PASS, 'appended'],
    ['the number alone, vouched for', 'subject', PASS, 'appended'],
    ['the token, disowned', 'token', FAIL, 'created'],
    ['the number alone, disowned', 'subject', FAIL, 'created'],
    ['the token, nothing said', 'token', undefined, 'appended'],
    ['the number alone, nothing said', 'subject', undefined, 'created'],
    [
      'the number alone, vouched for by the sender itself',
      'subject',
      'mx.evil.example; dmarc=pass header.from=example.ma',
      'created',
    ],
  ])('by %s', async (_name, by, stamp, outcome) => {
    const filed = await gateway.take(mail('plaintes@wasl.example', 'Guichet', PASS))
    const to =
      by === 'token' ? replyAddress(gateway.secrets, gateway.address, filed.reference) : gateway.address
    const subject = by === 'token' ? 'suite' : `Re: [${filed.reference}] Guichet`
    const met = await gateway.take(mail(to, subject, stamp))
    expect(met.outcome).toBe(outcome)
    expect(met.complaint_id === filed.complaint_id).toBe(outcome === 'appended')
  })
})
