import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/platform/system-clock.ts'
import { readBreakdown } from '../../src/supervision/read-counts.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'

let house: Awaited<ReturnType<typeof startHandlingHouse>>
beforeAll(async () => {
  house = await startHandlingHouse(['SANTE', 'IMPOTS'])
  await house.put('SANTE', {
    services: [
      { code: 'urgences', names: { fr: 'Urgences' } },
      { code: 'vaccins', names: { fr: 'Vaccination' } },
    ],
  })
  await house.put('IMPOTS', { services: [{ code: 'remise', names: { fr: 'Remise gracieuse' } }] })
})
afterAll(() => house.close())

const about = async (reference: string) => {
  const { service, cause } = (await house.read('SANTE.agent', reference)).handling
  return { service: service?.code ?? null, cause }
}
const counted = async (dimension: 'service' | 'cause') => {
  await refreshCells({
    db: house.db,
    clock: systemClock,
    officeZone: 'Africa/Casablanca',
    origins: ['file'],
  })
  const filters = { from: '2000-01-01', until: '2100-01-01', bodies: 'everything' } as const
  const rows = (await readBreakdown(house.db.sql, filters, dimension)) ?? []
  return Object.fromEntries(rows.map(({ value, received }) => [value, received]))
}

describe('what a complaint is about', () => {
  it('is noted with the review and corrected with the answer; nobody has to', async () => {
    const { reference, complaintId } = await house.filed('SANTE')
    expect(await about(reference)).toEqual({ service: null, cause: null })
    const review = { checks: ALL_YES, service: 'urgences', cause: 'delay' }
    expect((await house.act('SANTE.agent', reference, 'review', review)).status).toBe(204)
    expect(await about(reference)).toEqual({ service: 'urgences', cause: 'delay' })
    const answer = { text: 'Le guichet rouvre.', cause: 'access' }
    expect((await house.act('SANTE.agent', reference, 'answer', answer)).status).toBe(204)
    expect(await about(reference)).toEqual({ service: 'urgences', cause: 'access' })
    const { timeline } = await house.read('SANTE.agent', reference)
    expect(
      timeline
        .filter(({ event }: { event: string }) => event === 'classified')
        .map(({ facts }: { facts: object }) => facts),
    ).toEqual([{ service: 'urgences', cause: 'delay' }, { cause: 'access' }])
    const audited = await house.db.sql`
      select action, facts from audit_entries where subject = ${reference} and facts ? 'cause' order by at`
    expect(audited.map(({ action, facts }) => [action, facts.cause])).toEqual([
      ['complaint.review', 'delay'],
      ['complaint.answer', 'access'],
    ])
    expect(await house.notices(complaintId)).toEqual(['accepted', 'answered'])
  })

  it('is corrected after the answer too, and the numbers follow, those not yet classified among them', async () => {
    const { reference } = await house.filed('SANTE')
    await house.act('SANTE.agent', reference, 'answer', { text: 'Réponse.' })
    const before = await counted('cause')
    expect(before['']).toBeGreaterThan(0)
    const said = { service: 'vaccins', cause: 'cost' }
    expect((await house.act('SANTE.manager', reference, 'classify', said)).status).toBe(204)
    const after = await counted('cause')
    expect([after[''] ?? 0, after['cost']]).toEqual([(before[''] ?? 0) - 1, (before['cost'] ?? 0) + 1])
    await house.act('SANTE.manager', reference, 'classify', { cause: null })
    expect(await counted('cause')).toEqual(before)
    // The same again is no news.
    const { timeline } = await house.read('SANTE.agent', reference)
    await house.act('SANTE.manager', reference, 'classify', { cause: null, service: 'vaccins' })
    expect((await house.read('SANTE.agent', reference)).timeline).toEqual(timeline)
  })

  it.each([
    ['the service of another body', { service: 'remise' }, 'validation'],
    ['a cause that is on no list', { cause: 'bad luck' }, 'validation'],
  ])('is not %s', async (_name, said, code) => {
    const { reference } = await house.filed('SANTE')
    const { body } = await house.act('SANTE.agent', reference, 'classify', said)
    expect(body.code).toBe(code)
    expect(await about(reference)).toEqual({ service: null, cause: null })
  })

  it('is not for another body to say, nor for the ministry, nor of an older state of the record', async () => {
    const { reference } = await house.filed('SANTE')
    const said = { cause: 'delay' }
    expect((await house.act('IMPOTS.agent', reference, 'classify', said)).status).toBe(404)
    expect((await house.act('triage', reference, 'classify', said)).status).toBe(403)
    expect((await house.act('SANTE.agent', reference, 'classify', { ...said, seen: 'old' })).status).toBe(409)
  })

  it('keeps its cause when it is transferred, not the service of the body it left', async () => {
    const { reference } = await house.filed('SANTE')
    await house.act('SANTE.agent', reference, 'classify', { service: 'urgences', cause: 'conduct' })
    await house.act('triage', reference, 'transfer', { administration: 'IMPOTS', reason: 'Un impôt.' })
    const { handling } = await house.read('IMPOTS.agent', reference)
    expect(handling).toMatchObject({
      service: null,
      cause: 'conduct',
      services: [{ code: 'remise', names: { fr: 'Remise gracieuse' } }],
    })
  })

  it("is said by a body's own machine with its answer or its refusal, which may name who is competent", async () => {
    const machine = async (verb: string, said: object) => {
      const { complaintId, reference } = await house.filed('SANTE')
      const [referral] = await house.referrals(complaintId)
      const url = `/api/v1/referrals/${referral?.['id']}/${verb}`
      expect((await house.call(house.tokenOf('SANTE.body'), 'POST', url, said)).status).toBe(200)
      return { reference, complaintId }
    }
    const answered = await machine('answer', { text: 'Voici.', service: 'vaccins', cause: 'quality' })
    expect(await about(answered.reference)).toEqual({ service: 'vaccins', cause: 'quality' })
    const refused = await machine('refuse', {
      ground: 'other_authority',
      reason: 'Une décision de justice suffit.',
      direction: 'Conseil national de la presse',
      cause: 'other',
    })
    expect(await about(refused.reference)).toEqual({ service: null, cause: 'other' })
    const [event] = await house.db.sql`
      select facts from complaint_events where complaint_id = ${refused.complaintId} and event = 'inadmissible'`
    expect(event?.['facts']).toMatchObject({
      direction: 'Conseil national de la presse',
      reason: 'Une décision de justice suffit.\nConseil national de la presse',
    })
  })
})
