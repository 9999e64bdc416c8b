import { createPublicKey, verify } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countNamed } from '../../src/administrations/count-named.ts'
import { createDirectory } from '../../src/administrations/directory.ts'
import { readMemberLines } from '../../src/administrations/joining/import-members.ts'
import { createConnectors } from '../../src/connectors/index.ts'
import { CONFORMANCE_RULES } from '../../src/core/joining.ts'
import { text } from '../../src/html/text.ts'
import { administrationRoutes } from '../../src/http/api/administrations.ts'
import { referralRoutes } from '../../src/http/api/referrals.ts'
import { readLedger } from '../../src/intake/ledger.ts'
import { findLedgerGaps } from '../../src/intake/reconcile.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { signingKeyOf } from '../../src/receipts/sign-receipt.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'
import { startJoiningBody } from '../support/joining-body.ts'

const OWN = { 'sec-fetch-site': 'same-origin', 'accept-language': 'fr' }
const PASSWORD = 'les dossiers du lundi'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let guard: ReturnType<typeof createOutboundGuard>
let far: Awaited<ReturnType<typeof startJoiningBody>>
let supervisor: string
let bodyToken = ''
let ministryToken = ''
let late = 0
const clock = { now: () => new Date(systemClock.now().getTime() + late) }

beforeAll(async () => {
  open = await openTestDatabase()
  const { db } = open
  const base = {
    db,
    clock,
    newId: newUuidV7,
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
  }
  const { acceptWithin } = await acceptanceOver(db)
  await db.sql`insert into administrations (id, code, names, created_at, updated_at)
    values (${newUuidV7()}, 'SANTE', '{"fr": "Santé", "ar": "الصحة"}', now(), now())`
  guard = createOutboundGuard({ allow: ['127.0.0.0/8'] })
  const connectors = createConnectors({
    guard,
    words: text,
    publicUrl: base.publicUrl,
    sendMail: async () => ({ ok: true }),
  })
  desk = await openDesk(
    db,
    undefined as never,
    base.publicUrl,
    {},
    (app) => {
      void referralRoutes(app, { ...base, store: undefined as never })
      void administrationRoutes(app, { ...base, connectors, directory: createDirectory({ db }) })
    },
    { clock, joining: { acceptPractice: acceptWithin, connectors } },
  )
  far = await startJoiningBody({
    dawdle: () => {
      late += 11_000
    },
    act: (id, act, payload) =>
      desk.app.inject({
        method: 'POST',
        url: `/api/v1/referrals/${id}/${act}`,
        headers: { authorization: `Bearer ${bodyToken}` },
        payload,
      }),
  })
  supervisor = (await desk.enter('ministry-supervisor')).cookie
  ministryToken = (await createToken(base, { role: 'ministry-supervisor' })).token
})
afterAll(async () => {
  await desk.close()
  await far.close()
  await guard.close()
  await open.close()
})

const decoded = (page: string) => page.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
/** What a person reads: the words of a page without its markup. */
const wordsOf = (page: string) => decoded(page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '))
const get = async (cookie: string, url: string) => {
  const answer = await desk.app.inject({ url, headers: { cookie, ...OWN } })
  return {
    status: answer.statusCode,
    html: decoded(answer.payload),
    words: wordsOf(answer.payload),
    raw: answer,
  }
}
const post = async (cookie: string, url: string, fields: Record<string, string> = {}) => {
  const answer = await desk.app.inject({
    method: 'POST',
    url,
    headers: { cookie, ...OWN, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  })
  return {
    status: answer.statusCode,
    html: decoded(answer.payload),
    words: wordsOf(answer.payload),
    raw: answer,
  }
}
const cookieOf = ({ raw }: { raw: { headers: Record<string, unknown> } }) =>
  String(raw.headers['set-cookie'] ?? '').split(';')[0] ?? ''

const LINK = /https:\/\/wasl\.test(\/console\/sign-in\/[\w-]+)/g
const linksIn = (words: string) => [...words.matchAll(LINK)].map(([, path]) => path ?? '')

/** Follows an invitation as a person with an authenticator does, by what the pages say. */
const enrol = async (link: string): Promise<string> => {
  const early = cookieOf(await post('', link))
  const page = await get(early, '/console/enrol')
  const [, key = ''] = /tapez cette clé : ([A-Z2-7 ]+?) [^A-Z2-7]/i.exec(page.words) ?? []
  const secret = (/<code dir="ltr">([A-Z2-7 ]+)<\/code>/.exec(page.html)?.[1] ?? key).replaceAll(' ', '')
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now().getTime() })
  return cookieOf(await post(early, '/console/enrol', { password: PASSWORD, code }))
}
const progress = (words: string) =>
  Number(/(\d+) sur 12/.exec(words)?.[1] ?? (words.includes('Tout est prêt') ? 12 : -1))

/** A body that has asked and was approved; gives its manager's session. */
const joinAs = async (code: string): Promise<string> => {
  const asked = await post('', '/console/join', {
    'name-fr': `Agence ${code}`,
    'name-ar': 'وكالة الحوض',
    code,
    contact: 'Amina',
    email: `chef@${code.toLowerCase()}.ma`,
  })
  expect(asked.words).toContain('Votre demande est arrivée')
  const approved = await post(supervisor, `/console/bodies/${code}/approve`)
  const [link = ''] = linksIn(approved.words)
  return enrol(link)
}

describe('a body joins (U31)', () => {
  let manager: string
  let trainee: string

  it('asks with a form that says what is wrong, and is nobody until the ministry approves', async () => {
    const wrong = await post('', '/console/join', { code: 'a b', email: 'x' })
    expect(wrong.status).toBe(422)
    for (const field of ['name-ar', 'name-fr', 'contact', 'code', 'email'])
      expect(wrong.html).toContain(`href="#${field}"`)
    manager = await joinAs('BASSIN')
    const again = await post('', '/console/join', {
      'name-fr': 'Autre',
      'name-ar': 'أخرى',
      code: 'BASSIN',
      contact: 'X',
      email: 'x@x.ma',
    })
    expect(again.words).toContain('Ce code est pris')
    const listed = await desk.app.inject({ url: '/api/v1/administrations' })
    expect(listed.payload).not.toContain('BASSIN')
    expect((await get(manager, '/console/bodies')).status).toBe(403)
  })

  it('earns eleven ticks by what is really there', async () => {
    const page = () => get(manager, '/console/joining')
    expect(progress((await page()).words)).toBe(3)
    await post(manager, '/console/joining/units', {
      'unit-code': 'bassin-nord',
      'unit-ar': 'الشمال',
      'unit-fr': 'Nord',
    })
    await post(manager, '/console/joining/calendar')
    await post(manager, '/console/joining/services', {
      'service-code': 'EAU',
      'service-ar': 'الماء',
      'service-fr': 'Eau',
    })
    for (const language of ['ar', 'fr'])
      await post(manager, '/console/joining/templates', {
        'template-act': 'answer',
        'template-language': language,
        'template-name': 'Prêt',
        'template-text': 'Votre dossier est prêt.',
      })
    expect(progress((await page()).words)).toBe(7)

    const file =
      'email;role;unit\nadjoint@bassin.ma;manager\neleve@bassin.ma;trainee;BASSIN-NORD\nfaux;agent\nx@y.ma;roi'
    const checked = await post(manager, '/console/joining/people', { people: file, step: 'check' })
    expect(checked.words).toMatch(/4 faux agent adresse incorrecte[\s\S]*5 x@y\.ma roi rôle inconnu/)
    const refused = await post(manager, '/console/joining/people', { people: file, step: 'invite' })
    expect([linksIn(refused.words), refused.words.includes('Personne n’est invité')]).toEqual([[], true])
    const invited = await post(manager, '/console/joining/people', {
      people: file.split('\n').slice(0, 3).join('\n').replace('BASSIN-NORD', ''),
      step: 'invite',
    })
    const [deputy = '', learner = ''] = linksIn(invited.words)
    await enrol(deputy)
    trainee = await enrol(learner)
    expect(progress((await page()).words)).toBe(8)
  })

  it('practises on ten complaints that are for trainees alone', async () => {
    await post(manager, '/console/joining/exercise')
    expect((await post(manager, '/console/joining/exercise')).status).toBe(409)
    const inbox = (await get(trainee, '/console')).html
    const references = [
      ...new Set([...inbox.matchAll(/\/console\/complaints\/(\d{10})/g)].map(([, one]) => one ?? '')),
    ]
    expect(references).toHaveLength(10)
    expect((await get(manager, '/console')).html).not.toMatch(/\/console\/complaints\/\d{10}/)
    expect((await get(supervisor, `/console?q=exercice`)).html).not.toMatch(/\/console\/complaints\/\d{10}/)
    for (const reference of references) {
      const home = `/console/complaints/${reference}`
      const yes = { ours: 'yes', public_service: 'yes', no_court: 'yes', understandable: 'yes', new: 'yes' }
      expect((await post(trainee, `${home}/review`, yes)).status).toBe(303)
      expect(
        (await post(trainee, `${home}/answer`, { step: 'send', text: 'Voici la réponse.' })).status,
      ).toBe(303)
    }
    expect((await get(manager, '/console/joining')).words).toContain('10 terminées, 0 en attente')
    expect(progress((await get(manager, '/console/joining')).words)).toBe(10)
  })

  it('counts none of them anywhere', async () => {
    const { sql } = open.db
    for (const table of ['outbox_messages', 'ledger_entries', 'receipts', 'notices', 'outgoing_messages'])
      expect(await sql`select from ${sql(table)}`, table).toHaveLength(0)
    const today = clock.now().toISOString().slice(0, 10)
    const ledger = { sql, officeZone: 'Africa/Casablanca' }
    expect(await readLedger(ledger, { from: today, to: today })).toEqual([])
    expect(await findLedgerGaps(sql)).toEqual([])
    expect(await countNamed(open.db)).toEqual(new Map())
  })

  it('may not go live before its connector is proved, by no door', async () => {
    const bodies = await get(supervisor, '/console/bodies')
    expect(bodies.words).toMatch(
      /Il manque : Voie d’arrivée des plaintes choisie · Essai de conformité réussi/,
    )
    expect((await post(supervisor, '/console/bodies/BASSIN/live')).status).toBe(409)
    const put = await desk.app.inject({
      method: 'PUT',
      url: '/api/v1/staff/administrations/BASSIN',
      headers: { authorization: `Bearer ${ministryToken}` },
      payload: { names: { fr: 'Bassin' }, state: 'active' },
    })
    expect([put.statusCode, put.json().code]).toEqual([409, 'not_ready'])
  })

  const choose = async () => {
    const chosen = await post(manager, '/console/joining/connector', { choice: 'webhook', address: far.url })
    far.state.secret = /whsec_[\w+/=]+/.exec(chosen.words)?.[0] ?? far.state.secret
    bodyToken = /wasl_[\w-]{43}/.exec(chosen.words)?.[0] ?? ''
  }
  const test = async () => {
    await post(manager, '/console/joining/conformance')
    await far.idle()
    await post(manager, '/console/joining/conformance/end')
    const { words } = await get(manager, '/console/joining')
    const { raw } = await get(manager, '/console/joining/conformance/report')
    return { words, report: raw.payload }
  }
  const NAMES = {
    signature: 'Signature',
    idempotency: 'Répétition',
    slow: 'Lenteur',
    error: 'Erreur',
    acknowledgement: 'Accusé de réception',
    answer: 'Réponse',
    transfer: 'Transfert',
  }
  const claimsOf = (report: string) =>
    JSON.parse(Buffer.from(report.split('.')[1] ?? '', 'base64url').toString())

  it('says what address it cannot reach', async () => {
    const wrong = await post(manager, '/console/joining/connector', {
      choice: 'webhook',
      address: 'https://10.0.0.1/x',
    })
    expect([wrong.status, wrong.html.includes('href="#address"')]).toEqual([422, true])
  })

  it.each(CONFORMANCE_RULES)('that breaks one rule is told which and stays out: %s', async (rule) => {
    await choose()
    far.state.breaks = rule
    const { words, report } = await test()
    expect(words).toContain(`Essai échoué. Règles : ${NAMES[rule]} `)
    expect(claimsOf(report)).toMatchObject({ administration: 'BASSIN', connector: 'webhook', passed: false })
    const failed = claimsOf(report).rules.filter((one: { state: string }) => one.state === 'failed')
    expect(failed.map((one: { rule: string }) => one.rule)).toEqual([rule])
    expect((await post(supervisor, '/console/bodies/BASSIN/live')).status).toBe(409)
  })

  it('goes live with twelve ticks and a report that anybody can check', async () => {
    far.state.breaks = undefined
    const { words, report } = await test()
    expect(words).toContain('Essai réussi')
    expect(words).toContain('Tout est prêt')
    const [head = '', payload = '', signature = ''] = report.split('.')
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: signingKeyOf(testSecrets).x },
      format: 'jwk',
    })
    expect(verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(
      true,
    )
    expect((await post(supervisor, '/console/bodies/BASSIN/live')).status).toBe(303)
    expect((await get(supervisor, '/console/bodies')).words).toContain('Ouverte aux plaintes')
    expect((await get(manager, '/console/joining')).words).toContain('est ouverte aux plaintes')
    const listed = (await desk.app.inject({ url: '/api/v1/administrations' })).json()
    expect(listed.map(({ code }: { code: string }) => code).toSorted()).toEqual([
      'BASSIN',
      'BASSIN-NORD',
      'SANTE',
    ])
  })

  it('is read in Arabic too, from right to left', async () => {
    const page = await desk.app.inject({
      url: '/console/joining',
      headers: { cookie: manager, 'accept-language': 'ar' },
    })
    expect(page.payload).toMatch(/<html lang="ar" dir="rtl">[\s\S]*شجرة الوحدات/)
  })
})

describe('a body that fetches its dossiers', () => {
  it('is tried by its own pulls and acts, and by no rule that it cannot break', async () => {
    const manager = await joinAs('PUITS')
    const chosen = await post(manager, '/console/joining/connector', { choice: 'pull' })
    const token = /wasl_[\w-]{43}/.exec(chosen.words)?.[0] ?? ''
    const api = (method: 'GET' | 'POST', path: string, payload?: object) =>
      desk.app.inject({
        method,
        url: `/api/v1/referrals${path}`,
        headers: { authorization: `Bearer ${token}` },
        ...(payload ? { payload } : {}),
      })
    await post(manager, '/console/joining/exercise')
    expect((await api('GET', '')).json().items, 'the exercise is for people').toEqual([])

    await post(manager, '/console/joining/conformance')
    const { items } = (await api('GET', '')).json()
    expect(items.map(({ practice }: { practice: boolean }) => practice)).toEqual([true, true])
    for (const { referral, text: words } of items) {
      const [, to] = /Transférez-le à ([A-Z0-9_-]+)\./.exec(words) ?? []
      if (to)
        await api('POST', `/${referral.id}/transfer`, { administration: to, reason: 'Pas de chez nous' })
      else {
        await api('POST', `/${referral.id}/accept`, { externalReference: 'P-1' })
        await api('POST', `/${referral.id}/accept`, { externalReference: 'P-1' })
        await api('POST', `/${referral.id}/answer`, { text: 'Voici.' })
      }
    }
    await post(manager, '/console/joining/conformance/end')
    const { words } = await get(manager, '/console/joining')
    expect(words).toContain('Essai réussi')
    expect(words).toMatch(/Signature sans objet Répétition réussie/)
    expect((await post(supervisor, '/console/bodies/PUITS/live')).status).toBe(409)
  })
})

describe('a list of officials', () => {
  it.each([
    ['commas, a heading and quotes', 'email,role\n"a@b.ma","agent"', [undefined]],
    ['Windows line ends and a mark of order', '\uFEFFa@b.ma;agent\r\n', [undefined]],
    ['a repeat', 'a@b.ma,agent\nA@b.ma,agent', [undefined, 'repeated']],
    ['a unit of somebody else', 'a@b.ma,agent,SANTE', ['unit']],
    ['a role of the ministry', 'a@b.ma,triage', ['role']],
    ['nothing', '\n\n', []],
  ])('is understood: %s', (_, file, problems) => {
    expect(readMemberLines(file, ['BASSIN']).map(({ problem }) => problem)).toEqual(problems)
  })
})
