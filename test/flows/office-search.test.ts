import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { openWebHouse } from '../support/web-house.ts'
import { webPerson } from '../support/web-person.ts'

const { server, close } = await openWebHouse('offices', { bodies: false })
afterAll(close)
beforeAll(async () => {
  await seedAdministrations({ db: server.db, clock: server.clock, newId: newUuidV7 })
})

/** Codes offered after a search by the Search button, first to last. */
const found = async (locale: string, words: string): Promise<string[]> => {
  const person = webPerson(server.url)
  await person.get(`/${locale}/file/message?way=write`)
  await person.post(`/${locale}/file/message`, { text: 'Une histoire assez longue.', kind: 'complaint' })
  await person.get(`/${locale}/file/office`)
  const { html } = await person.post(`/${locale}/file/office`, { action: 'search', q: words })
  return [...html.matchAll(/name="office" value="([\w-]+)"/g)]
    .map(([, code = '']) => code)
    .filter((code) => code !== 'unknown')
}

describe('the office is found without script', () => {
  it.each([
    ['by its name', 'fr', 'ministere de la sante', 'SANTE'],
    ['by its name in Arabic', 'ar', 'وزارة الصحة', 'SANTE'],
    ['by its service', 'fr', 'état civil Casablanca', 'COMMUNE-CASABLANCA'],
    ['by its service in Arabic', 'ar', 'عقد الازدياد كازا', 'COMMUNE-CASABLANCA'],
    ['by its town', 'fr', 'Agadir', 'COMMUNE-AGADIR'],
    ['by its town in Arabic, written as people do', 'ar', 'اگادير', 'COMMUNE-AGADIR'],
    ['by an everyday word', 'fr', 'poubelles Agadir', 'COMMUNE-AGADIR'],
    ['by an everyday word in Arabic', 'ar', 'زبل أكادير', 'COMMUNE-AGADIR'],
    ['by a word of Darija', 'ar', 'صبيطار فاس', 'SANTE-FES'],
    ['with a slip of the finger', 'fr', 'hopittal Fes', 'SANTE-FES'],
    ['by what is wrong', 'fr', 'nid de poule', 'EQUIPEMENT'],
  ])('%s', async (_label, locale, words, code) => {
    const codes = await found(locale, words)
    expect(codes.slice(0, 3)).toContain(code)
  })

  it('says so when nothing is found, and still offers "I don’t know"', async () => {
    const person = webPerson(server.url)
    await person.get('/fr/file/office')
    const { html } = await person.post('/fr/file/office', { action: 'search', q: 'xyzzy' })
    expect(html).toContain('Rien pour «\u00a0xyzzy\u00a0»')
    expect(html).toContain('value="unknown"')
    expect(html).toContain('value="xyzzy"')
  })
})
