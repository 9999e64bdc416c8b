import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'
import { pollUntil } from '../support/poll-until.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let accept: Awaited<ReturnType<typeof acceptanceOver>>['accept']
let base: string
type Person = Awaited<ReturnType<typeof desk.enter>>
let health: Person
let water: Person
let trainee: Person

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
  await seedAdministrations({ db: open.db, clock: { now: () => new Date() }, newId: newUuidV7 })
  desk = await openDesk(open.db, undefined as never)
  health = await desk.enter('agent', 'SANTE')
  water = await desk.enter('agent', 'ONEE')
  trainee = await desk.enter('trainee', 'SANTE')
  base = await desk.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await desk.close()
  await open.close()
})

/** Listens as a person's page does: what came so far, and whether the stream has ended. */
const listen = async ({ cookie }: Pick<Person, 'cookie'>) => {
  const answer = await fetch(`${base}/console/live`, { headers: { cookie, accept: 'text/event-stream' } })
  const heard = { status: answer.status, text: '', ended: false }
  const read = async () => {
    for await (const chunk of answer.body ?? []) heard.text += Buffer.from(chunk).toString()
    heard.ended = true
  }
  void read()
  await pollUntil(() => heard.text !== '')
  return heard
}
const changes = ({ text }: { text: string }): number => text.split('event: changed').length - 1

/** Something happens to a complaint of a body, as the use cases write it down. */
const happen = async (body: string, event = 'note', facts = {}) => {
  const { complaintId } = await accept(submissionOf())
  await open.db
    .sql`update complaints set administration_id = (select id from administrations where code = ${body})
    where id = ${complaintId}`
  await open.db.sql`insert into complaint_events (id, complaint_id, round, at, event, facts)
    values (${newUuidV7()}, ${complaintId}, 1, now(), ${event}, ${JSON.stringify(facts)}::text::jsonb)`
}

describe('live updates of the inbox', () => {
  it('tell a body of its own complaints, of one that left it, and nothing of another’s', async () => {
    const [own, other, practising] = await Promise.all([listen(health), listen(water), listen(trainee)])
    await happen('SANTE')
    await pollUntil(() => changes(own) > 0)
    const before = changes(own)
    await happen('ONEE', 'transferred', { from: 'SANTE' })
    await pollUntil(() => changes(other) > 0 && changes(own) > before)
    expect(changes(other), 'what happened at SANTE').toBe(1)
    expect(changes(practising), 'a trainee has practice complaints alone').toBe(0)
    expect(own.text.replaceAll(/retry: 5000\n\n|event: changed\ndata:\n\n/g, ''), 'says what').toBe('')
  })

  it('see an act that took long to commit', async () => {
    const own = await listen(health)
    const late = newUuidV7()
    await happen('SANTE')
    await pollUntil(() => changes(own) > 0)
    const before = changes(own)
    await open.db.sql`insert into complaint_events (id, complaint_id, round, at, event)
      select ${late}, id, 1, now(), 'note' from complaints
      where administration_id = (select id from administrations where code = 'SANTE') limit 1`
    await pollUntil(() => changes(own) > before)
  })

  it('end with the session', async () => {
    const own = await listen(water)
    await water.post('/console/sign-out', {})
    await happen('ONEE')
    await pollUntil(() => own.ended)
    expect(changes(own)).toBe(0)
  })

  it.each([
    ['nobody', () => '', 303],
    ['who asks for a page', () => health.cookie, 406],
  ])('are not given to %s', async (_, cookie, status) => {
    const answer = await fetch(`${base}/console/live`, { headers: { cookie: cookie() }, redirect: 'manual' })
    expect(answer.status).toBe(status)
  })
})
