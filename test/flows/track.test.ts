import { afterAll, describe, expect, it } from 'vitest'
import { composeReference } from '../../src/core/reference.ts'
import { FLOOD_POLICY } from '../../src/http/rate-limit.ts'
import { openWebHouse } from '../support/web-house.ts'
import { fillFiling, webPerson } from '../support/web-person.ts'

const { server, close } = await openWebHouse('track', { trustedProxies: ['127.0.0.1'] })
afterAll(close)

let nextHost = 1
/** Somebody at an address of their own. */
const somebody = () => webPerson(server.url, { 'x-forwarded-for': `203.0.113.${nextHost++}` })

const filed = async () => {
  const person = somebody()
  await fillFiling(person, 'La route est coupée depuis la pluie de lundi.')
  await person.post('/fr/file/check', {})
  return server.accepted.at(-1)!
}

const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const arabicDigits = (digits: string) => digits.replace(/\d/g, (d) => String.fromCharCode(0x0660 + Number(d)))

describe('tracking by reference and code (U23, P81)', () => {
  it.each([
    ['as written', (text: string) => text],
    ['with spaces', (text: string) => `${text.slice(0, 2)} ${text.slice(2, 5)} ${text.slice(5)}`],
    ['with hyphens', (text: string) => text.split('').join('-')],
    ['in Arabic-Indic digits', arabicDigits],
  ])('takes the digits %s', async (_label, spelt) => {
    const { reference, accessCode } = await filed()
    const person = somebody()
    const answer = await person.post('/fr/track', { reference: spelt(reference), code: spelt(accessCode) })
    expect(answer.location).toBe('/fr/track/complaint')
    const { html } = await person.get('/fr/track/complaint')
    expect(html).toContain(reference)
    expect(html).toContain('Reçue')
    expect(html).toContain('Nous vérifions la demande avant le')
    expect((await person.get('/ar/track/complaint')).html).toContain('توصلنا بها')
  })

  it('tells a mistyped reference before any look-up', async () => {
    const { reference, accessCode } = await filed()
    const swapped = reference.slice(0, -1) + ((Number(reference.at(-1)) + 1) % 10)
    const short = await somebody().post('/fr/track', { reference: '26123', code: accessCode })
    expect(short.problems).toEqual(['Écrivez les 10 chiffres du numéro, par exemple \u20662612345678\u2069.'])
    const wrong = await somebody().post('/fr/track', { reference: swapped, code: accessCode })
    expect(wrong.problems).toEqual(['Un chiffre est faux ou deux sont inversés. Relisez votre reçu.'])
    const [row] = await server.db
      .sql`select count(*)::int as count from code_locks where reference = ${swapped}`
    expect(row?.count).toBe(0)
  })

  it('looks the same for a wrong code and for a complaint that does not exist, lock included', async () => {
    const { accessCode, reference } = await filed()
    const nowhere = composeReference(2031, 7_654_321)
    const tries = async (at: string) => {
      const person = somebody()
      const answers = []
      for (let n = 0; n < 6; n += 1)
        answers.push(await person.post('/fr/track', { reference: at, code: wrongOf(accessCode) }))
      return answers.map(({ status, html, headers }) => [
        status,
        html.replaceAll(at, ''),
        headers.get('retry-after'),
      ])
    }
    const [known, unknown] = [await tries(reference), await tries(nowhere)]
    expect(known).toEqual(unknown)
    expect(known.map(([status]) => status)).toEqual([404, 404, 404, 404, 404, 429])
  })

  it('locks for an hour after five wrong codes, tells the citizen, and opens again', async () => {
    const { accessCode, reference, complaintId, receiptId } = await filed()
    const burst = await Promise.all(
      Array.from({ length: 20 }, () =>
        somebody().post('/fr/track', { reference, code: wrongOf(accessCode) }),
      ),
    )
    expect(burst.filter(({ status }) => status === 404)).toHaveLength(5)
    expect((await somebody().post('/fr/track', { reference, code: accessCode })).status).toBe(429)
    const events = await server.db
      .sql`select event from complaint_events where complaint_id = ${complaintId} and event = 'code_locked'`
    expect(events).toHaveLength(1)
    // The receipt's link needs no code and stays open.
    const link = `/fr/track/${(await import('../../src/receipts/link.ts')).receiptToken((await import('../support/acceptance.ts')).testSecrets, receiptId)}`
    expect((await somebody().get(link)).html).toContain('Trop de codes faux')
    server.clock.ahead += 3601 * 1000
    expect((await somebody().post('/fr/track', { reference, code: accessCode })).status).toBe(303)
  })

  it('forgets wrong tries after a right one', async () => {
    const { accessCode, reference } = await filed()
    const person = somebody()
    for (const code of [
      ...Array(4).fill(wrongOf(accessCode)),
      accessCode,
      ...Array(4).fill(wrongOf(accessCode)),
    ])
      await person.post('/fr/track', { reference, code })
    expect((await person.post('/fr/track', { reference, code: accessCode })).status).toBe(303)
  })

  it('limits the tries of one client over all references, whatever it writes into X-Forwarded-For', async () => {
    const { limit } = FLOOD_POLICY.tracking
    const guess = (n: number, forwarded: string) =>
      webPerson(server.url, { 'x-forwarded-for': forwarded }).post('/fr/track', {
        reference: composeReference(2032, n),
        code: '123456',
      })
    const statuses = []
    // The proxy at 127.0.0.1 is trusted; what stands before its own entry is the client's invention.
    for (let n = 0; n <= limit; n += 1) statuses.push((await guess(n, `10.9.8.${n}, 192.0.2.99`)).status)
    expect(statuses.slice(0, limit)).toEqual(Array(limit).fill(404))
    expect(statuses.at(-1)).toBe(429)
    expect((await guess(99, '192.0.2.100')).status).toBe(404)
  })

  it('leaves nothing on a shared computer', async () => {
    const { accessCode, reference } = await filed()
    const person = somebody()
    await person.post('/fr/track', { reference, code: accessCode })
    await person.post('/fr/track/leave', {})
    expect((await person.get('/fr/track/complaint')).location).toBe('/fr/track')
    expect((await person.get('/fr/track/aaaaaaaaaaaa')).status).toBe(404)
  })

  it('says late the day it happens', async () => {
    const { accessCode, reference } = await filed()
    server.clock.ahead += 16 * 24 * 3600 * 1000
    const person = somebody()
    await person.post('/fr/track', { reference, code: accessCode })
    expect((await person.get('/fr/track/complaint')).html).toContain('En retard')
  })
})

describe('GET /api/v1/complaints/{reference}', () => {
  const ask = (reference: string, code: string, host: string) =>
    fetch(`${server.url}/api/v1/complaints/${encodeURIComponent(reference)}?lang=ar`, {
      headers: { 'access-code': code, 'x-forwarded-for': host },
    })

  it('gives the shape of the contract', async () => {
    const { accessCode, reference } = await filed()
    const answer = await ask(reference, accessCode, '203.0.114.1')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toMatchObject({
      reference,
      kind: 'complaint',
      state: 'received',
      late: false,
      round: 1,
      reviewBy: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      answerBy: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      timeline: [{ event: 'received' }],
      media: [],
    })
  })

  it.each([
    ['a wrong code', (r: string) => r, wrongOf, 404, 'wrong_code'],
    ['no code', (r: string) => r, () => '', 404, 'wrong_code'],
    ['a reference that is none', () => '123', (c: string) => c, 400, 'reference_invalid'],
  ])('answers %s with its code', async (_label, reference, code, status, errorCode) => {
    const accepted = await filed()
    const answer = await ask(reference(accepted.reference), code(accepted.accessCode), '203.0.114.2')
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ code: errorCode })
  })
})
