import { afterAll, expect, it } from 'vitest'
import { createUploadLink, readUploadLink } from '../../src/intake/upload-links.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { acceptanceOver, submissionOf, testSecrets } from '../support/acceptance.ts'
import { openWebHouse } from '../support/web-house.ts'
import { webPerson } from '../support/web-person.ts'

const { server, close } = await openWebHouse('link')
afterAll(close)

const HOUR = 3600_000
const photo = (name = 'photo.jpg') => new File([`picture ${name}`], name, { type: 'image/jpeg' })

const makeLink = async () => {
  const { accept } = await acceptanceOver(server.db)
  const { complaintId, reference } = await accept(submissionOf({ channel: 'sms', language: 'fr' }))
  const deps = { clock: server.clock, newId: newUuidV7, secrets: testSecrets, publicUrl: 'http://127.0.0.1' }
  const url = await createUploadLink(server.db.orm, deps, complaintId)
  return { complaintId, reference, path: new URL(url).pathname, token: url.split('/').at(-1)! }
}
const filesOf = (complaintId: string) => server.db.sql<{ name: string; state: string }[]>`
  select name, state from media_assets where complaint_id = ${complaintId} order by position`

/** A whole resumable upload as the page's script makes it: declared, cut off, continued. */
const upload = async (bytes: Buffer, cookie = ''): Promise<string> => {
  const headers = { 'tus-resumable': '1.0.0', cookie }
  const made = await fetch(`${server.url}/api/v1/uploads?free=1`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(bytes.length),
      'upload-metadata': `filename ${btoa('film.mp4')},filetype ${btoa('video/mp4')}`,
    },
  })
  const location = new URL(made.headers.get('location')!, server.url)
  for (const [from, to] of [
    [0, 3],
    [3, bytes.length],
  ] as const)
    await fetch(location, {
      method: 'PATCH',
      headers: {
        ...headers,
        'upload-offset': String(from),
        'content-type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(bytes.subarray(from, to)),
    })
  return location.pathname.split('/').at(-1)!
}

it('is short: the bare domain and at most twelve characters', async () => {
  const { path: shown } = await makeLink()
  expect(shown.length).toBeLessThanOrEqual(12)
  expect(
    await server.db.sql`select token_mac from upload_links where token_mac like ${`%${shown.slice(3)}%`}`,
  ).toEqual([])
})

it('adds the files of a form to the complaint, in its language and without scripts, once', async () => {
  const { complaintId, reference, path: link, token } = await makeLink()
  const person = webPerson(server.url)
  const page = await person.get(link)
  expect(page.html).toContain('lang="fr"')
  expect(page.html).toContain(reference)
  const sent = await person.post(`/fr/u/${token}`, { files: photo() })
  expect([sent.status, sent.location]).toEqual([303, `/fr/u/${token}`])
  expect(await filesOf(complaintId)).toEqual([{ name: 'photo.jpg', state: 'stored' }])
  const events = await server.db
    .sql`select event, facts from complaint_events where complaint_id = ${complaintId} and event = 'added'`
  expect(events).toMatchObject([{ facts: { channel: 'web', files: 1 } }])
  const work = await server.db
    .sql`select topic from outbox_messages where complaint_id = ${complaintId} and topic = 'media.process'`
  expect(work).toHaveLength(1)
  const ledger = await server.db
    .sql`select outcome from ledger_entries where complaint_id = ${complaintId} and channel = 'web'`
  expect(ledger).toEqual([{ outcome: 'appended' }])
  expect((await person.get(link)).html).toContain('Nous avons reçu')
  await person.post(`/fr/u/${token}`, { files: photo('second.jpg') })
  expect(await filesOf(complaintId)).toHaveLength(1)
})

it('takes resumable uploads, also in a browser that is filing something else', async () => {
  const { complaintId, token } = await makeLink()
  const person = webPerson(server.url)
  await person.get('/fr/file/message?way=write')
  await person.post('/fr/file/message', { text: 'Autre chose, une autre plainte.', kind: 'complaint' })
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const bytes = Buffer.from('a film that is cut in two')
  const id = await upload(bytes, cookie)
  await person.get(`/fr/u/${token}`)
  expect((await person.post(`/fr/u/${token}`, { upload: id })).status).toBe(303)
  expect(await filesOf(complaintId)).toEqual([{ name: 'film.mp4', state: 'stored' }])
  const [held] = await server.db.sql<
    { claimed_by: string }[]
  >`select claimed_by from uploads where id = ${id}`
  expect(held!.claimed_by).toBe(complaintId)
})

it('counts two presses at once as one', async () => {
  const { complaintId, token } = await makeLink()
  const id = await upload(Buffer.from('pressed twice'))
  const people = [webPerson(server.url), webPerson(server.url)]
  const answers = await Promise.all(people.map((person) => person.post(`/fr/u/${token}`, { upload: id })))
  expect(answers.every(({ status }) => status < 500)).toBe(true)
  expect(await filesOf(complaintId)).toHaveLength(1)
})

it('keeps what is good and says what was refused', async () => {
  const { complaintId, token } = await makeLink()
  const person = webPerson(server.url)
  const program = new File(['MZ\u0000'], 'photo.png', { type: 'image/png' })
  const refused = await person.post(`/fr/u/${token}`, { files: program })
  expect(refused.status).toBe(422)
  expect(await filesOf(complaintId)).toEqual([])
  expect((await person.post(`/fr/u/${token}`, {})).problems.join()).toContain(
    'Choisissez au moins un fichier',
  )
  expect((await person.post(`/fr/u/${token}`, { upload: 'unknown' })).problems.join()).toContain(
    'introuvable',
  )
  expect((await person.post(`/fr/u/${token}`, { files: photo() })).status).toBe(303)
})

it('ends after 72 hours', async () => {
  const { complaintId, token, path: link } = await makeLink()
  const person = webPerson(server.url)
  try {
    server.clock.ahead = 71 * HOUR
    expect((await person.get(link)).html).toContain('<form')
    server.clock.ahead = 73 * HOUR
    expect((await person.get(link)).html).toContain('plus valable')
    await person.post(`/fr/u/${token}`, { files: photo() })
    expect(await filesOf(complaintId)).toEqual([])
  } finally {
    server.clock.ahead = 0
  }
})

it('is unknown when it was guessed, and guessing ends', async () => {
  const person = webPerson(server.url)
  expect((await person.get('/u/ABCDEFGHJ')).status).toBe(404)
  expect(
    await readUploadLink({ db: server.db, clock: server.clock, secrets: testSecrets }, 'x'.repeat(9)),
  ).toBeUndefined()
  const statuses = new Set<number>()
  for (let i = 0; i < 130; i += 1) statuses.add((await person.get('/u/ABCDEFGHJ')).status)
  expect(statuses).toContain(429)
})
