import { afterAll, describe, expect, it } from 'vitest'
import { receiptToken } from '../../src/receipts/link.ts'
import { testSecrets } from '../support/acceptance.ts'
import { type Filed, openFollowUpHouse, PAGE, STORY } from '../support/follow-up-house.ts'
import { webPerson } from '../support/web-person.ts'

const DAY = 24 * 3600 * 1000
const { house, server, receipts, somebody, enter, followed, answered, bodyDoes, heardOf, sentAfter, close } =
  await openFollowUpHouse()
afterAll(close)

const roundsOf = ({ complaintId }: Filed) =>
  house.db
    .sql`select r.number, r.satisfied, r.answer, d.due_on::text as answer_by, i.id as receipt, i.state, i.via
    from rounds r join deadlines d on d.complaint_id = r.complaint_id and d.round = r.number and d.kind = 'answer'
    join receipts i on i.complaint_id = r.complaint_id and i.round = r.number
    where r.complaint_id = ${complaintId} order by r.number`

describe('sending a complaint again', () => {
  it('goes round as often as wished, each time with a receipt and clocks of its own', async () => {
    server.clock.ahead = -20 * DAY
    const { filed } = await answered()
    server.clock.ahead = 0
    const person = somebody()
    const page = await enter(person, filed)
    expect(page.html).toContain('Le guichet rouvre lundi.\nVenez avec votre carte.')

    const no = await person.post(`${PAGE}/unsatisfied`, {})
    expect(no.location).toBe(`${PAGE}/again`)
    const form = await person.get(`${PAGE}/again`)
    expect(form.html.match(/<(textarea|select|input type="(?!hidden))/g)).toHaveLength(1)
    expect(form.html).toContain('Que manque-t-il')
    const again = await person.post(`${PAGE}/again`, { text: 'Lundi, il était encore fermé.' })
    const [first, second] = await roundsOf(filed)
    expect(again.location).toBe(`/fr/receipts/${receiptToken(testSecrets, second?.['receipt'])}`)
    expect(first).toMatchObject({ number: 1, satisfied: false, answer: expect.stringContaining('rouvre') })
    expect(second).toMatchObject({ number: 2, satisfied: null, answer: null, state: 'sent', via: 'inline' })
    expect(Date.parse(second?.['answer_by']) - Date.parse(first?.['answer_by'])).toBe(20 * DAY)

    const receipt = (await receipts.inject(again.location!)).body
    expect(receipt).toContain(filed.reference)
    expect(receipt.replace(/<[^>]+>/g, ' ')).toMatch(/Passage\s+2/)
    const after = await person.get(PAGE)
    expect(after.html).toContain('Passage 2')
    expect(after.html).toContain('Réponse du passage 1')
    expect(after.html).toContain('Le guichet rouvre lundi.')

    await house.relay.drain()
    const told = heardOf(filed).at(-1)
    expect(told?.type).toBe('complaint.resubmitted')
    expect(told?.data.rounds).toMatchObject([
      { number: 1, text: STORY, answer: expect.stringContaining('rouvre') },
      { number: 2, text: 'Lundi, il était encore fermé.', answer: null },
    ])

    await bodyDoes(filed, 'answer', { text: 'Il est ouvert.' })
    await person.get(PAGE)
    expect((await person.post(`${PAGE}/satisfied`, {})).location).toBe(PAGE)
    expect(await house.complaint(filed.complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'satisfied',
    })
    expect((await person.get(PAGE)).html).toContain('Clôturée')

    await person.get(`${PAGE}/again`)
    expect((await person.post(`${PAGE}/again`, { text: '' })).location).toMatch(/^\/fr\/receipts\//)
    await house.relay.drain()
    expect((await roundsOf(filed)).map(({ satisfied }) => satisfied)).toEqual([false, false, null])
    expect(heardOf(filed).map(({ type }) => type)).toEqual([
      'complaint.referred',
      'complaint.resubmitted',
      'complaint.resubmitted',
    ])
  })

  it('mails the new receipt where the person left an address', async () => {
    const { person, filed } = await answered({ contact: 'email', email: 'amina@example.ma' })
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, { text: 'Toujours fermé.' })
    const [, second] = await roundsOf(filed)
    expect(second).toMatchObject({ state: 'due', via: 'email' })
    const queued = await house.db.sql`select key from outbox_messages
      where topic = 'receipt.send' and payload ->> 'receiptId' = ${second?.['receipt']}`
    expect(queued).toEqual([{ key: 'receipt:email' }])
  })

  it('counts two presses, and a third from the page one came back to, once', async () => {
    const { person, filed } = await answered()
    await person.get(`${PAGE}/again`)
    const press = () => person.post(`${PAGE}/again`, { text: 'Rien n’a changé.' })
    const answers = [...(await Promise.all([press(), press()])), await press()]
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1)
    expect(answers[0]?.location).toMatch(/^\/fr\/receipts\//)
    expect(await roundsOf(filed)).toHaveLength(2)
    expect(await sentAfter(filed)).toEqual([{ round: 2, text: 'Rien n’a changé.' }])
  })

  it('judges no later round by a page of an earlier one', async () => {
    const { person, filed } = await answered()
    const late = webPerson(server.url, { 'x-forwarded-for': '203.0.113.250' })
    await enter(late, filed)
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, {})
    await house.relay.drain()
    await bodyDoes(filed, 'answer', { text: 'Deuxième réponse.' })
    await late.post(`${PAGE}/satisfied`, {})
    expect(await house.complaint(filed.complaintId)).toMatchObject({ status: 'answered', round: 2 })
    expect((await roundsOf(filed)).map(({ satisfied }) => satisfied)).toEqual([false, null])
  })

  it('is offered for what was refused, with no other act beside it', async () => {
    const { person, filed } = await followed()
    await bodyDoes(filed, 'refuse', { ground: 'national_defence', reason: 'Base de Kénitra.' })
    const { html } = await person.get(PAGE)
    expect(html).toContain('Base de Kénitra.')
    const told = await fetch(`${server.url}/api/v1/complaints/${filed.reference}`, {
      headers: { 'access-code': filed.accessCode },
    })
    expect(await told.json()).toMatchObject({ ground: 'national_defence', refusal: 'Base de Kénitra.' })
    const steps = [...html.matchAll(/track\/complaint\/(\w+)"/g)].map(([, step]) => step)
    expect(steps.filter((step) => step !== 'data')).toEqual(['again'])
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, { text: 'Ce n’est pas la même.' })
    await house.relay.drain()
    expect(heardOf(filed).at(-1)?.type).toBe('complaint.resubmitted')
    expect((await person.get(`${PAGE}/again`)).location).toBe(PAGE)
  })
})
