import { afterAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { openWebHouse } from '../support/web-house.ts'
import { type WebPerson, webPerson } from '../support/web-person.ts'
import { webTexts } from '../support/web-texts.ts'

const texts = webTexts()
const { server, close } = await openWebHouse('later', { trustedProxies: ['127.0.0.1'], texts: texts.parts })
afterAll(close)

let nextHost = 1
const somebody = () => webPerson(server.url, { 'x-forwarded-for': `203.0.113.${nextHost++}` })

const STORY = 'Le dispensaire est fermé depuis dimanche, sans affiche.'

/** Writes the first answer and asks to go on later. Gives the page that says how. */
const begun = async (person: WebPerson) => {
  await person.get('/fr/file/message?way=write')
  const posted = await person.post('/fr/file/message', { text: STORY, kind: 'complaint', action: 'later' })
  expect(posted.location).toBe('/fr/file/later')
  return person.get('/fr/file/later')
}

const linkIn = (html: string): string => /http[^<]*(\/fr\/file\/resume\/[\w-]{43})/.exec(html)?.[1] ?? ''

/** The six digits of the text that left last. */
const lastCode = async (): Promise<string> => {
  await texts.deliver(server)
  return /\d{6}/.exec(texts.sent.at(-1)?.text ?? '')?.[0] ?? ''
}

describe('a draft opened again by its link (G5)', () => {
  it('goes on in another browser, after one press, where it was', async () => {
    const link = linkIn((await begun(somebody())).html)
    const other = somebody()
    const found = await other.get(link)
    expect(found.status).toBe(200)
    expect(found.html).toContain('Nous avons vos réponses')
    expect(other.cookies.size, 'looking gives nothing').toBe(0)
    expect((await other.post(link, {})).location).toBe('/fr/file/office')
    expect((await other.get('/fr/file/message')).html).toContain(STORY)
    await other.get('/fr/file/office')
    await other.post('/fr/file/office', { office: 'unknown' })
    await other.post('/fr/file/contact', { contact: 'none' })
    expect((await other.post('/fr/file/check', {})).location).toMatch(/^\/receipts\//)
  })

  it('tells both browsers that it was sent, once', async () => {
    const first = somebody()
    const link = linkIn((await begun(first)).html)
    const second = somebody()
    await second.get(link)
    await second.post(link, {})
    for (const person of [second, first]) {
      await person.get('/fr/file/office')
      await person.post('/fr/file/office', { office: 'unknown' })
      await person.post('/fr/file/contact', { contact: 'none' })
      await person.post('/fr/file/check', {})
    }
    const references = server.accepted.slice(-1).map(({ reference }) => reference)
    const [row] = await server.db.sql`select count(*)::int as count from complaints where text = ${STORY}
      and reference = any(${references})`
    expect(row?.count).toBe(1)
    expect((await first.get('/fr/file/check')).html).toContain('Déjà envoyée')
  })

  it('ends after seven days, and a made-up link opens nothing', async () => {
    const link = linkIn((await begun(somebody())).html)
    expect((await somebody().get(link.replace(/.$/, (end) => (end === 'A' ? 'Q' : 'A')))).status).toBe(404)
    server.clock.ahead += LIMITS.draftLife * 1000 - 60_000
    expect((await somebody().get(link)).status).toBe(200)
    server.clock.ahead += 120_000
    const late = await somebody().get(link)
    expect(late.status).toBe(404)
    expect(late.problems).toEqual(['Ce lien n’ouvre plus rien. Les réponses sont gardées 7 jours.'])
    server.clock.ahead = 0
  })
})

describe('a draft opened again by a phone’s code (G5)', () => {
  it('goes on with the number, however it is written, and the code that was texted to it', async () => {
    const person = somebody()
    await begun(person)
    const asked = await person.post('/fr/file/later', { phone: '06 12 34 56 01' })
    expect(asked.html).toContain('Un code est parti')
    const code = await lastCode()
    expect(texts.sent.at(-1)).toMatchObject({ to: '+212612345601', encoding: 'gsm7' })
    const [stored] = await server.db.sql`
      select text from outgoing_messages where recipient = '+212612345601'`
    expect(stored?.text).not.toContain(code)
    const other = somebody()
    await other.get('/ar/file/resume')
    const opened = await other.post('/ar/file/resume', { phone: '+212 612-345-601', code })
    expect(opened.location).toBe('/ar/file/office')
    expect((await other.get('/ar/file/message')).html).toContain(STORY)
  })

  it('names field, cause and example of what is wrong, and keeps the number typed', async () => {
    const person = somebody()
    await begun(person)
    const asked = await person.post('/fr/file/later', { phone: '0612' })
    expect(asked.problems).toEqual([
      'Le numéro de téléphone est incomplet. Écrivez-le en entier, par exemple \u20660612345678\u2069.',
    ])
    expect(asked.html).toContain('value="0612"')
    const opened = await somebody().post('/fr/file/resume', { phone: '0612345602', code: '12' })
    expect(opened.problems).toEqual(['Écrivez les 6 chiffres du code, par exemple \u2066482157\u2069.'])
    expect(opened.html).toContain('value="0612345602"')
  })

  it('judges five codes of a number an hour, and texts one number three times', async () => {
    const person = somebody()
    await begun(person)
    for (let n = 0; n < 4; n += 1) {
      const asked = await person.post('/fr/file/later', { phone: '0612345603' })
      expect(asked.problems.length, `text ${n + 1}`).toBe(n < 3 ? 0 : 1)
    }
    const code = await lastCode()
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    for (let n = 0; n < 5; n += 1)
      expect((await somebody().post('/fr/file/resume', { phone: '0612345603', code: wrong })).status).toBe(
        422,
      )
    expect((await somebody().post('/fr/file/resume', { phone: '0612345603', code })).status).toBe(429)
  })
})

describe('a sensitive subject (G12)', () => {
  it('is explained first, shows the way out on every page, and the way out makes this browser forget', async () => {
    const person = somebody()
    expect((await person.get('/fr/')).html).toContain('href="/fr/sensitive"')
    expect((await person.get('/fr/')).html).not.toContain('class="exit"')
    const explained = await person.get('/fr/sensitive')
    expect(explained.html).toContain('Sortir vite')
    expect((await person.get('/fr/file/message?way=write&sensitive=yes')).html).toContain('class="exit"')
    await person.post('/fr/file/message', { text: STORY, kind: 'complaint' })
    for (const step of ['message', 'office', 'contact'])
      expect((await person.get(`/ar/file/${step}`)).html, step).toContain('class="exit"')
    const link = linkIn((await person.get('/fr/file/later')).html)
    const out = await person.get('/fr/exit')
    expect(out.status).toBe(303)
    expect(new URL(out.location ?? '').hostname).not.toContain('wasl')
    expect(out.headers.get('referrer-policy')).toBe('no-referrer')
    expect((await person.get('/fr/file/message')).html).not.toContain(STORY)
    await person.post(link, {})
    expect((await person.get('/fr/file/message')).html, 'nothing typed is lost').toContain(STORY)
  })

  it('shows no way out elsewhere', async () => {
    const person = somebody()
    await begun(person)
    for (const where of ['/fr/', '/fr/file/message', '/fr/file/office', '/fr/track', '/fr/privacy'])
      expect((await person.get(where)).html, where).not.toContain('class="exit"')
  })
})
