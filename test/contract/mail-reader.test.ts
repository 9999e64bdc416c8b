import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { createMessageReader } from '../../channels/email/read-message.ts'
import type { KeepFile } from '../../src/core/mail-message.ts'
import { onTheWire } from '../support/mail.ts'

const MEGA = 1024 * 1024
const keep: KeepFile = async (_file, _position, content) => {
  let bytes = 0
  for await (const chunk of content as AsyncIterable<Buffer>) bytes += chunk.length
  return { ok: true, bytes, sha256: 'x' }
}
const { signal } = new AbortController()

function* chunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
const source = (mail: string | Buffer) =>
  Readable.from(chunks(typeof mail === 'string' ? onTheWire(mail) : mail))
const simple = 'From: a@b.ma\nSubject: x\n\nBonjour\n'
/** Nested in a way that takes the sanitiser long. */
const poison = `From: a@b.ma\nContent-Type: text/html\n\n${'<div><p>'.repeat(50_000)}`
/** Each takes more than the small heap of the test: by its depth, by its lines. */
const heavy = [
  Array.from({ length: 4_500 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`).join(
    '',
  ),
  `Content-Type: text/plain\n\n${'> x\n'.repeat(400_000)}`,
].map((rest) => `From: a@b.ma\n${rest}`)
const withFile = (bytes: number) =>
  Buffer.concat([
    onTheWire(
      'From: a@b.ma\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nVoir\n--x\nContent-Type: video/mp4; name=f.mp4\nContent-Transfer-Encoding: base64\n\n',
    ),
    Buffer.from(`${Buffer.alloc(57, 1).toString('base64')}\r\n`.repeat(Math.ceil(bytes / 57))),
    onTheWire('--x--\n'),
  ])

const reader = createMessageReader()
afterAll(() => reader.close())

// For what hangs: a full heap is cleaned for long on a busy machine before it is given up.
describe('reading in a process of its own', { timeout: 120_000 }, () => {
  it('gives words and files, message after message', async () => {
    for (let n = 0; n < 5; n += 1) {
      const result = await reader.read(source(withFile(1_000)), keep, signal)
      expect(result).toMatchObject({
        ok: true,
        mail: { text: 'Voir' },
        files: [{ name: 'f.mp4', kept: { ok: true } }],
      })
    }
  })

  it('ends a message that takes too long, and the neighbour goes on meanwhile', async () => {
    const hasty = createMessageReader({ patienceMs: 1_500 })
    const [slow, quick] = await Promise.all([
      hasty.read(source(poison), keep, signal),
      hasty.read(source(simple), keep, signal),
    ])
    expect(slow).toEqual({ ok: false, reason: 'too_slow' })
    expect(quick).toMatchObject({ ok: true })
    expect(await hasty.read(source(simple), keep, signal)).toMatchObject({ ok: true })
    await hasty.close()
  })

  it('ends what takes too much memory, mail after mail, and nothing else with it', async () => {
    const small = createMessageReader({ memoryMb: 20, patienceMs: 120_000 })
    const read = (mail: string) => small.read(source(mail), keep, signal)
    const results = await Promise.all([...heavy, ...heavy].map(read))
    expect(results).toEqual(results.map(() => ({ ok: false, reason: 'too_heavy' })))
    expect(await read(simple)).toMatchObject({ ok: true })
    await small.close()
  })

  it('does not blame a message for a process that could not begin', async () => {
    const none = createMessageReader({ memoryMb: 1 })
    await expect(none.read(source(simple), keep, signal)).rejects.toThrow('did not begin')
    await none.close()
  })

  it('never holds up the event loop, and holds no file in memory', async () => {
    const before = process.memoryUsage().rss
    let longest = 0
    let peak = 0
    // The time of this thread and not of the clock: other work on the machine is no fault of the reader.
    const busy = () => process.threadCpuUsage().user / 1000
    let last = busy()
    const beat = setInterval(() => {
      longest = Math.max(longest, busy() - last)
      last = busy()
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 10)
    await reader.read(source(withFile(24 * MEGA)), keep, signal)
    await reader.read(
      source(`From: a@b.ma\nContent-Type: text/html\n\n${'<p>x '.repeat(2_000_000)}`),
      keep,
      signal,
    )
    clearInterval(beat)
    expect(longest).toBeLessThan(500)
    expect(peak - before).toBeLessThan(300 * MEGA)
  })

  it('refuses a file above the limit and keeps the others', async () => {
    const result = await reader.read(source(withFile(26 * MEGA)), keep, signal)
    expect(result).toMatchObject({
      ok: true,
      mail: { text: 'Voir' },
      files: [{ kept: { ok: false, reason: 'too_large' } }],
    })
  })

  it('takes fifty files and names the others', async () => {
    const part = '--x\nContent-Type: image/png; name=a.png\n\nab\n'
    const mail = `From: a@b.ma\nContent-Type: multipart/mixed; boundary=x\n\n${part.repeat(52)}--x--`
    const result = await reader.read(source(mail), keep, signal)
    const kept = result.ok ? result.files.map((file) => file.kept) : []
    expect(kept.filter(({ ok }) => ok)).toHaveLength(50)
    expect(kept.slice(50)).toEqual([
      { ok: false, reason: 'too_many' },
      { ok: false, reason: 'too_many' },
    ])
  })

  it('rejects when the store is away, so that the message is tried again', async () => {
    const away: KeepFile = async (_file, _position, content) => {
      content.resume()
      throw new Error('store away')
    }
    await expect(reader.read(source(withFile(MEGA)), away, signal)).rejects.toThrow('store away')
    expect(await reader.read(source(simple), keep, signal)).toMatchObject({ ok: true })
  })

  it('does not count what the store takes as the message’s time', async () => {
    const hasty = createMessageReader({ patienceMs: 1_500 })
    const slowStore: KeepFile = async (file, position, content) => {
      await new Promise((resolve) => setTimeout(resolve, 2_500))
      return keep(file, position, content)
    }
    expect(await hasty.read(source(withFile(MEGA)), slowStore, signal)).toMatchObject({ ok: true })
    await hasty.close()
  })

  it.each([
    [
      'nested 500 deep',
      `From: a@b.ma\n${Array.from({ length: 500 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`).join('')}Content-Type: text/plain\n\nau fond`,
      'au fond',
    ],
    [
      '500 messages in each other',
      `From: a@b.ma\n${Array.from({ length: 500 }, (_, n) => `Content-Type: message/rfc822\n\nSubject: s${n}\n`).join('')}\nau fond`,
      'au fond',
    ],
    [
      'a boundary that never ends',
      'From: a@b.ma\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nau fond',
      'au fond',
    ],
    ['a boundary that never comes', 'From: a@b.ma\nContent-Type: multipart/mixed; boundary=x\n\nau fond', ''],
    ['NUL and broken UTF-8', 'From: a@b.ma\n\nau\0 fond \xff', 'fond'],
  ])('reads %s', async (_name, mail, words) => {
    const result = await reader.read(source(mail), keep, signal)
    expect(result).toMatchObject({ ok: true, mail: { text: expect.stringContaining(words) } })
  })
})
