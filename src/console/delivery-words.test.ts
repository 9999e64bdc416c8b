import { expect, it } from 'vitest'
import { LOCALES } from '../core/locale.ts'
import { TOPICS } from '../outbox/lanes.ts'
import { destination, topicName } from './delivery-words.ts'

it('every topic of the outbox has words in each language', () => {
  for (const locale of LOCALES)
    for (const topic of TOPICS) {
      expect(topicName(locale, topic), `${locale} ${topic}`).not.toBe('')
      expect(topicName(locale, topic)).not.toContain(topic)
    }
})

it.each([
  ['the body by its name', { to: '019aa000-0000-7000-8000-00000000000a', body: { fr: 'Santé' } }, 'Santé'],
  ['a way by its word', { to: 'notice:phone', body: null }, 'Téléphone'],
  ['a mailbox of ours', { to: 'receipt:email', body: null }, 'Courriel'],
  ['an official', { to: 'staff', body: null }, 'Agent'],
  ['what stays in the house', { to: '019aa000-0000-7000-8000-00000000000a', body: null }, 'Interne'],
])('shows towards whom: %s', (_, delivery, words) => {
  expect(destination('fr', delivery)).toBe(words)
})
