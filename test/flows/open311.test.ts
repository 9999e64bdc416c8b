import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchRemote } from '../../media/fetch-remote.ts'
import { createDirectory } from '../../src/administrations/directory.ts'
import { createFetchMedia } from '../../src/assets/fetch-media.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { open311Routes } from '../../src/http/open311/routes.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance
let files: http.Server
let base: string
const guard = createOutboundGuard({ allow: ['127.0.0.0/8'] })

beforeAll(async () => {
  open = await openTestDatabase()
  const deps = { db: open.db, clock: systemClock, newId: newUuidV7 }
  await seedAdministrations(deps)
  files = http.createServer((request, response) => response.end(`bytes of ${request.url}`))
  await new Promise<void>((resolve) => {
    files.listen(0, '127.0.0.1', resolve)
  })
  base = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
  app = await createApp({
    logger: pino({ level: 'silent' }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage,
  })
  const directory = createDirectory({ db: open.db })
  open311Routes(app, {
    ...deps,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
    secrets: testSecrets,
    acceptWithin: (await acceptanceOver(open.db)).acceptWithin,
    mayFetch: (url) => guard.checkUrl(url).ok,
    bodies: async () => (await directory.index()).bodies,
    limit: async () => {},
  })
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await guard.close()
  files.close()
  await open.close()
})

const get = (path: string) => app.inject({ url: `/open311/v2/${path}` })
const post = (
  fields: readonly (readonly [string, string])[],
  { format = 'json', key = newUuidV7() }: { format?: string; key?: string } = {},
) =>
  app.inject({
    method: 'POST',
    url: `/open311/v2/requests.${format}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': key },
    payload: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString(),
  })
const POTHOLE = [
  ['service_code', 'SANTE'],
  ['description', 'Le guichet & la « salle » <fermés> depuis lundi.'],
] as const
const numberIn = (answer: { json: () => unknown }) =>
  (answer.json() as { service_request_id: string }[])[0]?.service_request_id ?? ''

/** Every element is closed in its turn: enough to know that a parser would take it. */
const isWellFormed = (xml: string): boolean => {
  const stack: string[] = []
  for (const [, closing, name = '', own] of xml.matchAll(/<(\/?)([\w:]+)[^>]*?(\/?)>/g)) {
    if (own) continue
    if (!closing) stack.push(name)
    else if (stack.pop() !== name) return false
  }
  return stack.length === 0 && !/&(?!amp;|lt;|gt;|quot;)/.test(xml)
}

describe('GeoReport v2: what can be asked', () => {
  it.each(['json', 'xml'])('says where it is and what it serves, in %s', async (format) => {
    const found = await get(`discovery.${format}`)
    const services = await get(`services.${format}`)
    for (const answer of [found, services]) {
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['content-type']).toContain(format === 'xml' ? 'text/xml' : 'application/json')
      if (format === 'xml') expect(isWellFormed(answer.payload)).toBe(true)
    }
    expect(found.payload).toContain('https://wasl.test/open311/v2')
    expect(services.payload).toMatch(/SANTE/)
    expect(services.payload).not.toMatch(/"?DEFENSE|DEFENCE/)
  })

  it('defines a service with its attributes', async () => {
    const { attributes } = (await get('services/SANTE.json')).json()
    expect(attributes.map(({ code }: { code: string }) => code)).toEqual(['kind', 'language'])
    expect(isWellFormed((await get('services/SANTE.xml')).payload)).toBe(true)
    expect((await get('services/NOBODY.json')).statusCode).toBe(404)
  })
})

describe('GeoReport v2: filing', () => {
  it('files with words, person and kind, and gives number and code at once', async () => {
    const answer = await post([
      ...POTHOLE,
      ['first_name', 'Zineb'],
      ['last_name', 'Qaf'],
      ['phone', '0612345678'],
      ['address_string', 'Fès'],
      ['attribute[kind]', 'observation'],
    ])
    expect(answer.statusCode).toBe(201)
    const [row] = await open.db.sql`
      select c.channel, c.kind, c.text, c.place, p.name, p.phone, a.code from complaints c join complainants p on p.complaint_id = c.id
      join administrations a on a.id = c.named_administration_id where c.reference = ${numberIn(answer)}`
    expect(row).toEqual({
      channel: 'open311',
      kind: 'observation',
      text: POTHOLE[1][1],
      place: 'Fès',
      name: 'Zineb Qaf',
      phone: '+212612345678',
      code: 'SANTE',
    })
    expect(answer.json()[0].service_notice).toMatch(/code \d{6}/)
  })

  it('keeps the service that was named, and refuses one that is not there', async () => {
    const named = (code: string) => post([['service_code', code], POTHOLE[1]])
    const answer = await named('SANTE.URGENCES')
    const [told] = (await get(`requests/${numberIn(answer)}.json`)).json()
    expect(told).toMatchObject({
      service_code: 'SANTE.URGENCES',
      agency_responsible: 'Ministère de la Santé',
    })
    expect((await named('SANTE.NOWHERE')).statusCode).toBe(422)
    const listed = (await get('requests.json?service_code=JUSTICE,SANTE.URGENCES&status=open,closed')).json()
    expect(listed.map((one: { service_request_id: string }) => one.service_request_id)).toContain(
      numberIn(answer),
    )
  })

  it.each([
    ['a place that is none', ['lat', '95'], 400],
    ['a number that is none', ['long', 'here'], 400],
    ['a file whose address cannot be read', ['media_url', 'https://example.org/%E0%A4%A'], 201],
  ] as const)('with %s answers %j with %i', async (_, field, status) => {
    expect((await post([...POTHOLE, field])).statusCode).toBe(status)
  })

  it('brings several files, each by its media_url, in their order', async () => {
    const answer = await post([
      ...POTHOLE,
      ['media_url', `${base}/un.jpg`],
      ['media_url', `${base}/deux.mp3`],
      ['media_url[]', `${base}/trois.mp4`],
    ])
    const kept: string[] = []
    const fetchMedia = createFetchMedia({
      db: open.db,
      clock: systemClock,
      newId: newUuidV7,
      store: { delete: async () => {} },
      fetch: (url, signal) =>
        fetchRemote(
          {
            guard,
            newId: newUuidV7,
            source: { hosts: ['*'] },
            store: {
              put: async (key: string, body: Readable) => {
                const bytes = Buffer.concat(await body.toArray())
                kept.push(bytes.toString())
                return { ok: true, object: { key, bytes: bytes.length, sha256: 'ab' } }
              },
            } as never,
          },
          url,
          { maxBytes: 1000, signal },
        ),
    })
    const waiting = await open.db.sql<{ payload: { fetchId: string } }[]>`
      select payload from outbox_messages where topic = 'media.fetch' order by created_at, id`
    for (const { payload } of waiting)
      await fetchMedia(payload, { messageId: newUuidV7(), attempt: 1, signal: AbortSignal.timeout(5_000) })
    expect(kept.toSorted()).toEqual(['bytes of /deux.mp3', 'bytes of /trois.mp4', 'bytes of /un.jpg'])
    const media = await open.db.sql`
      select m.name from media_assets m join complaints c on c.id = m.complaint_id
      where c.reference = ${numberIn(answer)} order by m.position`
    expect(media.map(({ name }) => name)).toEqual(['un.jpg', 'deux.mp3', 'trois.mp4'])
  })

  it('files once however often it comes', async () => {
    const key = newUuidV7()
    const [first, second] = [await post(POTHOLE, { key }), await post(POTHOLE, { key, format: 'xml' })]
    expect([first.statusCode, second.statusCode]).toEqual([201, 200])
    expect(second.payload).toContain(`<service_request_id>${numberIn(first)}</service_request_id>`)
    expect(isWellFormed(second.payload)).toBe(true)
  })

  it.each([
    ['no service', [['description', 'x']], 400],
    [
      'a service nobody has',
      [
        ['service_code', 'NOBODY'],
        ['description', 'x'],
      ],
      422,
    ],
    ['nothing said', [['service_code', 'SANTE']], 400],
    ['a file in our own network', [...POTHOLE, ['media_url', 'http://10.0.0.1/a.jpg']], 400],
    ['a file of the machine', [...POTHOLE, ['media_url', 'file:///etc/passwd']], 400],
    [
      'six files',
      [...POTHOLE, ...Array.from({ length: 6 }, (_, n) => ['media_url', `${base}/${n}`] as const)],
      400,
    ],
    ['a number that cannot be', [...POTHOLE, ['phone', '12']], 400],
  ] as const)('refuses, as GeoReport writes errors: %s', async (_, fields, status) => {
    const before = await open.db.sql`select from complaints`
    const answer = await post(fields)
    expect([answer.statusCode, answer.json()[0].code]).toEqual([status, status])
    expect(await open.db.sql`select from complaints`).toHaveLength(before.length)
    expect(isWellFormed((await post(fields, { format: 'xml' })).payload)).toBe(true)
  })
})

describe('GeoReport v2: following', () => {
  it('tells state, dates and office of a request, and nothing of who or what', async () => {
    const number = numberIn(await post([...POTHOLE, ['first_name', 'Zineb'], ['address_string', 'Fès']]))
    for (const path of [`requests/${number}.json`, `requests.json?service_request_id=${number}`]) {
      const answer = await get(path)
      expect(answer.json()).toMatchObject([
        { service_request_id: number, status: 'open', status_notes: 'received', service_code: 'SANTE' },
      ])
      expect(answer.payload).not.toMatch(/Zineb|guichet|Fès/)
    }
    await open.db.sql`update complaints set status = 'answered' where reference = ${number}`
    expect((await get(`requests.json?status=closed`)).json()).toMatchObject([{ service_request_id: number }])
    expect((await get(`tokens/${number}.json`)).json()).toMatchObject([{ service_request_id: number }])
    expect(isWellFormed((await get('requests.xml')).payload)).toBe(true)
  })

  it('tells state, days and office of what came another way, and nothing more; of practice nothing at all', async () => {
    const { accept } = await acceptanceOver(open.db)
    const { reference } = await accept(
      submissionOf({ receivedAt: new Date(), contact: { name: 'Zineb' }, place: 'Fès' } as never),
    )
    await open.db.sql`
      update complaints set administration_id = (select id from administrations where code = 'SANTE') where reference = ${reference}`
    const newest = async () =>
      ((await get('requests.json?page_size=1')).json() as Record<string, unknown>[])[0]
    const alone = await newest()
    const name = String(alone?.['service_request_id'])
    expect(alone).toEqual({
      service_request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 'open',
      status_notes: null,
      // Fewer than five of a body in a month are kept back in every table: here they name no office.
      service_name: null,
      service_code: null,
      agency_responsible: null,
      // Midnight at the office: whoever saw somebody file at an hour does not find the filing by it.
      requested_datetime: expect.stringMatching(/T(23|00):00:00\.000Z$/),
      updated_datetime: expect.stringMatching(/T(23|00):00:00\.000Z$/),
      expected_datetime: expect.stringMatching(/T23:59:59Z$/),
    })
    // By the clock of the legal dates, which the database need not know yet.
    const atTheOffice = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Africa/Casablanca',
      timeStyle: 'short',
    })
    expect(atTheOffice.format(new Date(String(alone?.['requested_datetime'])))).toBe('00:00')
    for (const date of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
      expect((await get(`requests.json?start_date=${date}&end_date=${date}`)).statusCode, date).toBeLessThan(
        500,
      )
    const ofSante = async () => (await get('requests.json?service_code=SANTE')).payload
    expect(await ofSante()).not.toContain(name)
    for (let n = 0; n < 4; n += 1) await accept(submissionOf({ receivedAt: new Date(Date.now() - 1_000) }))
    await open.db.sql`
      update complaints set administration_id = (select id from administrations where code = 'SANTE')
      where channel = 'web' and administration_id is null`
    const cells = {
      db: open.db,
      clock: systemClock,
      officeZone: 'Africa/Casablanca',
      origins: ['file'] as const,
    }
    await refreshCells(cells)
    expect(await newest()).toMatchObject({
      service_request_id: name,
      service_code: 'SANTE',
      agency_responsible: expect.stringMatching(/Santé/),
    })
    expect(await ofSante()).toContain(name)
    expect((await get(`requests/${name}.json`)).json()).toEqual([await newest()])
    const everything = `${(await get('requests.json')).payload}${(await get(`requests.xml?service_request_id=${name}`)).payload}`
    expect(everything).toContain(name)
    expect(everything).not.toMatch(new RegExp(`Zineb|Fès|guichet|${reference}`))
    await open.db.sql`update complaints set origin = 'practice' where reference = ${reference}`
    expect((await get('requests.json')).payload).not.toContain(name)
    for (const id of [name, reference, '2600000000', 'x', 'f'.repeat(32)])
      expect([
        (await get(`requests/${id}.json`)).statusCode,
        (await get(`requests/${id}.json`)).payload,
      ]).toEqual([404, '[{"code":404,"description":"service_request_id not found"}]'])
  })

  it('gives a list in pages, each request once, by number of page or by its link, and filters it', async () => {
    const { accept } = await acceptanceOver(open.db)
    const now = Date.now()
    for (let n = 0; n < 5; n += 1)
      await accept(submissionOf({ receivedAt: new Date(now - 40 * 86_400_000 - n * 1000) }))
    const numbers = (answer: { json: () => unknown }) =>
      (answer.json() as { service_request_id: string }[]).map(({ service_request_id }) => service_request_id)
    const all = numbers(await get('requests.json'))
    const [first, second] = [
      await get('requests.json?page_size=4'),
      await get('requests.json?page_size=4&page=2'),
    ]
    expect([...numbers(first), ...numbers(second)]).toEqual(all.slice(0, 8))
    const walked: string[] = []
    for (let path: string | undefined = 'requests.json?page_size=4'; path; ) {
      const answer = await get(path)
      walked.push(...numbers(answer))
      path = /v2\/(.*)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
    }
    expect(walked).toEqual(all)
    const day = (ms: number) => new Date(now - ms * 86_400_000).toISOString()
    const window = `start_date=${day(42)}&end_date=${day(38)}`
    expect(numbers(await get(`requests.json?${window}`))).toHaveLength(5)
    expect(numbers(await get(`requests.json?${window}&service_code=SANTE`))).toEqual([])
    expect(numbers(await get(`requests.json?updated_after=${day(-2)}`))).toEqual([])
    for (const wrong of ['page_size=0', 'page_size=1001', 'page=0', 'page=101', 'page=x'])
      expect((await get(`requests.json?${wrong}`)).statusCode).toBe(400)
  })

  it('refuses a window it cannot read', async () => {
    expect((await get('requests.json?start_date=yesterday')).statusCode).toBe(400)
    expect(
      (await get('requests.json?start_date=2020-01-01T00:00:00Z&end_date=2020-02-01T00:00:00Z')).json(),
    ).toEqual([])
  })
})
