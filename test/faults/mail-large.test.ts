import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailGateway, onTheWire, openMailGateway } from '../support/mail.ts'

const MEGABYTE = 1024 * 1024

let gateway: MailGateway
beforeAll(async () => {
  gateway = await openMailGateway()
})
afterAll(() => gateway.close())

const part = (name: string, megabytes: number, type = 'video/mp4') =>
  `--m\nContent-Type: ${type}; name=${name}\nContent-Disposition: attachment\n\n${`${'a'.repeat(1_023)}\n`.repeat(megabytes * 1024)}\n`

const mailOf = (from: string, ...parts: string[]): Buffer =>
  onTheWire(
    `From: ${from}\nTo: plaintes@wasl.example\nSubject: Film\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nLe film montre tout.\n${parts.join('')}--m--\n`,
  )

/** How much larger the process becomes at most while the work runs, and how long its thread ever computes without a pause. */
const watched = async <T>(work: () => Promise<T>) => {
  const before = process.memoryUsage.rss()
  // The time of this thread and not of the clock: other work on the machine is no fault of the gateway.
  const busy = () => process.threadCpuUsage().user / 1000
  let [most, longest, last] = [before, 0, busy()]
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
    longest = Math.max(longest, busy() - last)
    last = busy()
  }, 20)
  try {
    return { result: await work(), grown: most - before, longest }
  } finally {
    clearInterval(timer)
  }
}

describe('large mail', () => {
  it('over the limit is filed with its words, and its sender is told where to send the rest (P17)', async () => {
    const filed = await gateway.take(
      mailOf(
        'amina@example.ma',
        part('trop-grand.mp4', 27),
        part('un.mp4', 24),
        part('deux.mp4', 24),
        part('trois.mp4', 24),
      ),
    )
    expect(filed).toMatchObject({ outcome: 'created', class: 'too_large', answerable: true })
    expect(filed.text).toContain('Le film montre tout.')
    const media = await gateway.media(filed.complaint_id)
    expect(media.map(({ name }) => name)).toEqual(['un.mp4', 'deux.mp4'])
    const [sent] = await gateway.sendReceipts()
    const { text } = await simpleParser(sent!.raw)
    expect(text).toMatch(/Pièces refusées :\n- \u2066trop-grand\.mp4.*\n- \u2066trois\.mp4/)
    expect(text).toContain('https://wasl.example/u/link')
  })

  it.each([
    ['a film of 20 MB', part('film.mp4', 20)],
    ['an attached message of 30 MB', part('message.eml', 30, 'message/rfc822')],
    ['a text of 30 MB', `${'mot '.repeat(8 * MEGABYTE)}\n`],
    ['HTML of 30 MB', `--m\nContent-Type: text/html\n\n${'<p>mot</p>'.repeat(3 * MEGABYTE)}\n`],
    ['one line of 30 MB', `--m\nContent-Type: text/plain\n\n${'x'.repeat(30 * MEGABYTE)}\n`],
    ['a header of 30 MB', `--m\nX-Long: ${'x'.repeat(30 * MEGABYTE)}\n\nmot\n`],
  ])('%s holds up nobody and stays small in memory (P36)', async (name, content) => {
    const raw = mailOf(`${name.length}@example.ma`, content)
    const { result, grown, longest } = await watched(() => gateway.take(raw))
    expect(result).toMatchObject({ outcome: 'created' })
    expect(result.text).not.toBe('')
    expect(grown).toBeLessThan(300 * MEGABYTE)
    expect(longest).toBeLessThan(1_000)
  })
})
