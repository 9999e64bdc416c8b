import { expect, it } from 'vitest'
import { AREAS } from './catalogue/index.ts'
import { shareText } from './figure-words.ts'
import { ltr } from './text.ts'

it('writes a share with its sign on one side, whatever letters stand round it', () => {
  expect(shareText('ar', 0.125)).toBe(ltr('12,5%'))
  expect(shareText('fr', 0.125)).toBe('12,5\u00A0%')
  expect(shareText('en', 0.125)).toBe('12.5%')
  const signs = AREAS.flatMap(({ ar }) => Object.values<string>(ar).filter((words) => /[%٪]/.test(words)))
  expect(signs, 'no Arabic text sets the sign itself').toEqual([])
})
