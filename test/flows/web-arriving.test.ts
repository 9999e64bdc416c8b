import { afterAll, describe, expect, it } from 'vitest'
import { receiptLetter } from '../../src/html/receipt-letter.ts'
import { receiptPage } from '../../src/html/receipt-page.ts'
import { joinArrived } from '../../src/intake/arriving-media.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { composeReceipt } from '../../src/receipts/compose-receipt.ts'
import { testSecrets } from '../support/acceptance.ts'
import { sha256 } from '../support/upload-client.ts'
import { openWebHouse } from '../support/web-house.ts'
import { type WebPerson, webPerson } from '../support/web-person.ts'

const { server, close } = await openWebHouse('arriving')
afterAll(close)

const VOICE = Buffer.from('a voice that takes its time on a slow line')

const tus = async (person: WebPerson, method: string, where: string, headers: object, body?: Buffer) => {
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return fetch(new URL(where, server.url), {
    method,
    headers: { 'tus-resumable': '1.0.0', cookie, ...headers },
    ...(body ? { body: new Uint8Array(body) } : {}),
  })
}
const patch = (person: WebPerson, where: string, from: number, body: Buffer, more = {}) => {
  const headers = { 'upload-offset': `${from}`, 'content-type': 'application/offset+octet-stream', ...more }
  return tus(person, 'PATCH', where, headers, body)
}
const begin = async (person: WebPerson) => {
  const metadata = `filename ${btoa('voix.webm')},filetype ${btoa('audio/webm')}`
  const made = await tus(person, 'POST', '/api/v1/uploads', {
    'upload-defer-length': '1',
    'upload-metadata': metadata,
  })
  return made.headers.get('location') ?? ''
}
const whole = { 'upload-length': `${VOICE.length}` }

/** Files without a word typed, ten bytes of the recording there. */
const fileWhileSending = async () => {
  const person = webPerson(server.url)
  await person.post('/fr/file/draft', {})
  const upload = await begin(person)
  await patch(person, upload, 0, VOICE.subarray(0, 10))
  await person.get('/fr/file/message?way=speak')
  const first = await person.post('/fr/file/message', { way: 'speak', text: '', kind: 'complaint' })
  expect(first.location).toBe('/fr/file/office')
  await person.post('/fr/file/office', { office: 'unknown' })
  await person.post('/fr/file/contact', { contact: 'none' })
  return { person, upload }
}
const send = async (person: WebPerson) => {
  const sent = await person.post('/fr/file/check', { action: 'send' })
  expect(sent.location).toContain('/receipts/')
  return server.accepted.at(-1)!
}
const receiptOf = async (receiptId: string) =>
  (await composeReceipt(
    {
      sql: server.db.sql,
      secrets: testSecrets,
      publicUrl: 'http://127.0.0.1',
      officeZone: 'Africa/Casablanca',
    },
    receiptId,
  ))!
const assets = (complaintId: string) => server.db.sql<{ name: string; sha256: string; position: number }[]>`
  select name, sha256, position from media_assets where complaint_id = ${complaintId} order by created_at, position`

describe('a filing does not wait for a slow line (G18)', () => {
  it('is filed at once, says what is missing, and the rest joins when it is whole', async () => {
    const { person, upload } = await fileWhileSending()
    const { complaintId, receiptId } = await send(person)
    expect(await assets(complaintId)).toEqual([])
    const facts = await receiptOf(receiptId)
    expect(facts.arriving).toMatchObject({ files: [{ name: 'voix.webm', bytes: null }] })
    const shown = receiptPage('fr', facts, { path: '/receipts/x', islands: ['/assets/rest.js'] })
    for (const words of ['voix.webm', 'Pas encore arrivé', '/u/', '/assets/rest.js'])
      expect(shown).toContain(words)
    const letter = receiptLetter(facts, '123456').text
    expect(letter).toContain(facts.arriving?.link)
    expect(letter, 'an address may be a stranger’s').not.toContain('voix.webm')

    // The draft is closed, its cookie may be gone: the upload's own id is the right to go on.
    const stranger = webPerson(server.url)
    expect((await patch(stranger, upload, 10, VOICE.subarray(10), whole)).status).toBe(204)
    expect(await assets(complaintId)).toMatchObject([{ name: 'voix.webm', sha256: sha256(VOICE) }])
    const after = await receiptOf(receiptId)
    expect(after.arriving).toBeUndefined()
    expect(after.laterFiles).toMatchObject([{ name: 'voix.webm', sha256: sha256(VOICE) }])
    expect(after.claims.contentSha256, 'what was signed stays signed').toBe(facts.claims.contentSha256)
    const messages = await server.db.sql`
      select topic from outbox_messages where complaint_id = ${complaintId} and topic = 'media.process'`
    expect(messages).toHaveLength(1)
  })

  it('joins once, however often it is told and sent', async () => {
    const { person, upload } = await fileWhileSending()
    const { complaintId } = await send(person)
    await person.post('/fr/file/check', { action: 'send' })
    await patch(person, upload, 10, VOICE.subarray(10), whole)
    const id = upload.split('/').at(-1)!
    await Promise.all([1, 2, 3].map(() => joinArrived({ ...server, newId: newUuidV7 }, id)))
    expect(await assets(complaintId)).toHaveLength(1)
  })

  it('gives a link for the rest that lives 72 hours', async () => {
    const { person } = await fileWhileSending()
    const { complaintId, receiptId } = await send(person)
    const { pathname } = new URL((await receiptOf(receiptId)).arriving?.link ?? '')
    const page = await person.get(`/fr${pathname}`)
    expect(page.html).toContain('Ajouter des photos')
    const photo = new File(['a picture of it'], 'photo.jpg', { type: 'image/jpeg' })
    await person.post(`/fr${pathname}`, { files: photo })
    expect(await assets(complaintId)).toMatchObject([{ name: 'photo.jpg' }])
    const { person: late } = await fileWhileSending()
    const filed = await send(late)
    const link = new URL((await receiptOf(filed.receiptId)).arriving?.link ?? '').pathname
    server.clock.ahead = 73 * 3_600_000
    expect((await late.get(`/fr${link}`)).html).toContain('plus valable')
    server.clock.ahead = 0
  })

  it('asks for words where nothing at all was given', async () => {
    const person = webPerson(server.url)
    await person.get('/fr/file/message?way=speak')
    const answer = await person.post('/fr/file/message', { way: 'speak', text: '', kind: 'complaint' })
    expect(answer.status).toBe(422)
  })
})
