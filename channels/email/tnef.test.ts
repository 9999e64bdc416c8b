import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ascii,
  attachment,
  attribute,
  named,
  properties,
  property,
  richText,
  tnef,
  unicode,
} from '../../test/support/tnef.ts'
import { decompressRtf, textOfRtf } from './rtf-text.ts'
import { unpackTnef } from './tnef.ts'

const MESSAGE = 0x00069003
const codepage = (page: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(page)
  return attribute(1, 0x00069007, bytes)
}

describe('winmail.dat', () => {
  it('gives its files under their true names, with type and Content-ID', () => {
    const { files } = unpackTnef(
      tnef(
        attachment('فاتورة الماء.pdf', Buffer.from('%PDF-1'), [
          property(31, 0x370e, unicode('application/pdf')),
        ]),
        attachment('Photo d’été.jpg', Buffer.from([255, 216]), [property(30, 0x3712, ascii('img1'))]),
      ),
    )
    expect(files).toEqual([
      { name: 'فاتورة الماء.pdf', type: 'application/pdf', content: Buffer.from('%PDF-1') },
      {
        name: 'Photo d’été.jpg',
        type: 'application/octet-stream',
        cid: 'img1',
        content: Buffer.from([255, 216]),
      },
    ])
  })

  it('gives its words: plain in the code page, Unicode, HTML, or rich text', () => {
    const arabic = Buffer.from([0xc7, 0xe1, 0xd4, 0xc8, 0xc7, 0xdf, 0x20, 0xe3, 0xdb, 0xe1, 0xde, 0])
    expect(unpackTnef(tnef(codepage(1256), attribute(1, 0x0002800c, arabic))).text).toBe('الشباك مغلق')
    const body = (...given: Buffer[]) => unpackTnef(tnef(attribute(1, MESSAGE, properties(...given))))
    expect(body(named(ascii('x')), property(31, 0x1000, unicode('Bonjour été'))).text).toBe('Bonjour été')
    expect(body(property(258, 0x1013, Buffer.from('<p>Bonjour</p>'))).html).toBe('<p>Bonjour</p>')
    expect(
      body(property(258, 0x1009, richText("{\\rtf1\\ansi\\ansicpg1252 Le guichet\\par est ferm\\'e9.}")))
        .text,
    ).toBe('Le guichet\nest fermé.')
  })

  it('gives the files of a message inside it', () => {
    const inner = tnef(attachment('dedans.pdf', Buffer.from('abc')))
    const object = property(13, 0x3701, Buffer.concat([Buffer.alloc(16), inner]))
    const { files } = unpackTnef(
      tnef(attribute(2, 0x00069002, Buffer.alloc(14)), attribute(2, 0x00069005, properties(object))),
    )
    expect(files.map(({ name }) => name)).toEqual(['dedans.pdf'])
  })

  it('is believed whole or not at all', () => {
    const good = tnef(attachment('a.pdf', Buffer.from('abc')))
    for (let length = 0; length < good.length - 1; length += 1)
      if (![6].includes(length) && length !== tnef().length) {
        const cut = () => unpackTnef(good.subarray(0, length))
        let files: unknown[] = []
        try {
          files = cut().files as unknown[]
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
        expect(files.length).toBeLessThanOrEqual(1)
      }
  })

  it('never fails in another way and never takes long, whatever stands in it', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(
        attachment('a.pdf', Buffer.from('abc')),
        attribute(1, MESSAGE, properties(property(31, 0x1000, unicode('x')))),
        Buffer.from('ffffffff', 'hex'),
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const begun = performance.now()
        try {
          unpackTnef(tnef(...pieces))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
        expect(performance.now() - begun).toBeLessThan(200)
      }),
      { numRuns: 300 },
    )
  })
})

describe('rich text', () => {
  it.each([
    ['{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\colortbl;}Bonjour \\b tous\\b0.}', 'Bonjour tous.'],
    ["{\\rtf1\\ansi\\ansicpg1256 \\'c7\\'e1\\'e3\\'c7\\'c1}", 'الماء'],
    ['{\\rtf1\\uc1\\u1575?\\u1604?\\u1605?\\u1575?\\u1569? \\\\ \\{x\\}}', 'الماء \\ {x}'],
    [
      '{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Un\\htmlrtf\\par}\\htmlrtf0 {\\*\\htmltag72 </p>}{\\*\\htmltag64 <p>}Deux{\\*\\htmltag72 </p>}}',
      'Un\nDeux',
    ],
    ['{\\rtf1 {\\pict 0123456789abcdef}mot}', 'mot'],
  ])('%s', (rtf, words) => {
    expect(textOfRtf(rtf)).toBe(words)
  })

  it('unfolds what points back, and no more than is said', () => {
    // The example of MS-OXRTFCP, 3.1.
    const example = Buffer.from(
      '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
      'hex',
    )
    expect(decompressRtf(example).toString()).toBe('{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n')
    const bomb = Buffer.from(example)
    bomb.writeUInt32LE(0x7fffffff, 4)
    expect(() => decompressRtf(bomb)).toThrow(RangeError)
  })

  it('of any kind ends in time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          textOfRtf(
            decompressRtf(
              Buffer.concat([Buffer.from('20000000ff0000004c5a467500000000', 'hex'), bytes]),
            ).toString('latin1'),
          )
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 300 },
    )
    expect(textOfRtf(`${'{'.repeat(100_000)}x`)).toBe('x')
  })
})
