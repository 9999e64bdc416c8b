import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { type MediaLink, mediaToken, readMediaToken } from './media-link.ts'

const secretsOf = (key: string) => ({
  mac: (purpose: string, text: string) =>
    createHmac('sha256', `${key}:${purpose}`).update(text).digest('base64url'),
})
const secrets = secretsOf('k')
const link: MediaLink = {
  object: 'rendition',
  id: '019aa000-0000-7000-8000-00000000000a',
  scope: 'referral:019aa000-0000-7000-8000-00000000000b',
  expiresAt: new Date('2026-12-21T10:00:00Z'),
}
const before = new Date('2026-12-21T09:59:59Z')

it('gives back what was signed, until its time is over', () => {
  const token = mediaToken(secrets, link)
  expect(readMediaToken(secrets, token, before)).toEqual(link)
  expect(readMediaToken(secrets, token, link.expiresAt)).toBeUndefined()
})

it('takes no other signature, no change and no nonsense', () => {
  const token = mediaToken(secrets, link)
  const [payload = '', mac = ''] = token.split('.')
  const later = mediaToken(secrets, { ...link, expiresAt: new Date('2036-01-01') }).split('.')[0]
  for (const wrong of [
    mediaToken(secretsOf('other'), link),
    `${later}.${mac}`,
    `${payload}.`,
    payload,
    `${payload}.${mac}x`,
    '',
    '.',
    'a.b',
  ])
    expect(readMediaToken(secrets, wrong, before)).toBeUndefined()
})
