import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Texts } from '../../src/html/catalogue/define.ts'
import { AREAS } from '../../src/html/catalogue/index.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
beforeAll(async () => {
  open = await openTestDatabase()
  await seedAdministrations({ db: open.db, clock: { now: () => new Date() }, newId: newUuidV7 })
  desk = await openDesk(open.db, undefined as never)
})
afterAll(async () => {
  await desk.close()
  await open.close()
})

const linksIn = (html: string) =>
  [...html.matchAll(/href="(\/console\/guide\/\w+)"/g)].map(([, path]) => path ?? '')

it.each([
  ['agent', 'SANTE', 'answer', 'approve'],
  ['manager', 'SANTE', 'approve', 'bodies'],
  ['manager', 'SANTE', 'conformance', 'publish'],
  ['agent', 'SANTE', 'merge', 'templates'],
  ['trainee', 'SANTE', 'practice', 'assign'],
  ['clerk', 'SANTE', 'counter', 'answer'],
  ['triage', undefined, 'triage', 'members'],
  ['ministry-supervisor', undefined, 'bodies', 'counter'],
  ['ministry-supervisor', undefined, 'policy', 'closing'],
  ['auditor', undefined, 'failures', 'review'],
] as const)('leads %s to the own tasks first', async (role, body, own, other) => {
  const person = await desk.enter(role, body)
  const page = (await person.get('/console/guide')).payload
  const [yours = '', others = ''] = page.split('Tâches des autres')
  expect(linksIn(yours)).toContain(`/console/guide/${own}`)
  expect(linksIn(others)).toContain(`/console/guide/${other}`)
})

it('has one page a task, in each language, with who may on top', async () => {
  const person = await desk.enter('agent', 'SANTE')
  const pages = linksIn((await person.get('/console/guide')).payload)
  for (const task of ['merge', 'templates', 'calendar', 'conformance', 'counter', 'report'])
    expect(pages).toContain(`/console/guide/${task}`)
  for (const path of pages)
    for (const [language, may] of [
      ['fr', 'Qui le peut'],
      ['ar', 'من يحق له'],
      ['en', 'Who may'],
    ] as const) {
      const { payload } = await person.get(path, language)
      expect(payload, path).toContain(may)
      const steps = /<ol class="steps">(.*?)<\/ol>/s.exec(payload)?.[1]?.match(/<li>/g) ?? []
      expect(steps.length, path).toBeGreaterThan(3)
    }
})

it('names what is on the screen by the words that are there', () => {
  for (const language of ['ar', 'fr', 'en'] as const) {
    const texts = (AREAS as readonly Texts<string>[]).flatMap((area) => Object.entries(area[language]))
    const plain = (words: string) => words.replaceAll('\u00A0', ' ')
    const isGuide = ([key]: readonly [string, string]) => key.startsWith('guide.')
    const known = new Set(texts.filter((one) => !isGuide(one)).map(([, words]) => plain(words)))
    const quoted = texts
      .filter(isGuide)
      .flatMap(([key, words]) =>
        [...plain(words).matchAll(/[«“]\s*(.+?)\s*[»”]/g)].map(([, name = '']) => [key, name]),
      )
    expect(quoted.length).toBeGreaterThan(30)
    expect(quoted.filter(([, name = '']) => !known.has(name))).toEqual([])
  }
})

it('is for those who work here', async () => {
  expect((await desk.app.inject({ url: '/console/guide' })).headers['location']).toBe('/console/sign-in')
  const person = await desk.enter('agent', 'SANTE')
  expect((await person.get('/console/guide/nothing')).statusCode).toBe(404)
})
