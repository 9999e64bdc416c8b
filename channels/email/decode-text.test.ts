import { describe, expect, it } from 'vitest'
import { decodeText } from './decode-text.ts'

const ARABIC = 'السلام عليكم، الماء مقطوع منذ أسبوع في حينا ولا أحد يجيب على الهاتف'
const FRENCH = 'L’accueil a été fermé à midi, où étiez-vous ?'

/** A single-byte text from its code page, made by turning the decoder round. */
const encode = (text: string, label: string): Buffer => {
  const decoder = new TextDecoder(label)
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Buffer.from([byte])), byte]))
  return Buffer.from([...text].map((letter) => table.get(letter) ?? 0x3f))
}
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

const cp1256 = encode(ARABIC, 'windows-1256')
const iso6 = encode(ARABIC, 'iso-8859-6')

describe('text in the charset it is written in', () => {
  it.each<[string, Buffer, string | undefined, string]>([
    ['windows-1256, labelled', cp1256, 'windows-1256', ARABIC],
    ['windows-1256, labelled cp-1256', cp1256, 'CP-1256', ARABIC],
    ['windows-1256, unlabelled', cp1256, undefined, ARABIC],
    ['windows-1256 called us-ascii', cp1256, 'us-ascii', ARABIC],
    ['windows-1256 called UTF-8', cp1256, 'utf-8', ARABIC],
    ['windows-1256 called iso-8859-1', cp1256, 'iso-8859-1', ARABIC],
    ['ISO-8859-6, labelled', iso6, 'ISO-8859-6', ARABIC],
    ['ISO-8859-6, unlabelled', iso6, undefined, ARABIC],
    ['UTF-8, unlabelled', Buffer.from(ARABIC), undefined, ARABIC],
    ['UTF-8 called iso-8859-1', Buffer.from(FRENCH), 'iso-8859-1', FRENCH],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${ARABIC}`), 'windows-1256', ARABIC],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${ARABIC}`, 'utf16le'), 'utf-16', ARABIC],
    ['UTF-16 big-endian without a mark', utf16be(ARABIC), 'utf-16', ARABIC],
    ['UTF-16 little-endian without a mark', Buffer.from(ARABIC, 'utf16le'), 'utf-16', ARABIC],
    ['UTF-16BE, labelled', utf16be(ARABIC), 'utf-16be', ARABIC],
    ['windows-1252 French, unlabelled', encode(FRENCH, 'windows-1252'), undefined, FRENCH],
    ['one Arabic word in windows-1256', encode('شكاية', 'windows-1256'), undefined, 'شكاية'],
    ['one Arabic word in ISO-8859-6', encode('شكوى', 'iso-8859-6'), undefined, 'شكوى'],
    ['one French word', encode('été', 'windows-1252'), undefined, 'été'],
    ['a French capital', encode('À Fès', 'windows-1252'), undefined, 'À Fès'],
    [
      'broken bytes in French UTF-8',
      Buffer.concat([Buffer.from('Le guichet est fermé '), Buffer.from([0xff, 0xed])]),
      'utf-8',
      'Le guichet est fermé \uFFFD\uFFFD',
    ],
    ['a label nobody knows', Buffer.from(ARABIC), 'x-nonsense', ARABIC],
  ])('%s', (_name, bytes, label, text) => {
    expect(decodeText(bytes, label)).toBe(text)
  })

  it('keeps UTF-8 with a broken character readable', () => {
    const broken = Buffer.concat([Buffer.from(ARABIC), Buffer.from([0xff])])
    expect(decodeText(broken, 'utf-8')).toBe(`${ARABIC}\uFFFD`)
  })
})
