import { afterAll, describe, expect, it } from 'vitest'
import { LOCALES } from '../../src/core/locale.ts'
import { openWebHouse } from '../support/web-house.ts'

const { server, close } = await openWebHouse('offline')
afterAll(close)

const KEY = 'a-key-made-in-the-browser'
const FIELDS = { key: KEY, kind: 'complaint', text: 'Le pont est fermé depuis les pluies.', contact: 'none' }

const file = (fields: Record<string, string | string[]>, headers: Record<string, string> = {}) => {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(fields))
    for (const value of [values].flat()) form.append(name, value)
  return fetch(`${server.url}/fr/offline`, {
    method: 'POST',
    body: form,
    headers: { origin: new URL(server.url).origin, ...headers },
  })
}
const upload = async (bytes: Buffer, half = false) => {
  const headers = { 'tus-resumable': '1.0.0' }
  const made = await fetch(`${server.url}/api/v1/uploads?free=1`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': `${bytes.length}`,
      'upload-metadata': `filename ${btoa('voix.webm')},filetype ${btoa('audio/webm')}`,
    },
  })
  const where = new URL(made.headers.get('location')!, server.url)
  const send = (from: number, to: number) =>
    fetch(where, {
      method: 'PATCH',
      headers: { ...headers, 'upload-offset': `${from}`, 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array(bytes.subarray(from, to)),
    })
  await send(0, half ? 3 : bytes.length)
  return { id: where.pathname.split('/').at(-1)!, rest: () => send(3, bytes.length) }
}
const complaints = async (key: string) => {
  const [row] = await server.db.sql<{ count: number; media: number }[]>`
    select count(distinct s.complaint_id)::int as count, count(m.id)::int as media from submissions s
    left join media_assets m on m.complaint_id = s.complaint_id where s.external_id = ${`offline:${key}`}`
  return row!
}

describe('what was written without a network', () => {
  it('is one complaint and one receipt, however often and at once it is sent', async () => {
    const done = await upload(Buffer.from('a whole voice'))
    const going = await upload(Buffer.from('a voice on its way'), true)
    const filing = { ...FIELDS, upload: [done.id, going.id] }
    const answers = await Promise.all([file(filing), file(filing), file(filing)])
    answers.push(await file(filing))
    const told = (await Promise.all(answers.map((answer) => answer.json()))) as Record<string, string>[]
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201])
    expect(new Set(told.map((one) => JSON.stringify([one['reference'], one['accessCode']]))).size).toBe(1)
    expect(told[0]).toMatchObject({
      reference: expect.stringMatching(/^\d{10}$/),
      accessCode: expect.stringMatching(/^\d{6}$/),
    })
    expect(await complaints(KEY)).toEqual({ count: 1, media: 1 })
    await going.rest()
    expect(await complaints(KEY)).toEqual({ count: 1, media: 2 })
    await file(filing)
    expect(await complaints(KEY)).toEqual({ count: 1, media: 2 })
  })

  it('takes nobody else’s files', async () => {
    const done = await upload(Buffer.from('somebody’s voice'))
    await file({ ...FIELDS, key: 'the-first-who-names-it', upload: done.id })
    const second = await file({ ...FIELDS, key: 'the-second-who-names-it', upload: done.id })
    expect(second.status).toBe(201)
    expect(await complaints('the-second-who-names-it')).toEqual({ count: 1, media: 0 })
  })

  it('says what must be mended, in the page’s language, and files nothing', async () => {
    const answer = await file({
      ...FIELDS,
      key: 'one-that-is-not-right',
      text: 'a',
      contact: 'phone',
      phone: '12',
    })
    expect(answer.status).toBe(422)
    const { problems } = (await answer.json()) as { problems: { field: string; message: string }[] }
    expect(problems.map(({ field }) => field)).toEqual(['text', 'phone'])
    expect(problems[0]?.message).toContain('Racontez')
    expect((await complaints('one-that-is-not-right')).count).toBe(0)
  })

  it('comes from our own pages only, under a key that is one', async () => {
    const foreign = await file(
      { ...FIELDS, key: 'from-somewhere-else-x' },
      { origin: 'https://evil.example' },
    )
    expect(foreign.status).toBe(403)
    expect((await file({ ...FIELDS, key: 'short' })).status).toBe(400)
  })
})

describe('what a telephone keeps', () => {
  it('names only pages that are the same for everyone, and everything they need', async () => {
    const worker = await fetch(`${server.url}/sw.js`)
    expect(worker.headers.get('cache-control')).toBe('no-cache')
    const script = await worker.text()
    const files = JSON.parse(/const FILES = (\[.*?\])/s.exec(script)?.[1] ?? '[]') as string[]
    expect(files.filter((name) => !name.startsWith('/assets/'))).toEqual(
      LOCALES.map((locale) => `/${locale}/offline`),
    )
    let weight = 0
    for (const name of files) {
      const answer = await fetch(server.url + name, { headers: { 'accept-encoding': 'br' } })
      expect(answer.status, name).toBe(200)
      expect(answer.headers.get('set-cookie'), name).toBeNull()
      weight += Number(answer.headers.get('content-length') ?? 0)
    }
    expect(weight).toBeLessThan(80 * 1024)
    const imported = [...script.matchAll(/from '(\/assets\/[^']+)'/g)].map(([, url]) => url)
    expect(files).toEqual(expect.arrayContaining(imported))
  })

  it.each(LOCALES)('has a manifest in %s', async (locale) => {
    const answer = await fetch(`${server.url}/${locale}/manifest.webmanifest`)
    expect(answer.headers.get('content-type')).toContain('application/manifest+json')
    expect(await answer.json()).toMatchObject({
      lang: locale,
      start_url: `/${locale}/`,
      display: 'standalone',
    })
    expect(await (await fetch(`${server.url}/${locale}/`)).text()).toContain(
      `/${locale}/manifest.webmanifest`,
    )
  })
})
