import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sql } from '../../src/db/client.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { behindWall, scopeOf } from '../../src/staff/rights.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'

/** Everything that is written after the transfer holds this word; what was there before holds the other. */
const AFTER = 'rhinoceros'
const BEFORE = 'dromadaire'

let house: Awaited<ReturnType<typeof startHandlingHouse>>
let reference: string
let complaintId: string
let rendition: string
let asset: string

beforeAll(async () => {
  house = await startHandlingHouse(['SANTE', 'COMMUNE', 'ONEE'])
  ;({ reference, complaintId } = await house.filed('SANTE', { text: `${BEFORE} du guichet` }))
  await house.act('SANTE.agent', reference, 'notes', { text: `${BEFORE} vu` })
  await house.act('SANTE.agent', reference, 'review', { checks: ALL_YES })
  await house.act('SANTE.agent', reference, 'interim', { text: `${BEFORE} patience` })
  await house.act('SANTE.agent', reference, 'transfer', { administration: 'COMMUNE', reason: BEFORE })
  await writeAfter()
})
afterAll(() => house.close())

/** What the next body and the citizen say, write and send once the file is no longer with the first. */
const writeAfter = async () => {
  const { sql } = house.db
  const send = (url: string, body: Buffer) =>
    house.send('COMMUNE.agent', 'PUT', `/api/v1/staff/complaints/${reference}/${url}`, body, 'audio/ogg')
  for (const [verb, said] of [
    ['notes', { text: AFTER }],
    ['review', { checks: ALL_YES }],
    ['interim', { text: AFTER }],
  ] as const)
    await house.act('COMMUNE.agent', reference, verb, said)
  await send('answer/voice', Buffer.from(AFTER))
  ;[{ id: asset }] = await sql<
    [{ id: string }]
  >`select id from media_assets where complaint_id = ${complaintId}`
  rendition = newUuidV7()
  await sql`update media_assets set name = ${AFTER}, scan = 'off' where id = ${asset}`
  await sql`insert into transcripts (asset_id, text, source, created_at) values (${asset}, ${AFTER}, 'machine', now())`
  await sql`insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
    values (${rendition}, ${asset}, 'audio', 'audio/mp4', 10, 'ab', (select object_key from media_assets where id = ${asset}), now())`
  await sql`insert into submissions (id, channel, external_id, complaint_id, round, received_at, text, language, raw_type, raw_sha256, raw_bytes, raw_body)
    values (${newUuidV7()}, 'api', ${AFTER}, ${complaintId}, 1, now(), ${AFTER}, 'fr', 'application/json', 'ab', 1, 'x')`
  await sql`insert into outgoing_messages (id, channel, driver, sender, recipient, purpose, language, text, encoding, segments, complaint_id, dedupe_key, created_at, updated_at)
    values (${newUuidV7()}, 'sms', 'smpp', '3939', '+212600000001', 'interim', 'fr', ${AFTER}, 'gsm7', 1, ${complaintId}, ${AFTER}, now(), now())`
  const [live] = (await house.referrals(complaintId)).filter(({ state }) => state !== 'transferred')
  await house.call(house.tokenOf('COMMUNE.body'), 'POST', `/api/v1/referrals/${live?.['id']}/answer`, {
    text: AFTER,
  })
  await sql`update referrals set external_reference = ${AFTER} where id = ${live?.['id']}`
  await sql`update rounds set satisfied = true where complaint_id = ${complaintId}`
}

const record = (who: string) => house.read(who, reference)

describe('the body that handed a complaint on', () => {
  it('reads that it did, to whom, when and why, how it stands, and everything until then', async () => {
    const read = await record('SANTE.agent')
    expect(read).toMatchObject({
      text: `${BEFORE} du guichet`,
      state: 'answered',
      administration: { code: 'COMMUNE' },
      handedOnAt: read.referrals[0].settledAt,
      referrals: [{ state: 'transferred', reason: BEFORE }, { administration: { code: 'COMMUNE' } }],
      handling: { notes: [{ text: `${BEFORE} vu` }], review: { checks: ALL_YES } },
    })
    const events = read.timeline.map(({ event }: { event: string }) => event)
    expect(events).toEqual(expect.arrayContaining(['admissible', 'interim_reply', 'transferred', 'referred']))
    expect(events).not.toContain('answered')
  })

  it('reads nothing that was written after, by no door', async () => {
    const read = await record('SANTE.manager')
    expect(JSON.stringify(read)).not.toContain(AFTER)
    expect([read.media, read.handling.texts, read.rounds[0].answer, read.rounds[0].satisfied]).toEqual([
      [],
      [],
      null,
      null,
    ])
    const [own] = await house.referrals(complaintId)
    const dossier = await house.get('SANTE.body', `/api/v1/referrals/${own?.['id']}`)
    expect(dossier.rounds[0].text).toContain(BEFORE)
    expect(JSON.stringify(dossier)).not.toContain(AFTER)
    expect(JSON.stringify(await house.get('SANTE.body', '/api/v1/referrals'))).not.toContain(AFTER)
    const found = await house.get('SANTE.manager', `/api/v1/staff/complaints?q=${BEFORE}`)
    expect(found.items).toHaveLength(1)
  })

  it.each([
    ['an original', () => `media/${asset}/original`, 409],
    ['the raw form', () => `raw/${asset}`, 409],
  ])('opens %s no more', async (_, part, status) => {
    const url = `/api/v1/staff/complaints/${reference}/${part()}`
    expect((await house.call(house.tokenOf('SANTE.manager'), 'GET', url)).status).toBe(status)
  })

  it('cannot act upon what is no longer its own', async () => {
    for (const verb of ['take', 'interim', 'answer'])
      expect((await house.act('SANTE.agent', reference, verb, { text: 'r' })).status).toBe(409)
  })
})

it('the body that has it, and the ministry, read all of it', async () => {
  for (const who of ['COMMUNE.agent', 'ministry-supervisor']) {
    const read = await record(who)
    expect(read).toMatchObject({
      handedOnAt: null,
      rounds: [{ answer: AFTER, satisfied: true }],
      media: [{ name: AFTER, renditions: [{ name: 'audio' }] }],
      handling: { texts: [{ text: AFTER }] },
    })
    expect(JSON.stringify(read)).toContain(BEFORE)
  }
  expect(
    (await house.call(house.tokenOf('ONEE.agent'), 'GET', `/api/v1/staff/complaints/${reference}`)).status,
  ).toBe(404)
})

describe('the wall in the database, after a transfer', () => {
  const behind = async <T>(code: string, read: (sql: Sql) => Promise<T>) => {
    const [body] = await house.db.sql`select id from administrations where code = ${code}`
    const actor = { id: 'staff:x', role: 'manager', administrationId: body?.['id'] } as const
    return behindWall(house.db.sql, await scopeOf(house.db.sql, actor), read)
  }
  const walled = () =>
    house.db.sql<{ name: string }[]>`
      select tablename as name from pg_policies where policyname = 'desk_reads' and tablename not in ('rounds', 'referrals')
      union select unnest(array['rounds_seen', 'referrals_seen'])`

  const tablesThatShowIt = async (code: string): Promise<string[]> => {
    const shown = await Promise.all(
      (await walled()).map(async ({ name }) => {
        const rows = await behind(
          code,
          (sql) => sql`select 1 from ${sql(name)} t where t::text like ${`%${AFTER}%`} limit 1`,
        )
        return rows.length > 0 ? [name] : []
      }),
    )
    return shown.flat()
  }

  it('gives a query that forgot its condition nothing of it, from any table', async () => {
    expect(await tablesThatShowIt('SANTE')).toEqual([])
    expect(await tablesThatShowIt('COMMUNE')).toEqual(
      expect.arrayContaining([
        ...['complaint_events', 'complaint_notes', 'media_assets', 'outgoing_messages', 'transcripts'],
        ...['referrals_seen', 'rounds_seen', 'submissions'],
      ]),
    )
  })

  it.each(['select answer from rounds', 'select external_reference from referrals'])(
    'has no way round: %s',
    (statement) =>
      expect(behind('COMMUNE', (sql) => sql.unsafe(statement))).rejects.toThrow(/permission denied/),
  )
})
