import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDirectory } from '../../src/administrations/directory.ts'
import { composeCounter } from '../../src/composition/counter.ts'
import { composeWeb } from '../../src/composition/web.ts'
import { createFileStaging } from '../../src/intake/uploads/file-staging.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { acceptanceOver, openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const GOOD = {
  kind: 'complaint',
  text: 'Le guichet est fermé.',
  language: 'fr',
  preferred: 'none',
  consent: 'yes',
}

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let folder: string
let clerk: Awaited<ReturnType<typeof desk.enter>>
const texted: string[] = []

beforeAll(async () => {
  open = await openTestDatabase()
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-counter-'))
  const { db } = open
  const deps = { db, clock: systemClock, newId: newUuidV7 }
  await seedAdministrations(deps)
  const store = createFileStore({ folder: path.join(folder, 'objects') })
  const staging = createFileStaging({ folder: path.join(folder, 'uploads'), store })
  const { accept } = await acceptanceOver(db)
  const { deps: web } = composeWeb({
    ...deps,
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
    accept,
    directory: createDirectory({ db }),
    uploads: { ...deps, store, staging },
    deadlineRules: () => {
      throw new Error('no new round is opened here')
    },
  })
  const counter = composeCounter(web, async (_complaint, phone) => {
    texted.push(phone)
    return true
  })
  desk = await openDesk(db, store, 'https://wasl.test', {}, () => {}, { counter })
  clerk = await desk.enter('clerk', 'SANTE')
})
afterAll(async () => {
  await desk.close()
  await open.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const freshForm = async () =>
  /name="form" value="([^"]+)"/.exec((await clerk.get('/console/counter')).payload)?.[1] ?? ''

type Part = string | { readonly name: string; readonly type: string; readonly bytes: Buffer }

/** Posts the form as a browser without a script does. */
const submit = async (fields: Record<string, Part>, cookie = clerk.cookie) => {
  const data = new FormData()
  for (const [name, value] of Object.entries<Part>({ form: await freshForm(), ...GOOD, ...fields }))
    if (typeof value === 'string') data.append(name, value)
    else data.append(name, new File([new Uint8Array(value.bytes)], value.name, { type: value.type }))
  const request = new Request('https://wasl.test/', { method: 'POST', body: data })
  return desk.app.inject({
    method: 'POST',
    url: '/console/counter',
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      'accept-language': 'fr',
      'content-type': request.headers.get('content-type') ?? '',
    },
    payload: Buffer.from(await request.arrayBuffer()),
  })
}
const filed = () =>
  open.db.sql`
    select c.id, c.channel, c.kind, c.language, c.reference, c.anonymous, a.code, p.phone, p.email, p.preferred, r.via, r.state
    from complaints c left join complainants p on p.complaint_id = c.id join receipts r on r.complaint_id = c.id
    left join administrations a on a.id = c.named_administration_id
    order by c.received_at desc, c.id desc`

describe('a clerk files for somebody', () => {
  it('comes to the counter first and to nothing else', async () => {
    expect((await clerk.get('/console')).headers['location']).toBe('/console/counter')
    const page = (await clerk.get('/console/counter', 'ar')).payload
    expect(page).toMatch(/<html lang="ar" dir="rtl">[\s\S]*تسجيل شكاية لشخص/)
    for (const url of ['/console/ledger', '/console/members', '/console/failures'])
      expect((await clerk.get(url)).statusCode, url).toBe(403)
    const agent = await desk.enter('agent', 'SANTE')
    expect((await agent.get('/console/counter')).statusCode).toBe(403)
  })

  it('with words and a scanned letter, prints the receipt with its code, and is on record', async () => {
    const answer = await submit({
      administration: 'sante',
      name: 'Zineb',
      files: { name: 'lettre.png', type: 'image/png', bytes: PNG },
    })
    expect(answer.statusCode).toBe(303)
    const [row] = await filed()
    expect(row).toMatchObject({
      channel: 'counter',
      code: 'SANTE',
      anonymous: false,
      via: 'inline',
      state: 'sent',
    })
    const [media] = await open.db
      .sql`select name, sha256 from media_assets where complaint_id = ${row?.['id']}`
    expect(media).toEqual({ name: 'lettre.png', sha256: createHash('sha256').update(PNG).digest('hex') })
    const grant = String(answer.headers['set-cookie']).split(';')[0] ?? ''
    const url = String(answer.headers['location'])
    const done = await desk.app.inject({
      url,
      headers: { cookie: `${clerk.cookie}; ${grant}`, 'accept-language': 'fr' },
    })
    expect(done.payload).toContain(String(row?.['reference']))
    expect(done.payload).toMatch(/Code<\/dt><dd class="digits">[^<]*(<bdi[^>]*>)?\d{6}/)
    expect(done.payload).toMatch(
      /href="\/receipts\/[\w-]{43}\.pdf\?code=1&amp;lang=fr"|href="\/receipts\/[\w-]{43}\.pdf\?code=1&lang=fr"/,
    )
    const later = await desk.app.inject({ url, headers: { cookie: clerk.cookie, 'accept-language': 'fr' } })
    expect(later.payload).not.toMatch(/digits">[^<]*(<bdi[^>]*>)?\d{6}</)
    const [audited] = await open.db.sql`select actor from audit_entries where action = 'complaint.file'`
    expect(audited?.['actor']).toMatch(/^staff:/)
  })

  it('sends the receipt to the telephone and the address that were left', async () => {
    const answer = await submit({ phone: '06 12 34 56 78', email: 'zineb@exemple.ma', preferred: 'sms' })
    expect(String(answer.headers['location'])).toMatch(/\?ways=sms\.email$/)
    expect(texted).toEqual(['+212612345678'])
    const [row] = await filed()
    expect(row).toMatchObject({
      phone: '+212612345678',
      preferred: 'sms',
      via: 'email',
      state: 'due',
      code: null,
    })
  })

  it('files once however often the form is sent', async () => {
    const form = await freshForm()
    const before = (await filed()).length
    const [first, second] = await Promise.all([
      submit({ form, text: 'Deux fois.' }),
      submit({ form, text: 'Deux fois.' }),
    ])
    expect([first.statusCode, second.statusCode]).toEqual([303, 303])
    expect(first.headers['location']).toBe(second.headers['location'])
    expect(await filed()).toHaveLength(before + 1)
  })

  it.each([
    ['nothing said', { text: '' }, '#text'],
    ['no consent', { consent: '' }, '#consent'],
    ['a way without its number', { preferred: 'sms' }, '#phone'],
    ['a number that cannot be', { phone: '12' }, '#phone'],
    ['an office nobody knows', { administration: 'zzzzqqq' }, '#administration'],
    [
      'a program for a letter',
      { files: { name: 'a.exe', type: 'application/x-dosexec', bytes: Buffer.from('MZ') } },
      '#files',
    ],
  ])('says what is wrong and keeps what was typed: %s', async (_, fields: Record<string, Part>, link) => {
    const before = (await filed()).length
    const answer = await submit({ place: 'Fès', ...fields })
    expect(answer.statusCode).toBe(422)
    expect(answer.payload).toContain(`<a href="${link}">`)
    expect(answer.payload).toContain('value="Fès"')
    expect(await filed()).toHaveLength(before)
  })

  it('offers the offices that answer to the words, and keeps the scanned letter meanwhile', async () => {
    const asked = await submit({
      administration: 'hôpital',
      files: { name: 'lettre.png', type: 'image/png', bytes: PNG },
    })
    expect(asked.statusCode).toBe(422)
    const [, office = ''] = /type="radio"[^>]*name="administration" value="([^"]+)"/.exec(asked.payload) ?? []
    const [, upload = ''] = /name="upload" value="([^"]+)"/.exec(asked.payload) ?? []
    expect(await submit({ administration: office, upload })).toMatchObject({ statusCode: 303 })
    const [row] = await filed()
    expect(row).toMatchObject({ code: office })
    const media = await open.db.sql`select name from media_assets where complaint_id = ${row?.['id']}`
    expect(media.map(({ name }) => name)).toEqual(['lettre.png'])
  })

  it('is refused to a form from elsewhere', async () => {
    const answer = await desk.app.inject({
      method: 'POST',
      url: '/console/counter',
      headers: { cookie: clerk.cookie, 'sec-fetch-site': 'cross-site' },
    })
    expect(answer.statusCode).toBe(403)
  })
})
