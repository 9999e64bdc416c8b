import { solveChallenge } from 'altcha-lib/v1'
import { afterAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { FLOOD_POLICY } from '../../src/http/rate-limit.ts'
import { openWebHouse } from '../support/web-house.ts'
import { fillFiling, webPerson } from '../support/web-person.ts'

const STORY = 'Le guichet de la commune est fermé depuis deux semaines.'
const sound = (name: string, bytes: Uint8Array<ArrayBuffer> | string, type = 'audio/mpeg') =>
  new File([bytes], name, { type })

const { server, close } = await openWebHouse('web', { trustedProxies: ['127.0.0.1'] })
afterAll(close)

const countComplaints = async (): Promise<number> => {
  const [row] = await server.db.sql<{ count: number }[]>`select count(*)::int as count from complaints`
  return row?.count ?? 0
}

/** The token that names the draft in its forms. */
const tokenIn = (html: string) =>
  /name="form" value="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#61;', '=') ?? ''

describe('filing without scripts', () => {
  it('makes of the answers one complaint, in five pages after the home page', async () => {
    const person = webPerson(server.url)
    const steps = [await person.get('/ar/file/message?way=write')]
    const follow = async (answer: { location: string | null }) => person.get(answer.location ?? '')
    const text = 'انقطع الماء في حينا منذ ثلاثة أيام.'
    steps.push(await follow(await person.post('/ar/file/message', { text, kind: 'suggestion' })))
    steps.push(await follow(await person.post('/ar/file/office', { office: 'EAU', place: 'الرباط' })))
    const contact = {
      contact: 'phone',
      phone: '٠٦١٢٣٤٥٦٧٨',
      preferred: 'voice',
      name: 'سعيدة',
      answerLanguage: 'fr',
    }
    steps.push(await follow(await person.post('/ar/file/contact', contact)))
    const sent = await person.post('/ar/file/check', {})
    expect(steps.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(sent.status).toBe(303)
    expect(sent.location).toMatch(/^\/receipts\/[\w-]{40,}$/)
    const [row] = await server.db.sql`
      select c.kind, c.text, c.place, c.language, c.channel, c.anonymous, a.code, p.phone, p.preferred, p.name
      from complaints c join complainants p on p.complaint_id = c.id
      left join administrations a on a.id = c.named_administration_id
      where c.id = ${server.accepted.at(-1)!.complaintId}`
    expect(row).toMatchObject({
      kind: 'suggestion',
      text,
      place: 'الرباط',
      language: 'fr',
      channel: 'web',
      anonymous: false,
      code: 'EAU',
      phone: '+212612345678',
      preferred: 'voice',
      name: 'سعيدة',
    })
  })

  it('keeps page and answers when the language changes in the middle of a sentence', async () => {
    const person = webPerson(server.url)
    await person.get('/fr/file/message')
    const switched = await person.post('/fr/file/message', { text: STORY, language: 'ar' })
    expect(switched.location).toBe('/ar/file/message')
    expect((await person.get('/ar/file/message')).html).toContain(STORY)
  })

  it('goes one step back with what was typed', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/contact')
    const back = await person.post('/fr/file/contact', { contact: 'email', email: 'moi@', action: 'back' })
    expect(back.location).toBe('/fr/file/office')
    expect((await person.get('/fr/file/contact')).html).toContain('value="moi@"')
    expect((await person.post('/fr/file/check', { action: 'back' })).location).toBe('/fr/file/contact')
  })

  it('goes back to the check after Change', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/office')
    const changed = await person.post('/fr/file/office', { office: 'SANTE' })
    expect(changed.location).toBe('/fr/file/check')
    expect((await person.get('/fr/file/check')).html).toContain('Ministère de la Santé')
  })

  it('searches offices without a script, by Enter as well', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/office')
    const found = await person.post('/fr/file/office', { q: 'eau', action: 'default' })
    expect(found.status).toBe(200)
    expect(found.html).toContain('value="EAU"')
    expect(found.html).not.toContain('value="SANTE"')
    const nothing = await person.post('/fr/file/office', { q: 'xyzzy', action: 'search' })
    expect(nothing.html).toContain('Rien pour «\u00A0xyzzy\u00A0»')
  })

  it('shows the direction for National Defence once, and records the filing all the same', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/office')
    const told = await person.post('/fr/file/office', { office: 'DEFENSE' })
    expect(told.status).toBe(200)
    expect(told.html).toContain('décret 2-17-265')
    expect((await person.post('/fr/file/office', { office: 'DEFENSE' })).location).toBe('/fr/file/check')
    expect((await person.post('/fr/file/check', {})).location).toMatch(/^\/receipts\//)
  })

  it('asks for a name where the law of the office does', async () => {
    const person = webPerson(server.url)
    await person.get('/fr/file/message')
    await person.post('/fr/file/message', { text: STORY, kind: 'complaint' })
    await person.post('/fr/file/office', { office: 'JUSTICE' })
    const refused = await person.post('/fr/file/contact', { contact: 'none' })
    expect(refused.problems).toEqual([
      'La loi demande ici un nom et un contact. Donnez par exemple votre nom et votre numéro.',
    ])
  })
})

describe('what is wrong is said in its own words, and nothing typed is lost (U13)', () => {
  it.each([
    [
      'nothing',
      {},
      'Votre message est vide. Racontez, par exemple\u00a0: «\u00a0L’eau est coupée depuis trois jours.\u00a0» Ou ajoutez un fichier.',
    ],
    [
      'one letter',
      { text: 'a' },
      'Un mot ne suffit pas. Racontez en une phrase, par exemple\u00a0: «\u00a0L’eau est coupée depuis trois jours.\u00a0»',
    ],
    [
      '20,000 characters',
      { text: 'é'.repeat(20_000) },
      'Votre texte a 20.000 caractères. La limite est 10.000. Raccourcissez, ou joignez un fichier.',
    ],
    [
      'an empty file',
      { text: STORY, files: sound('vide.mp3', '') },
      '\u2066vide.mp3\u2069 est vide. Choisissez un autre fichier, par exemple une photo.',
    ],
    [
      '60 MB',
      { text: STORY, files: sound('long.mp3', new Uint8Array(60 * 1024 * 1024)) },
      '\u2066long.mp3\u2069 dépasse 50 Mo. Choisissez un fichier plus petit, par exemple un film d’une minute.',
    ],
    [
      'a program called mp3',
      { text: STORY, files: sound('chanson.mp3', `MZ${'\0'.repeat(100)}`) },
      '\u2066chanson.mp3\u2069 n’est pas ce que son nom annonce. Choisissez l’original, par exemple l’enregistrement lui-même.',
    ],
    [
      'a text document',
      { text: STORY, files: sound('lettre.docx', 'PK\u0003\u0004', 'application/msword') },
      '\u2066lettre.docx\u2069 n’est ni audio, ni vidéo, ni image, ni PDF. Choisissez un autre fichier, par exemple une photo.',
    ],
  ])('%s', async (_label, fields, words) => {
    const person = webPerson(server.url)
    await person.get('/fr/file/message?way=write')
    const answer = await person.post('/fr/file/message', { kind: 'observation', ...fields })
    expect(answer.status).toBe(422)
    expect(answer.problems).toEqual([words])
    expect(answer.html).toContain('<title>Erreur : Votre message')
    if ('text' in fields) expect(answer.html).toContain(`\n${fields.text}</textarea>`)
    expect(answer.html).toMatch(/value="observation" checked/)
    expect((await person.get('/fr/file/message')).html).toContain(
      ('text' in fields && fields.text) || 'textarea',
    )
  })

  it('takes AMR from an old telephone, whose first bytes look like a script', async () => {
    const person = webPerson(server.url)
    await person.get('/fr/file/message?way=speak')
    const answer = await person.post('/fr/file/message', {
      kind: 'complaint',
      text: '',
      record: sound('voix.amr', `#!AMR\n${'x'.repeat(500)}`, 'audio/amr'),
    })
    expect(answer.location).toBe('/fr/file/office')
  })

  it('keeps at most five files, and removes one at a press', async () => {
    const person = webPerson(server.url)
    await person.get('/fr/file/message')
    for (let n = 1; n <= LIMITS.filesPerSubmission; n += 1)
      await person.post('/fr/file/message', {
        text: STORY,
        kind: 'complaint',
        files: sound(`${n}.mp3`, `ID3${n}`),
      })
    const sixth = await person.post('/fr/file/message', {
      text: STORY,
      kind: 'complaint',
      files: sound('6.mp3', 'ID3'),
    })
    expect(sixth.problems).toEqual(['Vous avez droit à 5 fichiers. Retirez-en un pour en ajouter un autre.'])
    const id = /name="remove" value="([\w-]+)"/.exec(sixth.html)?.[1] ?? ''
    expect((await person.post('/fr/file/message', { text: STORY, remove: id })).status).toBe(303)
    expect((await person.get('/fr/file/message')).html.match(/name="remove"/g)).toHaveLength(4)
  })

  it('plays a file of the draft to its owner alone, in ranges', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY, [sound('voix.mp3', 'ID3 0123456789')])
    const address =
      /src="(\/fr\/file\/media\/[\w-]+)"/.exec((await person.get('/fr/file/check')).html)?.[1] ?? ''
    expect((await person.get(address)).html).toBe('ID3 0123456789')
    expect((await webPerson(server.url).get(address)).status).toBe(404)
  })
})

describe('exactly one complaint (U14)', () => {
  it('from a double click, two tabs and the back button', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY, [sound('voix.mp3', 'ID3 abc')])
    await person.get('/fr/file/check')
    const before = await countComplaints()
    const sent = await Promise.all([1, 2, 3].map(() => person.post('/fr/file/check', {})))
    expect(new Set(sent.map(({ location }) => location))).toHaveLength(1)
    expect(sent[0]?.location).toMatch(/^\/receipts\//)
    expect(await countComplaints()).toBe(before + 1)
    const back = await person.get('/fr/file/check')
    expect(back.html).toContain('Déjà envoyée')
    expect(back.html).toContain(sent[0]?.location)
    expect((await person.post('/fr/file/check', {})).location).toBe(sent[0]?.location)
    expect(await countComplaints()).toBe(before + 1)
  })

  it('and a new one only by asking for it', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/check')
    await person.post('/fr/file/check', {})
    await person.get('/fr/file/check')
    expect((await person.post('/fr/file/new', {})).location).toBe('/fr/file/message')
    expect((await person.get('/fr/file/message')).html).not.toContain(STORY)
    await fillFiling(person, `${STORY} Encore.`)
    const before = await countComplaints()
    expect((await person.post('/fr/file/check', {})).status).toBe(303)
    expect(await countComplaints()).toBe(before + 1)
  })

  it('begins anew from the home page on a shared computer', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/check')
    await person.post('/fr/file/check', {})
    const fresh = await person.get('/fr/file/message?way=write')
    expect(fresh.html).not.toContain('/receipts/')
    expect((await person.post('/fr/file/message', { text: STORY, kind: 'complaint' })).location).toBe(
      '/fr/file/office',
    )
  })
})

describe('forms from elsewhere (P83)', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['a site that the browser names', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sandbox', { origin: 'null' }],
  ])('are refused: %s', async (_label, headers) => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    await person.get('/fr/file/check')
    const before = await countComplaints()
    for (const path of ['/fr/file/check', '/fr/file/message', '/fr/file/new', '/fr/track', '/fr/track/leave'])
      expect((await person.post(path, {}, headers)).status, path).toBe(403)
    expect(await countComplaints()).toBe(before)
  })

  it('need the token of the form where the browser says nothing of its origin', async () => {
    const person = webPerson(server.url)
    await fillFiling(person, STORY)
    const { html } = await person.get('/fr/file/check')
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const send = (form: string) =>
      server.app.inject({
        method: 'POST',
        url: '/fr/file/check',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ form }).toString(),
      })
    expect((await send('')).statusCode).toBe(403)
    expect((await send('abc.def')).statusCode).toBe(403)
    expect((await send(tokenIn(html))).statusCode).toBe(303)
  })

  it('cannot file by GET', async () => {
    const before = await countComplaints()
    expect((await webPerson(server.url).get('/fr/file/check?action=send')).status).toBe(303)
    expect(await countComplaints()).toBe(before)
  })
})

describe('floods', () => {
  it('slow a client down, let a proof of work through, and never close the door (P33)', async () => {
    const person = webPerson(server.url, { 'x-forwarded-for': '198.51.100.7' })
    const other = webPerson(server.url, { 'x-forwarded-for': '198.51.100.8' })
    const [minute] = FLOOD_POLICY.filing.free
    await fillFiling(person, STORY)
    await person.get('/fr/file/check')
    const probe = await server.app.inject({
      method: 'GET',
      url: '/fr/',
      headers: { 'x-forwarded-for': '198.51.100.7' },
    })
    expect(probe.statusCode).toBe(200)
    // The flood that went before, by the same client, in this minute and the next.
    const { clientKey } = await import('../../src/http/client-key.ts')
    const { testSecrets } = await import('../support/acceptance.ts')
    const client = clientKey(testSecrets, '198.51.100.7')
    const start = Math.floor(server.clock.now().getTime() / 60_000) * 60_000
    for (const at of [start, start + 60_000])
      await server.db
        .sql`insert into rate_windows values (${`filing-60:${client}`}, ${new Date(at)}, ${minute.hits})`
    const slots = [0, 20_000, 40_000, 60_000, 80_000].map((more) => new Date(start + more))
    for (const slot of slots)
      await server.db.sql`insert into rate_windows values (${`filing-slow:${client}`}, ${slot}, 1)`

    const slowed = await person.post('/fr/file/check', {})
    expect(slowed.status).toBe(429)
    expect(Number(slowed.headers.get('retry-after'))).toBeLessThanOrEqual(FLOOD_POLICY.filing.slowSeconds)
    expect(slowed.html).toContain('Vos réponses sont gardées')

    await fillFiling(other, STORY)
    expect((await other.post('/fr/file/check', {})).status).toBe(303)

    const challenge = JSON.parse(
      /data-challenge="([^"]+)"/
        .exec(slowed.html)![1]!
        .replaceAll('&#34;', '"')
        .replaceAll('&#61;', '=')
        .replaceAll('&#38;', '&'),
    )
    const solution = await solveChallenge(
      challenge.challenge,
      challenge.salt,
      challenge.algorithm,
      challenge.maxnumber,
    ).promise
    const proof = btoa(JSON.stringify({ ...challenge, number: solution!.number }))
    expect((await person.post('/fr/file/check', { proof: 'forged' })).status).toBe(429)
    expect((await person.post('/fr/file/check', { proof })).location).toMatch(/^\/receipts\//)

    await person.get('/fr/file/message?way=write')
    await fillFiling(person, STORY)
    await person.get('/fr/file/check')
    expect((await person.post('/fr/file/check', { proof })).status, 'a spent proof').toBe(429)
    await server.db.sql`delete from rate_windows where bucket = ${`filing-slow:${client}`}`
    expect((await person.post('/fr/file/check', {})).status, 'after the wait').toBe(303)
  })
})

describe('every page (P84)', () => {
  it.each([
    '/',
    '/fr/',
    '/ar/file/message',
    '/en/track',
    '/fr/privacy',
    '/fr/nowhere',
    '/ar/track/complaint',
  ])('%s carries the headers', async (path) => {
    const { headers, html } = await webPerson(server.url).get(path)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe-(inline|eval)/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(html).not.toMatch(/<style|<script(?![^>]*src=)| style="| on\w+="/)
  })

  it('binds cookies to the host and asks for https where the public address is https', async () => {
    const secure = await openWebHouse('https', { publicUrl: 'https://wasl.example' })
    const sent = await webPerson(secure.server.url).post(
      '/fr/file/message',
      { text: STORY },
      { origin: 'https://wasl.example' },
    )
    expect(sent.headers.get('set-cookie')).toMatch(
      /^__Host-wasl-draft=[\w-]{32}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/,
    )
    expect(sent.headers.get('strict-transport-security')).toContain('max-age=')
    await secure.close()
  })

  it('keeps personal pages out of every cache and marks unknown ones as errors in the language of the address', async () => {
    const person = webPerson(server.url)
    expect((await person.get('/fr/file/message')).headers.get('cache-control')).toBe('no-store')
    const lost = await person.get('/ar/nowhere')
    expect(lost.status).toBe(404)
    expect(lost.html).toContain('هذه الصفحة غير موجودة')
  })
})
