import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cleanFileName, cleanMediaType } from './file-name.ts'
import { LIMITS } from './limits.ts'

it.each([
  ['photo.jpg', 'photo.jpg'],
  ['صورة الطريق.jpg', 'صورة الطريق.jpg'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\x\\plainte.pdf', 'plainte.pdf'],
  ['a\0b\r\nc.txt', 'abc.txt'],
  ['facture\u202egpj.exe', 'facturegpj.exe'],
  ['..', 'file'],
  ['/', 'file'],
  ['', 'file'],
  ['  spaced.png ', 'spaced.png'],
  ['\ud800.png', '.png'],
])('cleans the name %j', (given, wanted) => expect(cleanFileName(given)).toBe(wanted))

it('keeps the extension of a name that is too long', () => {
  const name = cleanFileName(`${'ب'.repeat(500)}.webm`)
  expect([...name]).toHaveLength(LIMITS.fileNameCharacters)
  expect(name.endsWith('.webm')).toBe(true)
})

it('never gives a path, an empty name or a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const name = cleanFileName(given)
      expect(name).toMatch(/^[^/\\\p{Cc}]+$/u)
      expect(['.', '..']).not.toContain(name)
      expect([...name].length).toBeLessThanOrEqual(LIMITS.fileNameCharacters)
    }),
  )
})

it.each([
  ['video/mp4', 'video/mp4'],
  ['Audio/OGG; codecs=opus', 'audio/ogg; codecs=opus'],
  ['text/html\r\nX: y', 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['nonsense', 'application/octet-stream'],
  ['a/b/c', 'application/octet-stream'],
])('cleans the type %j', (given, wanted) => expect(cleanMediaType(given)).toBe(wanted))
