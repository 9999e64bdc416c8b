import { afterAll, describe, expect, it } from 'vitest'
import { speech } from '../../channels/voice/speech.ts'
import { CITIZEN_STATES, type CitizenState, type Status } from '../../src/core/complaint.ts'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import { plainForSms } from '../../src/core/segments.ts'
import { createTextWriter } from '../../src/html/sms-text.ts'
import { text } from '../../src/html/text.ts'
import { readKnownComplaint } from '../../src/messages/known-complaint.ts'
import { openWebHouse } from '../support/web-house.ts'
import { fillFiling, webPerson } from '../support/web-person.ts'

const { server, close } = await openWebHouse('words', { trustedProxies: ['127.0.0.1'] })
afterAll(close)

/** One internal status for each state a citizen is shown. */
const STATUS_OF: Readonly<Record<CitizenState, Status>> = {
  received: 'received',
  being_checked: 'formal_review',
  waiting_for_you: 'information_requested',
  with_office: 'in_progress',
  answered: 'answered',
  closed: 'closed',
}

const said = (locale: Locale, state: CitizenState): string => {
  const verbs = speech(
    {
      words: (language, key) => text(language, key),
      clips: { find: () => undefined },
      onMissing: () => {},
    },
    locale,
    [{ part: 'word', word: `state.${state}` }],
  )
  return verbs.map((verb) => ('text' in verb ? String(verb.text) : '')).join(' ')
}

describe('U25 the same complaint on every channel', () => {
  it.each(CITIZEN_STATES)('says %s in the words of the string table', async (state) => {
    const person = webPerson(server.url, { 'x-forwarded-for': '203.0.113.7' })
    await fillFiling(person, 'La route est coupée depuis la pluie de lundi.')
    await person.post('/fr/file/check', {})
    const { complaintId, reference, accessCode } = server.accepted.at(-1)!
    await server.db.sql`update complaints set status = ${STATUS_OF[state]} where id = ${complaintId}`
    await person.post('/fr/track', { reference, code: accessCode })
    const api = await fetch(`${server.url}/api/v1/complaints/${reference}`, {
      headers: { 'access-code': accessCode },
    })
    expect(await api.json()).toMatchObject({ state, late: false, round: 1 })
    const now = server.clock.now()
    const reading = { now, officeZone: 'Africa/Casablanca' }
    const complaint = await readKnownComplaint(server.db.orm, reading, complaintId)
    expect(complaint?.state).toBe(state)
    const write = createTextWriter('+212537123456')
    for (const locale of LOCALES) {
      const words = text(locale, `state.${state}`)
      const { html } = await person.get(`/${locale}/track/complaint`)
      expect(/<p class="state"><span>(.*?)<\/span>/.exec(html)?.[1], `web ${locale}`).toBe(words)
      // SMS and WhatsApp have one writer; French keeps to the letters of GSM-7 there.
      const status = complaint && write(locale, 'status', { complaint })
      expect(status, `sms ${locale}`).toContain(locale === 'ar' ? words : plainForSms(words))
      expect(said(locale, state), `voice ${locale}`).toContain(words)
    }
  })
})
