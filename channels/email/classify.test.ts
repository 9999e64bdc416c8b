import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { KeepFile, MailClass } from '../../src/core/mail-message.ts'
import { classify, RULE_NAMES } from './classify.ts'
import { parseMail } from './parse-mail.ts'

const keep: KeepFile = async (_file, _position, content) => {
  content.resume()
  return { ok: true, bytes: 1, sha256: '' }
}

const REPORT = 'multipart/report; report-type=delivery-status; boundary=b'
const DELIVERY_STATUS = '--b\n\nx\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--'
const DISPOSITION = '--b\n\nx\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--'
const calendar = (method: string) => `BEGIN:VCALENDAR\nMETHOD:${method}\nEND:VCALENDAR`

interface Case {
  readonly label: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly facts?: { readonly joins?: boolean; readonly carriesOurMark?: boolean; readonly bytes?: number }
  readonly is: MailClass
  readonly rule: string
  readonly fate: 'file' | 'note'
}

const c = (
  label: string,
  headers: Readonly<Record<string, string>>,
  is: MailClass,
  rule: string,
  fate: 'file' | 'note',
  more: Pick<Case, 'body' | 'facts'> = {},
): Case => ({ label, headers, is, rule, fate, ...more })

const from = (address: string) => ({ From: address })
const subject = (words: string) => ({ Subject: words })

const CASES: readonly Case[] = [
  c('a plain mail', {}, 'new', 'person', 'file'),
  c('Auto-Submitted: no', { 'Auto-Submitted': 'no' }, 'new', 'person', 'file'),
  c('Auto-Submitted: No with a comment', { 'Auto-Submitted': 'No (a person)' }, 'new', 'person', 'file'),
  c('normal priority words', { Precedence: 'first-class' }, 'new', 'person', 'file'),
  c('X-Auto-Response-Suppress: None', { 'X-Auto-Response-Suppress': 'None' }, 'new', 'person', 'file'),
  c('not spam', { 'X-Spam-Status': 'No, score=1' }, 'new', 'person', 'file'),
  c('a subject about automatic doors', subject('Porte automatique en panne'), 'new', 'person', 'file'),
  c('a subject about an absence', subject('Absence de professeur'), 'new', 'person', 'file'),
  c('a subject about mail delivery by post', subject('Colis'), 'new', 'person', 'file'),
  c('a name that only begins with no', from('nora@example.ma'), 'new', 'person', 'file'),
  c('a person called Robert', from('robert@example.ma'), 'new', 'person', 'file'),
  c('a reply', subject('Re: [2612345678] x'), 'new', 'person', 'file'),
  c('several senders', from('a@example.ma, b@example.ma'), 'new', 'several_senders', 'file'),
  c('no sender', from('undisclosed-recipients:;'), 'new', 'no_sender', 'file'),
  c('a party answers', {}, 'addition', 'reply_of_party', 'file', { facts: { joins: true } }),
  c('our mark', {}, 'own', 'loop_mark', 'note', { facts: { carriesOurMark: true } }),
  c('our mark on what answers us', { 'Auto-Submitted': 'auto-replied' }, 'own', 'loop_mark', 'note', {
    facts: { carriesOurMark: true },
  }),
  c('from our address', from('plaintes@wasl.example'), 'own', 'own_address', 'note'),
  c('from our address in capitals', from('PLAINTES@Wasl.Example'), 'own', 'own_address', 'note'),
  c('from our tagged address', from('plaintes+x@wasl.example'), 'own', 'own_address', 'note'),
  c('from an address like ours', from('plaintes2@wasl.example'), 'new', 'person', 'file'),
  c('our return path', { 'Return-Path': '<plaintes@wasl.example>' }, 'own', 'own_return_path', 'note'),
  c('too large', {}, 'too_large', 'too_large', 'file', { facts: { bytes: 2_000 } }),
  c('spam flag', { 'X-Spam-Flag': 'YES' }, 'spam', 'spam_flag', 'note'),
  c('spam status', { 'X-Spam-Status': 'Yes, score=9.1' }, 'spam', 'spam_status', 'note'),
  c('a delivery report', { 'Content-Type': REPORT }, 'bounce', 'delivery_report', 'note', {
    body: DELIVERY_STATUS,
  }),
  c(
    'a report without its type',
    { 'Content-Type': 'multipart/report; boundary=b' },
    'bounce',
    'delivery_status_part',
    'note',
    { body: DELIVERY_STATUS },
  ),
  c('X-Failed-Recipients', { 'X-Failed-Recipients': 'a@b.ma' }, 'bounce', 'failed_recipients', 'note'),
  c('MAILER-DAEMON', from('MAILER-DAEMON@example.ma'), 'bounce', 'reporter', 'note'),
  c('postmaster', from('Postmaster <postmaster@example.ma>'), 'bounce', 'reporter', 'note'),
  c('qmail', { 'Return-Path': '<>' }, 'bounce', 'qmail_report', 'note', {
    body: 'Hi. This is the qmail-send program at example.ma.',
  }),
  c(
    'an odd bounce',
    { 'Return-Path': '<>', Subject: 'Undeliverable: x' },
    'bounce',
    'null_path_bounce_subject',
    'note',
  ),
  c(
    'a French bounce',
    { 'Return-Path': '<>', Subject: '=?utf-8?Q?=C3=89chec_de_remise?=' },
    'bounce',
    'null_path_bounce_subject',
    'note',
  ),
  c('auto-replied', { 'Auto-Submitted': 'auto-replied' }, 'automatic', 'auto_replied', 'note'),
  c(
    'auto-replied with parameters',
    { 'Auto-Submitted': 'Auto-Replied; owner-email="x@y"' },
    'automatic',
    'auto_replied',
    'note',
  ),
  c('auto-notified', { 'Auto-Submitted': 'auto-notified' }, 'automatic', 'auto_replied', 'note'),
  c('a robot that a party runs', { 'Auto-Submitted': 'auto-replied' }, 'automatic', 'auto_replied', 'note', {
    facts: { joins: true },
  }),
  c(
    'a read receipt',
    { 'Content-Type': 'multipart/report; report-type=disposition-notification; boundary=b' },
    'automatic',
    'read_receipt',
    'note',
    { body: DISPOSITION },
  ),
  c(
    'a read receipt by its part',
    { 'Content-Type': 'multipart/mixed; boundary=b' },
    'automatic',
    'read_receipt',
    'note',
    { body: DISPOSITION },
  ),
  c(
    'a read receipt by its subject',
    { 'Return-Path': '<>', Subject: 'Lu : votre message' },
    'automatic',
    'read_receipt_subject',
    'note',
  ),
  c(
    'an abuse report',
    { 'Content-Type': 'multipart/report; report-type=feedback-report; boundary=b' },
    'automatic',
    'abuse_report',
    'note',
  ),
  c(
    'a calendar answer',
    { 'Content-Type': 'text/calendar; method=REPLY' },
    'automatic',
    'calendar_answer',
    'note',
    { body: calendar('REPLY') },
  ),
  c(
    'a calendar invitation',
    { 'Content-Type': 'text/calendar; method=REQUEST' },
    'automatic',
    'calendar_invite',
    'file',
    { body: calendar('REQUEST') },
  ),
  c('X-Autoreply', { 'X-Autoreply': 'yes' }, 'automatic', 'responder_header', 'note'),
  c('X-Autorespond', { 'X-Autorespond': 'x' }, 'automatic', 'responder_header', 'note'),
  c('Precedence: auto_reply', { Precedence: 'auto_reply' }, 'automatic', 'precedence_auto_reply', 'note'),
  c('Automatic reply', subject('Automatic reply: your mail'), 'automatic', 'away_subject', 'note'),
  c('Out of office', subject('Out of Office: back on Monday'), 'automatic', 'away_subject', 'note'),
  c('Auto:', subject('Auto: x'), 'automatic', 'away_subject', 'note'),
  c(
    'Réponse automatique',
    subject('=?utf-8?Q?R=C3=A9ponse_automatique_:_x?='),
    'automatic',
    'away_subject',
    'note',
  ),
  c('Absence du bureau', subject('Absence du bureau'), 'automatic', 'away_subject', 'note'),
  c(
    'رد تلقائي',
    subject(`=?utf-8?B?${Buffer.from('رد تلقائي: شكاية').toString('base64')}?=`),
    'automatic',
    'away_subject',
    'note',
  ),
  c('another gateway of this kind', { 'X-Wasl-Loop': 'abc' }, 'automatic', 'foreign_gateway', 'note'),
  c('auto-generated', { 'Auto-Submitted': 'auto-generated' }, 'automatic', 'auto_submitted', 'file'),
  c('an unknown keyword', { 'Auto-Submitted': 'yes' }, 'automatic', 'auto_submitted', 'file'),
  c('suppress all', { 'X-Auto-Response-Suppress': 'All' }, 'automatic', 'suppress_header', 'file'),
  c(
    'suppress some',
    { 'X-Auto-Response-Suppress': 'DR, OOF, AutoReply' },
    'automatic',
    'suppress_header',
    'file',
  ),
  c('the null path', { 'Return-Path': '<>' }, 'automatic', 'null_return_path', 'file'),
  c('the null path in a comment', { 'Return-Path': '(x) <>' }, 'automatic', 'null_return_path', 'file'),
  c('no-reply', from('no-reply@example.ma'), 'automatic', 'no_reply_sender', 'file'),
  c('noreply with a tag', from('noreply+1@example.ma'), 'automatic', 'no_reply_sender', 'file'),
  c('service.noreply', from('service.noreply@example.ma'), 'automatic', 'no_reply_sender', 'file'),
  c('ne-pas-repondre', from('ne-pas-repondre@example.ma'), 'automatic', 'no_reply_sender', 'file'),
  c('donotreply', from('DoNotReply@example.ma'), 'automatic', 'no_reply_sender', 'file'),
  c('a no-reply path', { 'Return-Path': '<bounces+1@example.ma>' }, 'automatic', 'no_reply_sender', 'file'),
  c('cron', { 'X-Cron-Env': '<SHELL=/bin/sh>' }, 'automatic', 'robot_header', 'file'),
  c(
    'a newsletter',
    { 'List-Unsubscribe': '<mailto:x@y>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    'list',
    'newsletter',
    'note',
  ),
  c(
    'a bulk newsletter',
    { 'List-Unsubscribe': '<mailto:x@y>', Precedence: 'bulk' },
    'list',
    'newsletter',
    'note',
  ),
  c(
    'a discussion list',
    { 'List-Id': '<l.example.ma>', 'List-Post': '<mailto:l@example.ma>' },
    'list',
    'list_header',
    'file',
  ),
  c(
    'a group that forwards to us',
    { 'List-Id': '<plaintes.example.ma>', Precedence: 'list' },
    'list',
    'list_header',
    'file',
  ),
  c('Precedence: bulk', { Precedence: 'bulk' }, 'list', 'precedence', 'file'),
  c('Precedence: junk', { Precedence: 'Junk' }, 'list', 'precedence', 'file'),
]

const read = async ({ headers, body }: Case) => {
  const all = {
    'Return-Path': '<amina@example.ma>',
    From: 'Amina <amina@example.ma>',
    Subject: 'Guichet',
    'Message-ID': '<m@example.ma>',
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const raw = `${lines.join('\n')}\n\n${body ?? 'Bonjour.'}\n`.replaceAll('\n', '\r\n')
  return (await parseMail(Readable.from([Buffer.from(raw)]), keep)).mail
}

describe('what a message is', () => {
  it.each(CASES.map((each) => [each.label, each] as const))('%s', async (_label, each) => {
    const verdict = classify({
      mail: await read(each),
      bytes: 1_000,
      maxBytes: 1_500,
      own: ['plaintes@wasl.example'],
      carriesOurMark: false,
      joins: false,
      released: false,
      ...each.facts,
    })
    expect(verdict.class).toBe(each.is)
    expect(verdict.reasons).toContain(each.rule)
    expect(verdict.fate).toBe(each.fate)
    expect(verdict.answerable).toBe(['person', 'reply_of_party', 'too_large'].includes(each.rule))
  })

  it('has a case for every rule', () => {
    const tried = new Set(CASES.map(({ rule }) => rule))
    expect(RULE_NAMES.filter((name) => !tried.has(name))).toEqual([])
  })
})
