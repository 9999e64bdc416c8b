import { describe, expect, it } from 'vitest'
import { measure, partsOf, plainForSms } from './segments.ts'

describe('the cost of a text message', () => {
  it.each<[string, string, ReturnType<typeof measure>]>([
    ['nothing', '', { encoding: 'gsm7', units: 0, segments: 1 }],
    ['160 letters', 'a'.repeat(160), { encoding: 'gsm7', units: 160, segments: 1 }],
    ['161 letters', 'a'.repeat(161), { encoding: 'gsm7', units: 161, segments: 2 }],
    ['two full parts', 'a'.repeat(306), { encoding: 'gsm7', units: 306, segments: 2 }],
    ['one letter more', 'a'.repeat(307), { encoding: 'gsm7', units: 307, segments: 3 }],
    [
      'the extension table counts twice',
      `${'a'.repeat(159)}€`,
      { encoding: 'gsm7', units: 161, segments: 2 },
    ],
    ['French as GSM-7 has it', 'éèàùìò Ç', { encoding: 'gsm7', units: 8, segments: 1 }],
    ['one ê makes it UCS-2', `ê${'a'.repeat(70)}`, { encoding: 'ucs2', units: 71, segments: 2 }],
    ['a small ç too', 'ç', { encoding: 'ucs2', units: 1, segments: 1 }],
    ['a curly apostrophe too', 'l’eau', { encoding: 'ucs2', units: 5, segments: 1 }],
    ['70 Arabic letters', 'ش'.repeat(70), { encoding: 'ucs2', units: 70, segments: 1 }],
    ['71 Arabic letters', 'ش'.repeat(71), { encoding: 'ucs2', units: 71, segments: 2 }],
    ['134 Arabic letters', 'ش'.repeat(134), { encoding: 'ucs2', units: 134, segments: 2 }],
    ['135 Arabic letters', 'ش'.repeat(135), { encoding: 'ucs2', units: 135, segments: 3 }],
    ['an emoji counts two', '🌍', { encoding: 'ucs2', units: 2, segments: 1 }],
    ['35 emoji', '🌍'.repeat(35), { encoding: 'ucs2', units: 70, segments: 1 }],
    ['36 emoji', '🌍'.repeat(36), { encoding: 'ucs2', units: 72, segments: 2 }],
    ['the escape character itself is no letter', '\u001B', { encoding: 'ucs2', units: 1, segments: 1 }],
  ])('%s', (_name, text, expected) => {
    expect(measure(text)).toEqual(expected)
  })

  it('never cuts a pair in half', () => {
    const emoji = partsOf(`x${'🌍'.repeat(67)}`)
    expect(emoji.join('')).toBe(`x${'🌍'.repeat(67)}`)
    expect(emoji.every((part) => part.isWellFormed() && part.length <= 67)).toBe(true)
    expect(partsOf(`${'a'.repeat(152)}€${'a'.repeat(20)}`)[0]).toBe('a'.repeat(152))
  })

  it('writes French so that it fits, and leaves Arabic alone', () => {
    expect(plainForSms('Clôturée : l’eau « coûte » cœur ça…')).toBe('Cloturée : l\'eau " coute " coeur ca...')
    expect(plainForSms('شكاية 🌍')).toBe('شكاية 🌍')
  })
})
