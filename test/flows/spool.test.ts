import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { InboundEvent } from '../../src/core/channel.ts'
import { AppError } from '../../src/core/errors.ts'
import { createApp } from '../../src/http/app.ts'
import { mountChannel } from '../../src/http/mount-channel.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { createDoor } from '../../src/intake/receive-or-spool.ts'
import { replaySpool } from '../../src/intake/replay-spool.ts'
import { createSpool, SpoolRefusal } from '../../src/intake/spool.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { openTestDatabase } from '../support/acceptance.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
let folder: string
let open: Awaited<ReturnType<typeof openTestDatabase>>
let reachable: boolean
let receive: ReturnType<typeof createReception>
let taken: string[]

beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-spool-')), 'spool')
  const reception = createReception({ sql: open.db.sql, newId: newUuidV7 })
  reachable = true
  taken = []
  receive = async (event) => {
    if (!reachable) throw new AppError('unavailable')
    taken.push(event.externalId)
    return reception(event)
  }
})
afterEach(async () => {
  await open.db.sql`truncate inbound_events, ledger_entries, outbox_messages, quarantine cascade`
  fs.rmSync(path.dirname(folder), { recursive: true })
})

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, second))
const bodyOf = (externalId: string) => Buffer.from(`body of ${externalId} \u0000\n ÿ`, 'latin1')
const eventOf = (externalId: string, second = 0): InboundEvent => ({
  channel: 'sms',
  externalId,
  sender: '+212600000001',
  receivedAt: at(second),
  raw: { type: 'text/plain', body: bodyOf(externalId) },
})

const opened = async () => {
  const spool = createSpool({ folder, newId: newUuidV7 })
  await spool.open()
  return spool
}
const replayOf = async (spool: Awaited<ReturnType<typeof opened>>) =>
  replaySpool({ db: open.db, clock: systemClock, newId: newUuidV7, spool, receive, logger: silent })
const recorded = () => open.db.sql<{ external_id: string; raw: Buffer }[]>`
  select external_id, raw_body as raw from inbound_events order by received_at`
const files = (suffix: string) => fs.readdirSync(folder).filter((name) => name.endsWith(suffix))

describe('while the database is away', () => {
  it('events are kept on disk and brought in once, in order, with their bytes, by a later process', async () => {
    reachable = false
    const door = createDoor({ receive, spool: await opened() })
    const sent = [3, 1, 2].map((second) => eventOf(`e${second}`, second))
    for (const event of sent) expect(await door([event])).toBe('spooled')
    const later = await opened()
    expect(later.waiting()).toBe(3)
    expect(await replayOf(later)).toBe(0)
    reachable = true
    expect(await replayOf(later)).toBe(3)
    expect(await replayOf(later)).toBe(0)
    expect(taken).toEqual(['e1', 'e2', 'e3'])
    expect((await recorded()).map(({ raw }) => raw)).toEqual(['e1', 'e2', 'e3'].map(bodyOf))
    expect(fs.readdirSync(folder)).toEqual([])
  })

  it('what comes after queues behind what waits, and goes straight in afterwards', async () => {
    reachable = false
    const spool = await opened()
    const door = createDoor({ receive, spool })
    await door([eventOf('first')])
    reachable = true
    expect(await door([eventOf('second', 1)])).toBe('spooled')
    await replayOf(spool)
    expect(await door([eventOf('third', 2)])).toBe('recorded')
    expect(taken).toEqual(['first', 'second', 'third'])
  })

  it('an event that had been recorded before its answer was lost is one event', async () => {
    const spool = await opened()
    await createDoor({ receive, spool })([eventOf('same')])
    reachable = false
    await createDoor({ receive, spool })([eventOf('same')])
    reachable = true
    await replayOf(spool)
    expect(await recorded()).toHaveLength(1)
  })

  it('a database that hangs is away as well', async () => {
    const spool = await opened()
    const door = createDoor({ receive: () => new Promise(() => {}), spool })
    const start = performance.now()
    expect(await door([eventOf('hanging')])).toBe('spooled')
    expect(performance.now() - start).toBeLessThan(8_000)
  })
})

describe('a spool file', () => {
  it.each<[string, (file: string) => void]>([
    ['cut off', (file) => fs.truncateSync(file, fs.statSync(file).size - 3)],
    ['empty', (file) => fs.truncateSync(file, 0)],
    [
      'changed',
      (file) => fs.writeFileSync(file, fs.readFileSync(file, 'latin1').replace('body', 'BODY'), 'latin1'),
    ],
  ])('that is %s is set aside, before people, and stops no other', async (_label, damage) => {
    reachable = false
    const spool = await opened()
    const door = createDoor({ receive, spool })
    await door([eventOf('bad', 1)])
    await door([eventOf('good', 2)])
    damage(path.join(folder, files('.event').toSorted()[0]!))
    reachable = true
    await replayOf(spool)
    expect((await recorded()).map(({ external_id }) => external_id)).toEqual(['good'])
    expect(files('.corrupt')).toHaveLength(1)
    expect(files('.event')).toHaveLength(0)
    expect(await open.db.sql`select channel, reason from quarantine`).toMatchObject([
      { channel: 'spool', reason: 'spool_damaged' },
    ])
    expect(await open.db.sql`select outcome from ledger_entries where channel = 'spool'`).toMatchObject([
      { outcome: 'quarantined' },
    ])
  })

  it('whose event the database will never take is set aside too', async () => {
    reachable = false
    const spool = await opened()
    await createDoor({ receive, spool })([eventOf('x')])
    receive = () => Promise.reject(Object.assign(new Error('no'), { code: '22P05' }))
    await replayOf(spool)
    expect(files('.corrupt')).toHaveLength(1)
  })
})

describe('a folder that cannot be written', () => {
  it('stops the start, saying so', async () => {
    fs.writeFileSync(folder, 'a file')
    await expect(opened()).rejects.toThrow(SpoolRefusal)
    await expect(opened()).rejects.toThrow(/DATA_DIR.*spool/)
  })

  it('later, with the database away, makes the answer "come again"', async () => {
    const spool = await opened()
    fs.rmSync(folder, { recursive: true })
    const door = createDoor({ receive: () => Promise.reject(new AppError('unavailable')), spool })
    await expect(door([eventOf('lost')])).rejects.toMatchObject({ code: 'unavailable', retryAfter: 30 })
  })
})

describe('a mounted channel', () => {
  const serve = async (routes: Parameters<typeof mountChannel>[1]['routes']): Promise<FastifyInstance> => {
    const app = await createApp({
      logger: pino({ level: 'silent' }),
      newId: newUuidV7,
      trustedProxies: [],
      errorPage: sendProblem,
    })
    const door = createDoor({ receive, spool: await opened() })
    await mountChannel(app, { id: 'sms', routes: routes! }, { clock: systemClock, door, logger: silent })
    return app
  }
  const route = {
    method: 'POST' as const,
    path: '/hook',
    bodyLimit: 64,
    authenticate: ({ headers }: { headers: Record<string, unknown> }) =>
      headers['x-right'] === 'yes' ? undefined : { status: 403 },
    receive: ({ body }: { body: Buffer }) => {
      if (body.equals(Buffer.from('bad'))) throw new Error('unreadable')
      return { events: [eventOf(body.toString('hex'))], reply: { status: 200, body: 'ok' } }
    },
  }
  const post = (
    app: FastifyInstance,
    payload: Buffer | string,
    headers: Record<string, string> = { 'x-right': 'yes' },
  ) => app.inject({ method: 'POST', url: '/hook', payload, headers })

  it.each<[string, string | undefined]>([
    ['JSON', 'application/json'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['no type', undefined],
  ])('gets the bytes as they came: %s', async (_label, type) => {
    const app = await serve([route])
    const bytes = Buffer.from([0, 255, 13, 10, 123])
    const answer = await post(app, bytes, { 'x-right': 'yes', ...(type ? { 'content-type': type } : {}) })
    expect([answer.statusCode, answer.body]).toEqual([200, 'ok'])
    expect((await recorded())[0]!.external_id).toBe(bytes.toString('hex'))
  })

  it.each<[string, Buffer | string, Record<string, string>, number]>([
    ['without the right', 'x', {}, 403],
    ['too large', 'x'.repeat(65), { 'x-right': 'yes' }, 413],
    ['unreadable', 'bad', { 'x-right': 'yes' }, 422],
  ])('writes nothing of a request %s', async (_label, body, headers, status) => {
    const app = await serve([route])
    const answer = await post(app, body, headers)
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
    if (status === 403) expect(answer.statusCode).toBe(403)
    expect(await recorded()).toEqual([])
    expect(files('.event')).toEqual([])
  })

  it('answers by a function after the commit, or by the fallback when it fails', async () => {
    const seen: number[] = []
    const app = await serve([
      {
        ...route,
        receive: ({ body }) => ({
          events: [eventOf(body.toString('hex'))],
          reply: async () => {
            seen.push((await recorded()).length)
            if (seen.length > 1) throw new Error('database away')
            return { status: 200, body: 'composed' }
          },
          fallback: { status: 200, body: 'fallback' },
        }),
      },
    ])
    expect((await post(app, 'a')).body).toBe('composed')
    expect((await post(app, 'b')).body).toBe('fallback')
    expect(seen).toEqual([1, 2])
  })

  it('gives 20 copies at once one event and 20 answers', async () => {
    const app = await serve([route])
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(app, 'copy')))
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true)
    expect(await recorded()).toHaveLength(1)
  })
})
