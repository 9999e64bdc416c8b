import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CONFORMANCE_RULES,
  CONNECTOR_CHOICES,
  type ConformanceRule,
  type ConnectorChoice,
  RULES_OF,
} from '../../src/core/joining.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { signingKeyOf } from '../../src/receipts/sign-receipt.ts'
import { testSecrets } from '../support/acceptance.ts'
import { type JoiningHouse, startJoiningHouse } from '../support/joining-house.ts'

const ALL_YES = { ours: true, public_service: true, no_court: true, understandable: true, new: true }

let house: JoiningHouse
const tokens = { ministry: '', manager: '', trainee: '' }
const own = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
  const { status, body } = await house.api(tokens.manager, method, `/staff/joining${path}`, payload)
  expect([path, status, body?.code]).toEqual([path, 200, method === 'PUT' ? undefined : 'BASSIN'])
  return body
}
const goLive = () => house.api(tokens.ministry, 'POST', '/staff/affiliations/BASSIN/live')

/** A person of the body at the desk, who practises. */
const person = {
  seen: new Set<string>(),
  /** The complaints that were not there before. */
  news: async (): Promise<{ reference: string; text: string }[]> => {
    const { body } = await house.api(tokens.trainee, 'GET', '/staff/complaints?limit=50')
    const fresh = body.items.filter(({ reference }: { reference: string }) => !person.seen.has(reference))
    for (const { reference } of fresh) person.seen.add(reference)
    return fresh
  },
  act: (reference: string, act: string, said: object) =>
    house.api(tokens.trainee, 'POST', `/staff/complaints/${reference}/${act}`, said),
}

const targetIn = (words: string) => /Transférez-le à ([A-Z0-9_-]+)\./.exec(words)?.[1]

/** A person does what the dossiers ask for, but for the one rule that is broken. */
const workAtDesk = async (breaks?: ConformanceRule) => {
  for (const { reference, text } of await person.news()) {
    const administration = targetIn(text)
    if (administration !== undefined) {
      if (breaks !== 'transfer')
        await person.act(reference, 'transfer', { administration, reason: 'Pas ici' })
      continue
    }
    if (breaks !== 'acknowledgement') await person.act(reference, 'review', { checks: ALL_YES })
    if (breaks !== 'answer') await person.act(reference, 'answer', { text: 'Votre dossier est prêt.' })
  }
}

/** How far the system has fetched. */
let pulled = '0'

/** A system fetches its dossiers and does the same over the API. */
const workByPulling = async (breaks?: ConformanceRule): Promise<void> => {
  const { body } = await house.api(house.system.token, 'GET', `/referrals?cursor=${pulled}`)
  pulled = body.next
  for (const { referral, text } of body.items) {
    const act = (name: string, said: object) =>
      house.api(house.system.token, 'POST', `/referrals/${referral.id}/${name}`, said)
    const administration = targetIn(text)
    if (administration !== undefined) {
      if (breaks !== 'transfer') await act('transfer', { administration, reason: 'Pas ici' })
      continue
    }
    if (breaks !== 'acknowledgement') await act('accept', { externalReference: 'P-1' })
    // The same dossier came again with the next pull.
    if (breaks !== 'acknowledgement')
      await act('accept', { externalReference: breaks === 'idempotency' ? 'P-2' : 'P-1' })
    if (breaks !== 'answer') await act('answer', { text: 'Votre dossier est prêt.' })
  }
  if (body.items.length > 0) await workByPulling(breaks)
}

interface Way {
  readonly settings: (breaks?: ConformanceRule) => Record<string, string>
  /** How the rule is broken before anything is sent. */
  readonly prepare?: (breaks?: ConformanceRule) => void
  readonly work: (breaks?: ConformanceRule) => Promise<unknown>
}

const bySystem: Pick<Way, 'prepare' | 'work'> = {
  prepare: (breaks) => {
    house.far.state.breaks = breaks
  },
  work: async () => {
    await house.far.idle()
    await person.news()
  },
}

const WAYS: Readonly<Record<ConnectorChoice, Way>> = {
  console: { settings: () => ({}), work: workAtDesk },
  webhook: { settings: () => ({ url: house.far.url }), ...bySystem },
  open311: { settings: () => ({ url: house.far.open311, key: house.far.state.key }), ...bySystem },
  pull: { settings: () => ({}), work: workByPulling },
  email: {
    settings: (breaks) => ({ address: `${breaks === 'error' ? 'refuse550' : 'bureau'}@bassin.example` }),
    prepare: (breaks) => {
      house.mail.isSlow = breaks === 'slow'
    },
    work: workAtDesk,
  },
}

interface Claims {
  readonly administration: string
  readonly connector: string
  readonly passed: boolean
  readonly failed: readonly string[]
  readonly rules: readonly { rule: string; state: string; detail: string }[]
}

/** What a report says, once its signature was found to be ours. */
const claimsOf = (report: string): Claims => {
  const [head = '', payload = '', signature = ''] = report.split('.')
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: signingKeyOf(testSecrets).x },
    format: 'jwk',
  })
  expect(verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

const tryOut = async (choice: ConnectorChoice, breaks?: ConformanceRule) => {
  const way = WAYS[choice]
  way.prepare?.(breaks)
  const settings = way.settings(breaks)
  const { secret, token } = await own('PUT', '/connector', { choice, settings })
  if (secret) house.far.state.secret = secret
  if (token) house.system.token = token
  await own('POST', '/conformance')
  await way.work(breaks)
  const { conformance, missing } = await own('POST', '/conformance/end')
  return { conformance, missing, claims: claimsOf(conformance.report) }
}

beforeAll(async () => {
  house = await startJoiningHouse()
  house.far.state.key = 'a-key-of-the-body'
  tokens.ministry = await house.tokenOf('ministry-supervisor')
  const asked = await house.api('', 'POST', '/affiliations', {
    code: 'BASSIN',
    names: { fr: 'Agence du bassin', ar: 'وكالة الحوض' },
    contact: { name: 'Amina', email: 'chef@bassin.example' },
  })
  expect(asked).toEqual({ status: 202, body: { code: 'BASSIN', state: 'requested' } })
  const approved = await house.api(tokens.ministry, 'POST', '/staff/affiliations/BASSIN/approve')
  expect(approved.body).toMatchObject({
    email: 'chef@bassin.example',
    url: expect.stringContaining('/sign-in/'),
  })
  tokens.manager = await house.tokenOf('manager', 'BASSIN')
  tokens.trainee = await house.tokenOf('trainee', 'BASSIN')
})
afterAll(() => house.close())

describe('a body joins by the API', () => {
  it('sets itself up step by step, and sees each time what is missing', async () => {
    await own('POST', '/units', { code: 'bassin-nord', names: { fr: 'Nord', ar: 'الشمال' } })
    await own('POST', '/services', { code: 'EAU', names: { fr: 'Eau', ar: 'الماء' }, keywords: ['robinet'] })
    await own('POST', '/calendar')
    expect(await own('POST', '/closing-days', { day: '2027-04-05', name: 'Inventaire' })).toMatchObject({
      closingDays: [{ day: '2027-04-05', name: 'Inventaire' }],
      units: [{ code: 'BASSIN-NORD' }],
      services: [{ code: 'EAU' }],
    })
    for (const language of ['ar', 'fr'])
      await house.api(tokens.manager, 'PUT', '/staff/templates', {
        act: 'answer',
        language,
        name: 'Prêt',
        text: 'Votre dossier {reference} est prêt.',
      })
    await own('PUT', '/connector', { choice: 'console' })
    const { missing, state } = await own('GET', '')
    expect([state, missing]).toEqual([
      'preparing',
      ['manager', 'deputy', 'agents', 'practice', 'conformance'],
    ])
  })

  it('invites its people from a list, after a dry run that names each wrong line', async () => {
    const list = (csv: string, dry?: boolean) =>
      house.api(tokens.manager, 'POST', '/staff/joining/people', {
        csv,
        ...(dry === undefined ? {} : { dry }),
      })
    const wrong = 'email,role\nfaux,agent\nx@y.example,roi\nz@y.example,agent,SANTE'
    for (const dry of [undefined, false]) {
      const { body } = await list(wrong, dry)
      expect([body.invited, body.lines.map(({ line, problem }: never) => [line, problem])]).toEqual([
        0,
        [
          [2, 'email'],
          [3, 'role'],
          [4, 'unit'],
        ],
      ])
    }
    const good = 'chef@bassin.example,manager\nadjoint@bassin.example,manager\neleve@bassin.example,trainee'
    const { body } = await list(good, false)
    expect([body.invited, body.lines.every(({ url }: never) => /\/sign-in\//.test(url))]).toEqual([3, true])
    // Enrolling is done by people, on pages (joining.test.ts).
    await house.db.sql`update staff_members set enrolled_at = now() where email like '%@bassin.example'`
  })

  it('practises until nothing waits', async () => {
    expect(await own('POST', '/exercise')).toMatchObject({ practice: { done: 0, waiting: 10 } })
    const again = await house.api(tokens.manager, 'POST', '/staff/joining/exercise')
    expect(again.status).toBe(409)
    await workAtDesk()
    // A machine with a token is nobody who was trained.
    await house.db
      .sql`update complaint_events set actor = (select 'staff:' || id from staff_members where role = 'trainee')
      where actor like 'token:%'`
    expect(await own('GET', '')).toMatchObject({
      practice: { done: 10, waiting: 0 },
      missing: ['conformance'],
    })
  })

  it('is for the ministry to approve, and for the body alone to see', async () => {
    const other = await house.tokenOf('manager', 'SANTE')
    const tried = await Promise.all([
      house.api(other, 'GET', '/staff/joining'),
      house.api(other, 'POST', '/staff/joining/people', { csv: 'a@b.example,agent', dry: false }),
      house.api(tokens.trainee, 'GET', '/staff/joining'),
      house.api(tokens.manager, 'GET', '/staff/affiliations'),
      house.api(tokens.manager, 'POST', '/staff/affiliations/BASSIN/live'),
    ])
    expect(tried.map(({ status }) => status)).toEqual([404, 404, 403, 403, 403])
  })
})

describe.each(CONNECTOR_CHOICES)('the conformance test by %s', (choice) => {
  const rules = RULES_OF[choice]

  it.each(rules)('names the one rule that is broken, and keeps the body out: %s', async (rule) => {
    const { conformance, claims, missing } = await tryOut(choice, rule)
    expect([claims.failed, claims.passed, conformance.passed]).toEqual([[rule], false, false])
    expect(claims).toMatchObject({ administration: 'BASSIN', connector: choice })
    expect(missing).toEqual(['conformance'])
    const live = await goLive()
    expect([live.status, live.body.code]).toEqual([409, 'not_ready'])
    expect(live.body.errors ?? live.body.fields).toMatchObject([{ field: 'conformance' }])
  })

  it('passes what breaks none, and leaves out the rules that it cannot break', async () => {
    const { claims, missing } = await tryOut(choice)
    expect([claims.passed, claims.failed, missing]).toEqual([true, [], []])
    const judged = claims.rules.flatMap(({ rule, state }) => (state === 'passed' ? [rule] : []))
    expect(judged).toEqual(CONFORMANCE_RULES.filter((rule) => rules.includes(rule)))
    const { body } = await house.api(tokens.ministry, 'GET', '/staff/affiliations')
    expect(body).toMatchObject([{ code: 'BASSIN', state: 'ready', connector: choice, missing: [] }])
  })
})

describe('a report', () => {
  it('names the dossier that came back after it was taken', async () => {
    WAYS.email.prepare?.()
    await own('PUT', '/connector', { choice: 'email', settings: WAYS.email.settings() })
    await own('POST', '/conformance')
    await workAtDesk()
    // What the mail judge writes of a delivery report (mail-bodies.test.ts).
    await house.db
      .sql`insert into complaint_events (id, complaint_id, round, at, event, audience, actor, facts)
      select ${newUuidV7()}, r.complaint_id, 1, now(), 'dossier_bounced', 'staff', 'gateway', '{}'
      from conformance_runs t join referrals r on r.id = t.answer_referral order by t.started_at desc limit 1`
    const { conformance } = await own('POST', '/conformance/end')
    const { failed, rules } = claimsOf(conformance.report)
    expect(failed).toEqual(['error'])
    expect(rules).toContainEqual({ rule: 'error', state: 'failed', detail: 'came_back' })
  })

  it('says of a body that is too slow what was not tried', async () => {
    const { claims } = await tryOut('webhook', 'slow')
    const untried = claims.rules.flatMap(({ rule, state }) => (state === 'not_tried' ? [rule] : []))
    expect(untried).toEqual(['signature', 'idempotency', 'error'])
    expect(claims.rules.find(({ rule }) => rule === 'slow')?.detail).toMatch(/^1[1-9]\d{3} ms$/)
  })

  it('keeps out a body that did nothing, naming what it left undone', async () => {
    await own('PUT', '/connector', { choice: 'console' })
    await own('POST', '/conformance')
    await person.news()
    const { conformance, missing } = await own('POST', '/conformance/end')
    expect(claimsOf(conformance.report).failed).toEqual(['acknowledgement', 'answer', 'transfer'])
    expect(missing).toEqual(['conformance'])
    const again = await house.api(tokens.manager, 'POST', '/staff/joining/conformance/end')
    expect(again.status).toBe(409)
  })
})

describe('a body that has passed', () => {
  it.each([
    ['way', { choice: 'console' }],
    ['address', { choice: 'email', settings: { address: 'autre@bassin.example' } }],
  ])('is kept out again when it changes its %s', async (_, wish) => {
    await tryOut('email')
    await own('PUT', '/connector', wish)
    expect((await own('GET', '')).missing).toEqual(['conformance'])
    expect((await goLive()).status).toBe(409)
  })

  it('is let in by the test of the way it has, and by a mail that people and machines can read', async () => {
    await tryOut('email')
    const mail = house.mails.at(-2)?.raw ?? ''
    expect(mail).toMatch(/^X-Wasl-Reference: \d{10}$/m)
    expect(mail).toContain('dossier.json')
    const ids = house.mails.slice(-3).map(({ raw }) => /^Message-ID: (.+)$/im.exec(raw)?.[1])
    expect(ids[0], 'a repeat can be recognised').toBe(ids[1])
    expect((await goLive()).status).toBe(204)
    const { body } = await house.api('', 'GET', '/administrations')
    expect(body.map(({ code }: { code: string }) => code).toSorted()).toEqual([
      'BASSIN',
      'BASSIN-NORD',
      'SANTE',
    ])
  })
})
