import fs from 'node:fs'
import path from 'node:path'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailGateway, type Met, openMailGateway } from '../support/mail.ts'

/** Beside each mail of test/mail: what a competent clerk would have made of it. What is not named is not looked at. */
interface Expected extends Partial<Met> {
  /** Words that must stand in the record. */
  readonly contains?: readonly string[]
  readonly excludes?: readonly string[]
  readonly once?: readonly string[]
  readonly htmlExcludes?: readonly string[]
  readonly media?: readonly string[]
  readonly receivedAt?: string
  readonly receiptTo?: string
}

const FOLDER = path.join(import.meta.dirname, '../mail')
const NAMES = fs
  .readdirSync(FOLDER)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => name.slice(0, -'.eml'.length))

let gateway: MailGateway
beforeAll(async () => {
  gateway = await openMailGateway({ authservId: 'mx.of-this-test.example' })
})
afterAll(() => gateway.close())

const occurrences = (text: string, words: string): number => text.split(words).length - 1

const checkRecord = async (met: Met, expected: Expected): Promise<void> => {
  for (const words of expected.contains ?? []) expect(met.text).toContain(words)
  for (const words of expected.excludes ?? []) expect(met.text).not.toContain(words)
  for (const words of expected.once ?? []) expect(occurrences(met.text, words)).toBe(1)
  for (const words of expected.htmlExcludes ?? []) expect(met.html).not.toContain(words)
  expect(met.text.trim()).not.toBe('')
  if (expected.media)
    expect((await gateway.media(met.complaint_id)).map(({ name }) => name)).toEqual(expected.media)
  const [row] = await gateway.db.sql`select received_at from complaints where id = ${met.complaint_id}`
  if (expected.receivedAt) expect(row?.['received_at']).toEqual(new Date(expected.receivedAt))
}

/** At most one mail goes out for it, to one address, and only where it may be answered. */
const checkReceipt = async (met: Met, expected: Expected): Promise<void> => {
  const sent = await gateway.sendReceipts()
  expect(sent).toHaveLength(met.outcome === 'created' && met.answerable ? 1 : 0)
  const [first] = sent
  if (first === undefined) return
  const letter = await simpleParser(first.raw)
  expect([letter.to].flat().map((to) => to?.text)).toEqual([expected.receiptTo ?? met.email])
  expect(letter.text).toContain(met.reference)
  expect(letter.cc).toBeUndefined()
}

describe('golden mails', () => {
  it.each(NAMES)('%s', async (name) => {
    const raw = fs.readFileSync(path.join(FOLDER, `${name}.eml`))
    const expected: Expected = JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.json`), 'utf8'))
    const { contains, excludes, once, htmlExcludes, media, receivedAt, receiptTo, ...facts } = expected
    const met = await gateway.take(raw)
    expect(met).toMatchObject(facts)
    if (met.outcome === 'created') await checkRecord(met, expected)
    await checkReceipt(met, expected)
    const [event] = await gateway.db.sql`
      select e.raw_sha256, e.raw_bytes::int from inbound_events e order by e.received_at desc, e.id desc limit 1`
    expect(event?.['raw_bytes']).toBe(raw.length)
  })
})
