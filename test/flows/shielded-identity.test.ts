import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { runCommand } from '../../src/cli/run.ts'
import { readConfig } from '../../src/config.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { appendAudit } from '../../src/staff/audit.ts'
import { readOpenings } from '../../src/staff/read-openings.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

const VOICE = Buffer.from('a voice')
const PERSON = { name: 'Zineb Qaf', phone: '+212612349876', email: 'zineb@exemple.ma' }

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
type Member = Awaited<ReturnType<typeof desk.enter>>
let agent: Member
let manager: Member
let stranger: Member
let reference: string
let complaintId: string
let original: string
let raw: string

beforeAll(async () => {
  open = await openTestDatabase()
  const deps = { db: open.db, clock: systemClock, newId: newUuidV7 }
  await seedAdministrations(deps)
  const store = { get: async () => Readable.from([VOICE]) } as never
  desk = await openDesk(open.db, store, 'https://wasl.test', {}, (app) =>
    staffApi(app, {
      ...deps,
      store,
      secrets: testSecrets,
      publicUrl: 'https://wasl.test',
      officeZone: 'Africa/Casablanca',
      work: {} as never,
    }),
  )
  agent = await desk.enter('agent', 'SANTE')
  manager = await desk.enter('manager', 'SANTE')
  stranger = await desk.enter('manager', 'ONEE')
  const { accept } = await acceptanceOver(open.db)
  original = newUuidV7()
  const media = [
    {
      id: original,
      name: 'voix.ogg',
      declaredType: 'audio/ogg',
      bytes: VOICE.length,
      sha256: 'ab',
      objectKey: 'o',
    },
  ]
  ;({ reference, complaintId } = await accept(submissionOf({ media, contact: PERSON })))
  await open.db.sql`update media_assets set scan = 'off' where id = ${original}`
  await give('SANTE')
  const [row] = await open.db.sql`select id from submissions where complaint_id = ${complaintId}`
  raw = row?.['id']
})
afterAll(async () => {
  await desk.close()
  await open.close()
})

/** Puts the complaint before a body; the one that had it keeps a transferred referral. */
const give = async (code: string) => {
  await open.db.sql`update referrals set state = 'transferred' where complaint_id = ${complaintId}`
  await open.db.sql`
    insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at)
    select ${newUuidV7()}, ${complaintId}, 1, id, 'delivered', now(), now() from administrations where code = ${code}`
  await open.db.sql`
    update complaints set administration_id = (select id from administrations where code = ${code}) where id = ${complaintId}`
}
const home = () => `/console/complaints/${reference}`
const openings = () => readOpenings(open, reference)
const shows = (page: string) => Object.values(PERSON).filter((fact) => page.includes(fact))
const tokenOf = async (role: 'agent' | 'ministry-supervisor', administrationCode?: string) => {
  const deps = { db: open.db, clock: systemClock, newId: newUuidV7 }
  return (await createToken(deps, { role, ...(administrationCode ? { administrationCode } : {}) })).token
}
const api = (token: string, path: string, body?: object) =>
  desk.app.inject({
    method: body ? 'POST' : 'GET',
    url: `/api/v1/staff/complaints/${reference}${path}`,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { payload: body } : {}),
  })

describe('who is behind a complaint', () => {
  it('is a pseudonym to the body that has it, on the page and in the record', async () => {
    const page = (await manager.get(home())).payload
    expect(page).toMatch(/La personne<\/h2><p><bdi dir="ltr">C-[\w-]{10}</)
    expect(shows(page)).toEqual([])
    expect(shows((await api(await tokenOf('agent', 'SANTE'), '')).payload)).toEqual([])
  })

  it('is opened for nothing less than a reason of the list', async () => {
    for (const reason of ['', 'curious']) {
      const refused = await agent.post(`${home()}/identity`, { reason })
      expect([refused.statusCode, shows(refused.payload)]).toEqual([428, []])
    }
    expect((await api(await tokenOf('agent', 'SANTE'), '/identity', {})).statusCode).toBe(400)
    for (const part of [`/raw/${raw}`, `/media/${original}/original`]) {
      const asked = await manager.get(`${home()}${part}`)
      expect(asked.headers['content-type']).toContain('text/html')
      expect(asked.payload).toContain('Avant d’ouvrir')
      expect((await api(await tokenOf('agent', 'SANTE'), part)).statusCode).toBe(
        part.includes('raw') ? 403 : 428,
      )
    }
    expect(await openings()).toEqual([])
  })

  it('is opened with one, to that official alone, and a file of its own', async () => {
    expect((await agent.post(`${home()}/identity`, { reason: 'reach' })).headers['location']).toBe(
      `${home()}#identity`,
    )
    expect(shows((await agent.get(home())).payload)).toHaveLength(3)
    expect(shows((await manager.get(home())).payload)).toEqual([])
    const file = await manager.post(`${home()}/media/${original}/original`, { reason: 'evidence' })
    expect(file.rawPayload).toEqual(VOICE)
    expect(file.headers['content-disposition']).toMatch(/^attachment/)
    expect((await openings()).map(({ action, reason }) => [action, reason])).toEqual([
      ['complaint.identity', 'reach'],
      ['media.original', 'evidence'],
    ])
  })

  it('stays nothing to another body, which cannot tell it from what does not exist', async () => {
    for (const part of ['/identity', `/raw/${raw}`, `/media/${original}/original`])
      expect((await stranger.post(`${home()}${part}`, { reason: 'evidence' })).statusCode).toBe(404)
    const trainee = await desk.enter('trainee', 'SANTE')
    expect((await trainee.post(`${home()}/identity`, { reason: 'reach' })).statusCode).toBe(404)
    expect(await openings()).toHaveLength(2)
  })

  it('is closed again to the body that handed the complaint on, and open to the one that has it', async () => {
    await give('ONEE')
    expect((await agent.post(`${home()}/identity`, { reason: 'reach' })).statusCode).toBe(409)
    expect(shows((await agent.get(home())).payload)).toEqual([])
    expect((await stranger.post(`${home()}/identity`, { reason: 'reach' })).statusCode).toBe(303)
    await give('SANTE')
  })

  it('is given to a machine of the ministry as its token says, with the opening on record', async () => {
    const token = await tokenOf('ministry-supervisor')
    const before = (await openings()).length
    expect((await api(token, `/raw/${raw}`)).statusCode).toBe(200)
    expect((await api(token, '/identity', { reason: 'inspection' })).json()).toMatchObject(PERSON)
    expect(await openings()).toHaveLength(before + 2)
  })

  it('is told of each search by name or number that found it, by body, and of no other', async () => {
    const before = (await openings()).length
    const search = (who: typeof manager, words: string) => who.get(`/console?q=${encodeURIComponent(words)}`)
    // Words of the complaint, a person who is somebody else, another body, an official who may not look people up.
    await search(manager, 'Personne Inconnue')
    await search(stranger, PERSON.name)
    await search(agent, PERSON.name)
    expect(await openings()).toHaveLength(before)
    expect((await search(manager, PERSON.name)).payload).toContain(reference)
    await search(manager, PERSON.phone)
    const told = (await openings()).slice(before)
    expect(told).toMatchObject([
      { action: 'complaint.found_person', administration: { fr: expect.any(String) } },
      { action: 'complaint.found_person' },
    ])
    expect(told[0]).not.toHaveProperty('reason')
    expect(JSON.stringify(told)).not.toMatch(/staff:|@/)
  })
})

describe('wasl audit verify, from outside', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-audit-'))
  const anchor = path.join(folder, 'anchor.json')
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  const verify = async (...more: string[]) => {
    const said: string[] = []
    const streams = { out: (text: string) => void said.push(text), say: () => {} }
    const config = () =>
      readConfig({ DATABASE_URL: open.url, SECRET_KEY: 'x'.repeat(40), DATA_DIR: path.join(folder, 'data') })
    const code = await runCommand(commands, ['audit', 'verify', '--json', ...more], streams, config)
    const out = said.join('')
    return { code, out, broken: JSON.parse(out).filter((one: { brokenAt?: number }) => one.brokenAt) }
  }
  /** What only an owner of the database can do: the application's own statements are refused by the triggers. */
  const tamper = (statement: string) =>
    open.db.sql.begin(async (sql) => {
      await sql`alter table audit_entries disable trigger user`
      await sql.unsafe(statement)
      await sql`alter table audit_entries enable trigger user`
    })
  const reasonIs = (reason: string) =>
    tamper(`update audit_entries set facts = '{"reason": "${reason}"}' where tenant = 'ministry'
      and number = (select min(number) from audit_entries where tenant = 'ministry' and action = 'complaint.identity')`)

  it('finds an edit, a truncation and a chain written anew', async () => {
    const whole = await verify()
    expect([whole.code, whole.broken]).toEqual([0, []])
    fs.writeFileSync(anchor, whole.out)

    await reasonIs('wish')
    expect([(await verify()).code, (await verify()).broken]).toMatchObject([1, [{ tenant: 'ministry' }]])
    await reasonIs('inspection')
    expect((await verify('--anchor', anchor)).code).toBe(0)

    await tamper(`delete from audit_entries where tenant = 'ministry'
      and number = (select max(number) from audit_entries where tenant = 'ministry')`)
    expect([(await verify()).code, (await verify('--anchor', anchor)).code]).toEqual([0, 1])

    await tamper(`delete from audit_entries where tenant = 'ministry'`)
    for (let n = 0; n < 20; n += 1)
      await open.db.orm.transaction((tx) =>
        appendAudit(tx, { clock: systemClock }, 'ministry', { actor: 'me', action: 'none', subject: `${n}` }),
      )
    expect([(await verify()).code, (await verify('--anchor', anchor)).code]).toEqual([0, 1])
  })
})
