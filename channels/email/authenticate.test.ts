import { describe, expect, it } from 'vitest'
import type { Authentication, MailHeader } from '../../src/core/mail-message.ts'
import { authenticate } from './authenticate.ts'

const results = (value: string): MailHeader => ({ name: 'authentication-results', value })
const received: MailHeader = { name: 'received', value: 'from a by mx.wasl.example' }

describe('whose word counts', () => {
  it.each<[string, readonly MailHeader[], Authentication]>([
    ['dmarc pass', [results('mx.wasl.example; dmarc=pass header.from=example.ma')], 'passed'],
    ['dkim pass of the domain', [results('mx.wasl.example; dkim=pass header.d=example.ma')], 'passed'],
    [
      'dkim pass by identity',
      [results('mx.wasl.example; dkim=pass (1024-bit) header.i=@example.ma')],
      'passed',
    ],
    [
      'spf pass of the domain',
      [results('mx.wasl.example; spf=pass smtp.mailfrom=amina@example.ma')],
      'passed',
    ],
    ['a parent domain', [results('mx.wasl.example 1; dkim=pass header.d=ma')], 'none'],
    ['dkim pass of another domain', [results('mx.wasl.example; dkim=pass header.d=evil.example')], 'none'],
    ['spf pass of another domain', [results('mx.wasl.example; spf=pass smtp.mailfrom=evil.example')], 'none'],
    [
      'dmarc pass for another From',
      [results('mx.wasl.example; dmarc=pass header.from=evil.example')],
      'none',
    ],
    [
      'dmarc fail',
      [results('mx.wasl.example; dmarc=fail header.from=example.ma; spf=pass smtp.mailfrom=example.ma')],
      'failed',
    ],
    ['spf fail alone', [results('mx.wasl.example; spf=fail smtp.mailfrom=example.ma')], 'failed'],
    ['nothing said', [results('mx.wasl.example; none')], 'none'],
    [
      'a self-made result under another name',
      [results('mx.evil.example; dmarc=pass header.from=example.ma')],
      'none',
    ],
    [
      'a self-made result below our stamp',
      [
        results('mx.wasl.example; dmarc=fail header.from=example.ma'),
        received,
        results('mx.wasl.example; dmarc=pass header.from=example.ma'),
      ],
      'failed',
    ],
    [
      'a pass hidden in a comment',
      [results('mx.wasl.example (; dmarc=pass header.from=example.ma)')],
      'none',
    ],
    [
      'a name that only begins like ours',
      [results('mx.wasl.example.evil.example; dmarc=pass header.from=example.ma')],
      'none',
    ],
    [
      'two stamps of our host',
      [results('mx.wasl.example; spf=none'), results('mx.wasl.example; dkim=pass header.d=example.ma')],
      'passed',
    ],
    ['no header', [], 'none'],
  ])('%s', (_name, headers, expected) => {
    expect(authenticate(headers, 'amina@example.ma', 'mx.wasl.example')).toBe(expected)
  })

  it.each<[string, string, string, Authentication]>([
    ['itself', 'sante.gov.ma', 'sante.gov.ma', 'passed'],
    ['its mail service below it', 'mailing.example.ma', 'example.ma', 'passed'],
    ['the domain above its service', 'sante.gov.ma', 'rabat.sante.gov.ma', 'passed'],
    ['a registry that anybody registers under', 'gov.ma', 'sante.gov.ma', 'none'],
    ['a neighbour under the same registry', 'finances.gov.ma', 'sante.gov.ma', 'none'],
    ['a name that only ends alike', 'malexample.ma', 'example.ma', 'none'],
    ['a machine without a registry', 'localhost', 'localhost', 'none'],
  ])('a signature of %s', (_name, signer, from, expected) => {
    const headers = [results(`mx.wasl.example; dkim=pass header.d=${signer}`)]
    expect(authenticate(headers, `amina@${from}`, 'mx.wasl.example')).toBe(expected)
  })

  it('takes nobody at their word where no host is configured', () => {
    const headers = [results('mx.wasl.example; dmarc=pass header.from=example.ma')]
    expect(authenticate(headers, 'amina@example.ma', undefined)).toBe('none')
  })
})
