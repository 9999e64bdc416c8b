import { expect, it } from 'vitest'
import { receiptContent } from './receipt.ts'

it('is canonical JSON: sorted keys, no spaces, files in their order', () => {
  const media = [
    { name: 'صوت.ogg', bytes: 12, sha256: 'b'.repeat(64) },
    { name: 'a"b.jpg', bytes: 0, sha256: 'a'.repeat(64) },
  ]
  expect(receiptContent({ text: 'trou\n"ici"', media })).toBe(
    `{"media":[{"bytes":12,"name":"صوت.ogg","sha256":"${'b'.repeat(64)}"},` +
      `{"bytes":0,"name":"a\\"b.jpg","sha256":"${'a'.repeat(64)}"}],"text":"trou\\n\\"ici\\"","v":1}`,
  )
})

it('leaves out whatever else a file carries', () => {
  const file = { name: 'a', bytes: 1, sha256: 'c', objectKey: 'secret' }
  expect(receiptContent({ text: '', media: [file] })).not.toContain('secret')
})
