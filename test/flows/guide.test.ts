import { afterAll, beforeAll, expect, it } from 'vitest'
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
  ['trainee', 'SANTE', 'practice', 'assign'],
  ['clerk', 'SANTE', 'counter', 'answer'],
  ['triage', undefined, 'triage', 'members'],
  ['ministry-supervisor', undefined, 'bodies', 'counter'],
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
  expect(pages.length).toBeGreaterThan(12)
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

it('is for those who work here', async () => {
  expect((await desk.app.inject({ url: '/console/guide' })).headers['location']).toBe('/console/sign-in')
  const person = await desk.enter('agent', 'SANTE')
  expect((await person.get('/console/guide/nothing')).statusCode).toBe(404)
})
