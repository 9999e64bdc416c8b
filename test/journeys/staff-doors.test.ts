import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DOORS } from '../support/doors/doors.ts'
import { type DoorsHouse, MARK, NOBODY, openDoorsHouse } from '../support/doors/house.ts'
import { PUBLIC_DOORS } from '../support/doors/public.ts'
import type { Door } from '../support/doors/who.ts'

let house: DoorsHouse
beforeAll(async () => {
  house = await openDoorsHouse()
})
afterAll(() => house.close())

const OFFICIAL = /^\/(console|api\/v1\/(staff|referrals))(\/|$)/
const isConsole = (key: string) => key.includes(' /console')

/** The doors of the running house; HEAD is GET, an asset is everybody's, and a language in front changes nothing. */
const doorsOf = (wanted: (url: string) => boolean): string[] => [
  ...new Set(
    house.doors
      .filter(
        ({ method, url }) =>
          !['HEAD', 'OPTIONS'].includes(method) && !url.startsWith('/assets/') && wanted(url),
      )
      .map(
        ({ method, url }) =>
          `${method} ${url.replace(/^\/(?::locale\(.+?\)\$?\)?|ar|fr|en|zgh)(?=\/|$)/, '/:locale')}`,
      ),
  ),
]

it('every door of the house is in the table or known to be public', () => {
  expect(doorsOf((url) => OFFICIAL.test(url)).toSorted()).toEqual(Object.keys(DOORS).toSorted())
  expect(doorsOf((url) => !OFFICIAL.test(url)).toSorted()).toEqual([...PUBLIC_DOORS].toSorted())
})

const filled = (words: string): string =>
  words.replace(/\{(\w+)\}/g, (_, name: string) => (house.objects as Record<string, string>)[name] ?? name)

const addressOf = (key: string, { at }: Door): string =>
  filled(at ?? key.slice(key.indexOf(' ') + 1).replace(':reference', '{reference}'))

const SOUND = Buffer.from('RIFF not a sound')
const MULTIPART = `--b\r\nContent-Disposition: form-data; name="voice"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n`

/** A request of somebody in which nothing is wrong but who they are. */
const knock = (who: string, key: string, door: Door, headers: Record<string, string | undefined> = {}) => {
  const [method = ''] = key.split(' ')
  const url = addressOf(key, door)
  const says = JSON.parse(filled(JSON.stringify(door.says ?? {}))) as Record<string, string>
  if (isConsole(key) && says['voice'])
    return house.form(who, method, url, MULTIPART, {
      'content-type': 'multipart/form-data; boundary=b',
      ...headers,
    })
  if (isConsole(key)) return house.form(who, method, url, new URLSearchParams(says).toString(), headers)
  return house.call(who, method, url, says['voice'] ? SOUND : says)
}

const isRefused = ({ statusCode, headers }: Awaited<ReturnType<typeof knock>>): boolean =>
  [401, 403, 404].includes(statusCode) || headers.location === '/console/sign-in'

/** From who has nothing to do with A's complaint to who may do most: the later ones change what the earlier ones were kept from. */
const OUTSIDERS = [NOBODY, 'B.manager', 'B.body', 'A.trainee', 'A.clerk']
const INSIDERS = ['auditor', 'A.agent', 'A.manager', 'A.body', 'ministry-supervisor']

/** Whether an answer tells of A's complaint; the number that was sent may come back. */
const tells = (payload: string, key: string, { says }: Door): boolean =>
  payload.includes(MARK) ||
  payload.includes('secrete') ||
  (!`${key} ${JSON.stringify(says)}`.includes('reference') && payload.includes(house.reference))

const goRound = async (who: string): Promise<string[]> => {
  const wrong: string[] = []
  for (const [key, door] of Object.entries(DOORS)) {
    if (isConsole(key) && who.endsWith('.body')) continue
    // These say 401 or lead to the sign-in page whoever knocks.
    if (/sign-(in|out)$|enrol$/.test(key) && key !== 'GET /console/sign-in') continue
    const answer = await knock(who, key, door)
    if (isRefused(answer) === door.may.includes(who)) wrong.push(`${key}: ${answer.statusCode}`)
    if (OUTSIDERS.includes(who) && tells(answer.payload, key, door)) wrong.push(`${key} tells`)
    if (String(answer.headers['content-type']).startsWith('text/html'))
      wrong.push(...bareOf(key, answer.headers))
    if (
      /node_modules|\bat .+:\d+:\d+|\/src\/|violates|relation "/.test(
        answer.statusCode >= 400 ? answer.payload : '',
      )
    )
      wrong.push(`${key} shows its inside`)
  }
  return wrong
}

/** P84: what an HTML answer goes without. */
const bareOf = (key: string, headers: Record<string, unknown>): string[] => {
  const policy = String(headers['content-security-policy'])
  const holds =
    /frame-ancestors '(none|self)'/.test(policy) &&
    !/unsafe-(inline|eval)/.test(policy) &&
    /max-age=\d{8}/.test(String(headers['strict-transport-security'])) &&
    headers['x-content-type-options'] === 'nosniff' &&
    /^(same-origin|no-referrer)$/.test(String(headers['referrer-policy'])) &&
    headers['cache-control'] === 'no-store'
  return holds ? [] : [`${key} is bare`]
}

describe('who gets past which door', () => {
  it('those who have nothing to do with it past hardly any, and they read nothing of it', async () => {
    expect(await Promise.all(OUTSIDERS.map(goRound))).toEqual(OUTSIDERS.map(() => []))
  })

  it('and what they tried changed nothing, and is on record', async () => {
    const { one, objects, logged } = house
    expect(
      await one(`select assignee_id is null and administration_id = (select id from administrations where code = 'SANTE')
        and status = 'received' from complaints`),
    ).toBe('true')
    expect(await one(`select revoked_at is null from staff_sessions where id = '${objects.session}'`)).toBe(
      'true',
    )
    expect(await one(`select count(*) from saved_filters where id = '${objects.filter}'`)).toBe('1')
    expect(await one(`select disabled_at is null from staff_members where id = '${objects.member}'`)).toBe(
      'true',
    )
    expect(await one(`select count(*) from answer_templates where id = '${objects.template}'`)).toBe('1')
    expect((await house.call('B.manager', 'GET', '/api/v1/staff/inbox/counts')).json()).toEqual({
      late: 0,
      today: 0,
      week: 0,
      mine: 0,
      unassigned: 0,
      unread: 0,
    })
    expect(
      Number(
        await one(`select count(*) from audit_entries where action = 'denied' and subject = '${house.reference}'
        and tenant = (select id::text from administrations where code = 'ONEE')`),
      ),
    ).toBeGreaterThan(20)
    const denied = logged.filter((line) => line.includes('staff.denied')).map((line) => JSON.parse(line))
    expect(new Set(denied.map(({ route }) => route)).size).toBeGreaterThan(80)
    expect(denied.every(({ actor }) => /^(staff|token):/.test(actor))).toBe(true)
  })

  it('no form of another site, or of none that says so, is taken (P83)', async () => {
    const posts = Object.entries(DOORS).filter(([key]) => isConsole(key) && !key.startsWith('GET'))
    const foreign = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': undefined, origin: 'https://wasl.test.evil.example' },
      { 'sec-fetch-site': undefined, origin: 'null' },
      { 'sec-fetch-site': undefined },
    ]
    for (const headers of foreign)
      for (const [key, door] of posts)
        expect((await knock('A.manager', key, door, headers)).statusCode, key).toBe(403)
  })

  it.each(INSIDERS)('%s, who has', async (who) => {
    expect(await goRound(who)).toEqual([])
  })

  it('nothing of the person, their words or anybody’s session is in the log (P87)', () => {
    const log = house.logged.join('\n')
    expect(log.length).toBeGreaterThan(10_000)
    for (const secret of [MARK, 'dromadaire', 'secrete', 'guichet.png', ...house.secrets])
      expect(log).not.toContain(secret)
  })
})
