import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { keepTemplate } from '../../src/staff/answer-templates.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let accept: Awaited<ReturnType<typeof acceptanceOver>>['accept']
let folder: string
type Person = Awaited<ReturnType<typeof desk.enter>>
let agent: Person

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
  await seedAdministrations({ db: open.db, clock: { now: () => new Date() }, newId: newUuidV7 })
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-answer-'))
  desk = await openDesk(open.db, createFileStore({ folder }))
  agent = await desk.enter('agent', 'SANTE')
})
afterAll(async () => {
  await desk.close()
  await open.close()
  await fs.rm(folder, { recursive: true, force: true })
})

const referred = async (facts: object = {}) => {
  const { complaintId, reference } = await accept(submissionOf(facts))
  await open.db.sql`
    insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at)
    select ${newUuidV7()}, ${complaintId}, 1, id, 'delivered', now(), now() from administrations where code = 'SANTE'`
  await open.db.sql`
    update complaints set status = 'formal_review', administration_id = (select id from administrations where code = 'SANTE')
    where id = ${complaintId}`
  return { complaintId, reference, home: `/console/complaints/${reference}` }
}
const decoded = (page: string): string =>
  page.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll('\u00A0', ' ')
const EDGE = '----wasl'
const speak = (person: Person, home: string, sound: string) =>
  desk.app.inject({
    method: 'POST',
    url: `${home}/answer/voice`,
    headers: {
      cookie: person.cookie,
      'sec-fetch-site': 'same-origin',
      'content-type': `multipart/form-data; boundary=${EDGE}`,
    },
    payload: `--${EDGE}\r\ncontent-disposition: form-data; name="voice"; filename="a.webm"\r\ncontent-type: audio/webm\r\n\r\n${sound}\r\n--${EDGE}--\r\n`,
  })

describe('ready words', () => {
  it('come back in the field, filled from the complaint in its language; nothing is sent', async () => {
    const manager = { id: 'staff:x', role: 'manager', administrationId: null } as const
    const deps = { db: open.db, clock: { now: () => new Date() }, newId: newUuidV7 }
    const keep = (act: 'answer' | 'question', text: string) =>
      keepTemplate(
        deps,
        { ...manager, role: 'ministry-supervisor' },
        { act, language: 'fr', name: act, text },
      )
    await keep('answer', 'Plainte {reference} déposée le {filed} auprès de {administration}.')
    await keep('question', 'Quel jour ?')
    const { home, reference, complaintId } = await referred({ receivedAt: new Date('2026-11-21T10:00:00Z') })
    const page = decoded((await agent.get(home)).payload)
    const [, id = ''] = /<option value="([0-9a-f-]{36})">answer</.exec(page) ?? []
    const filled = decoded((await agent.post(`${home}/answer`, { step: 'template', template: id })).payload)
    expect(filled).toMatch(
      new RegExp(
        `<textarea[^>]*name="text"[^>]*>\\s*Plainte ${reference} déposée le 21 novembre 2026 auprès de `,
      ),
    )
    const [row] = await open.db.sql`select status from complaints where id = ${complaintId}`
    expect(row?.['status']).toBe('formal_review')
  })
})

describe('the preview', () => {
  it('shows the words and the price of the very text that will be sent', async () => {
    const { home } = await referred({ language: 'fr', contact: { phone: '+212661000111', preferred: 'sms' } })
    const words = `Être reçu dès lundi, c’est noté. ${'Merci. '.repeat(9)}`.trim()
    const shown = decoded((await agent.post(`${home}/answer/preview`, { text: words })).payload)
    expect(shown).toContain(words)
    expect(shown).toContain('2 SMS')
  })
})

describe('a spoken answer', () => {
  it('is kept from the form, can be heard once it is playable, and is taken away again', async () => {
    const { home, complaintId } = await referred()
    expect((await speak(agent, home, 'sound')).statusCode).toBe(303)
    const [asset] = await open.db.sql<{ id: string }[]>`
      select id from media_assets where complaint_id = ${complaintId} and of_answer and declared_type = 'audio/webm'`
    const rendition = newUuidV7()
    await open.db
      .sql`update media_assets set state = 'ready', kind = 'audio', peaks = '[10, 80, 40]' where id = ${asset?.id ?? ''}`
    await open.db.sql`
      insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
      values (${rendition}, ${asset?.id ?? ''}, 'playback', 'audio/mp4', 1, '', ${newUuidV7()}, now())`
    const page = decoded((await agent.get(home)).payload)
    expect(page).toMatch(new RegExp(`Réponse vocale[\\s\\S]*renditions/${rendition}`))
    expect((await agent.post(`${home}/answer/voice/drop`)).statusCode).toBe(303)
    expect(decoded((await agent.get(home)).payload)).not.toContain(rendition)
  })

  it('that holds nothing is said on the page', async () => {
    const { home } = await referred()
    const refused = await speak(agent, home, '')
    expect([refused.statusCode, decoded(refused.payload).includes('role="alert"')]).toEqual([400, true])
  })

  it('of a person of another body meets nothing', async () => {
    const { home } = await referred()
    const stranger = await desk.enter('agent', 'ONEE')
    expect((await speak(stranger, home, 'sound')).statusCode).toBe(404)
  })
})
