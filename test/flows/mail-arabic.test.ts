import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { composeDossier } from '../../src/referrals/compose-dossier.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { openDesk } from '../support/desk.ts'
import { type MailHouse, openMailHouse } from '../support/mail-house.ts'

const WORDS = 'السلام عليكم، الماء مقطوع في حينا منذ أسبوع ولا أحد يجيب. المرجو إرسال من يصلح العطب.'
const SUBJECT = 'انقطاع الماء في حي السلام'

/** Every byte of a code page by the letter it stands for. */
const encodeIn = (label: string) => {
  const letters = new Map(
    Array.from({ length: 256 }, (_byte, code) => [new TextDecoder(label).decode(Uint8Array.of(code)), code]),
  )
  return (text: string): Buffer => Buffer.from([...text].map((letter) => letters.get(letter) ?? 0x3f))
}

const ENCODERS: readonly [string, string | undefined, (text: string) => Buffer][] = [
  ['windows-1256', 'windows-1256', encodeIn('windows-1256')],
  ['ISO-8859-6', 'iso-8859-6', encodeIn('iso-8859-6')],
  ['UTF-8', 'utf-8', (text) => Buffer.from(text)],
  ['UTF-16 with a mark', 'utf-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 without', 'utf-16', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-8 without a label', undefined, (text) => Buffer.from(text)],
  ['windows-1256 without a label', undefined, encodeIn('windows-1256')],
]

let house: MailHouse
let desk: Awaited<ReturnType<typeof openDesk>>
let supervisor: Awaited<ReturnType<typeof desk.enter>>
beforeAll(async () => {
  house = await openMailHouse()
  desk = await openDesk(house.db, house.store)
  supervisor = await desk.enter('ministry-supervisor')
  await house.db.sql`insert into administrations (id, code, names, created_at, updated_at)
    values (${newUuidV7()}, 'EAU', ${'{"ar":"مكتب الماء","fr":"Office de l’eau","en":"Water"}'}::text::jsonb, now(), now())`
  await house.db.sql`insert into connectors (id, administration_id, type, settings, created_at, updated_at)
    select ${newUuidV7()}, id, 'webhook', '{"url":"https://eau.example/hook"}', now(), now() from administrations`
})
afterAll(async () => {
  await desk.close()
  await house.close()
})

/** Labelled in header and body; without a label the bytes stand as they are. */
const mailIn = (from: string, label: string | undefined, encode: (text: string) => Buffer): Buffer => {
  const head = (subject: string) => `From: ${from}\r\nTo: plaintes@wasl.example\r\nSubject: ${subject}\r\n`
  if (label === undefined)
    return Buffer.concat([
      Buffer.from(`From: ${from}\r\nTo: plaintes@wasl.example\r\nSubject: `),
      encode(SUBJECT),
      Buffer.from('\r\n\r\n'),
      encode(WORDS),
      Buffer.from('\r\n'),
    ])
  const subject = `=?${label}?B?${encode(SUBJECT).toString('base64')}?=`
  const type = `MIME-Version: 1.0\r\nContent-Type: text/plain; charset=${label}\r\nContent-Transfer-Encoding: base64\r\n\r\n`
  return Buffer.from(`${head(subject)}${type}${encode(WORDS).toString('base64')}\r\n`)
}

/** What a page says, without its markup. */
const spoken = (page: string): string =>
  page.replace(/<[^>]+>/g, ' ').replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)))

describe('Arabic (P37)', () => {
  it.each(ENCODERS)(
    'in %s reads right in the record, the receipt, on the desk and in the dossier',
    async (name, label, encode) => {
      const from = `${newUuidV7()}@example.ma`
      const filed = await house.take(mailIn(from, label, encode))
      expect(filed, name).toMatchObject({ outcome: 'created', language: 'ar', answerable: true })
      expect(filed.text).toBe(`${SUBJECT}\n\n${WORDS}`)

      const [receipt] = await house.drain()
      expect(receipt?.letter.subject).toBe(`[${filed.reference}] شكايتكم مسجلة - ${SUBJECT}`)
      expect(receipt?.letter.headers.get('content-language')).toBe('ar')

      const page = spoken((await supervisor.get(`/console/complaints/${filed.reference}`, 'ar')).payload)
      expect(page).toContain(SUBJECT)
      expect(page).toContain(WORDS)

      await decideTriage(house.base, {
        complaintId: filed.complaint_id,
        administration: 'EAU',
        actor: 'staff:t',
      })
      const [referral] = await house.db
        .sql`select id from referrals where complaint_id = ${filed.complaint_id}`
      const { dossier } = await composeDossier(
        { ...house.base, secrets: house.secrets, publicUrl: 'https://wasl.example' },
        String(referral?.['id']),
      )
      expect(dossier.text).toBe(`${SUBJECT}\n\n${WORDS}`)
      expect(JSON.parse(JSON.stringify(dossier)).rounds[0].text).toContain(WORDS)
      await house.drain()
    },
  )
})
