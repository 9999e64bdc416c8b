/** A winmail.dat written by hand, to the letter of MS-OXTNEF. */
const u16 = (value: number) => Buffer.from([value & 255, value >> 8])
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

export const attribute = (level: 1 | 2, id: number, data: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([level]),
    u32(id),
    u32(data.length),
    data,
    u16(data.reduce((sum, byte) => (sum + byte) & 0xffff, 0)),
  ])

const padded = (value: Buffer) => Buffer.concat([value, Buffer.alloc((4 - (value.length % 4)) % 4)])

export const property = (type: number, id: number, value: Buffer): Buffer =>
  Buffer.concat([u16(type), u16(id), u32(1), u32(value.length), padded(value)])
export const long = (id: number, value: number): Buffer => Buffer.concat([u16(3), u16(id), u32(value)])
export const named = (value: Buffer): Buffer =>
  Buffer.concat([
    u16(30),
    u16(0x8001),
    Buffer.alloc(16),
    u32(1),
    u32(4),
    Buffer.from('a\0b\0'),
    u32(1),
    u32(value.length),
    padded(value),
  ])
export const properties = (...given: Buffer[]): Buffer => Buffer.concat([u32(given.length), ...given])

export const unicode = (words: string): Buffer => Buffer.from(`${words}\0`, 'utf16le')
export const ascii = (words: string): Buffer => Buffer.from(`${words}\0`, 'latin1')

export const tnef = (...attributes: Buffer[]): Buffer =>
  Buffer.concat([u32(0x223e9f78), u16(1), ...attributes])

/** An attachment as Outlook writes it: a short name in the old way, the true one as a property. */
export const attachment = (longName: string, content: Buffer, more: readonly Buffer[] = []): Buffer =>
  Buffer.concat([
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00018010, ascii('FACTUR~1.PDF')),
    attribute(2, 0x0006800f, content),
    attribute(
      2,
      0x00069005,
      properties(long(0x0e20, content.length), property(31, 0x3707, unicode(longName)), ...more),
    ),
  ])

/** Compressed rich text as the reader expects it, every byte written out. */
export const richText = (rtf: string): Buffer => {
  const raw = Buffer.from(rtf, 'latin1')
  const runs = Array.from({ length: Math.ceil(raw.length / 8) }, (_run, nth) =>
    Buffer.concat([Buffer.from([0]), raw.subarray(nth * 8, nth * 8 + 8)]),
  )
  const body = Buffer.concat(runs)
  return Buffer.concat([u32(body.length + 12), u32(raw.length), Buffer.from('LZFu'), u32(0), body])
}
