import fs from 'node:fs'
import path from 'node:path'
import type { StaffRole, TokenRole } from '../../../src/core/staff-role.ts'
import { seedAdministrations } from '../../../src/seed/administrations.ts'
import { createToken } from '../../../src/staff/tokens.ts'
import { deliver } from '../mail-client.ts'
import { openWholeGateway } from '../whole-gateway.ts'
import { MEASURE } from './who.ts'

/** Body A, to which everything belongs that the others try to reach; body B; and those of no body. */
const BODIES = { A: 'SANTE', B: 'ONEE' } as const
const OF_A_BODY = ['manager', 'agent', 'trainee', 'clerk'] as const
const OF_THE_HOUSE = ['ministry-supervisor', 'triage', 'auditor'] as const

const STAFF = [
  ...(['A', 'B'] as const).flatMap((body) => OF_A_BODY.map((role) => `${body}.${role}`)),
  ...OF_THE_HOUSE,
]
export const NOBODY = 'nobody'
const MACHINES = ['A.body', 'B.body']

/** What the mail of the citizen says, and who they are: whoever may not see the complaint reads none of it anywhere. */
export const MARK = 'Le dromadaire du guichet sept'
const CITIZEN = 'zineb.secrete@example.ma'

const mailOf = (subject: string, file: Buffer): string =>
  [
    `From: Zineb Secrete <${CITIZEN}>`,
    'To: plaintes@wasl.test',
    `Subject: ${subject}`,
    `Message-ID: <${subject.length}.doors@example.ma>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<p>${MARK} est ferm&eacute; depuis lundi matin, et personne ne sait dire pourquoi.</p>`,
    '--b',
    'Content-Type: image/png; name=guichet.png',
    'Content-Disposition: attachment; filename=guichet.png',
    'Content-Transfer-Encoding: base64',
    '',
    file.toString('base64'),
    '--b--',
    '',
  ].join('\r\n')

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** The whole house with two bodies, their people and machines, and one of everything of A's. */
export const openDoorsHouse = async () => {
  const house = await openWholeGateway()
  const { parts, db, app } = house
  await seedAdministrations(parts)
  const cookies = new Map<string, string>()
  const tokens = new Map<string, string>()
  for (const who of [...STAFF, ...MACHINES]) {
    const [body, role] = who.includes('.') ? who.split('.') : [undefined, who]
    const administrationCode = body === undefined ? undefined : BODIES[body as keyof typeof BODIES]
    const of = administrationCode === undefined ? {} : { administrationCode }
    tokens.set(who, (await createToken(parts, { role: role as TokenRole, ...of })).token)
    if (role !== 'body')
      cookies.set(who, await house.enter(role as StaffRole, administrationCode, `${who}@example.org`))
  }
  const call = (who: string, method: string, url: string, payload: object = {}) =>
    app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(who === NOBODY ? {} : { authorization: `Bearer ${tokens.get(who)}` }),
        ...(Buffer.isBuffer(payload) ? { 'content-type': 'audio/wav' } : {}),
      },
      ...(['GET', 'DELETE'].includes(method) ? {} : { payload }),
    })
  /** A form as a browser of ours sends it; a header that is undefined is left out. */
  const form = (
    who: string,
    method: string,
    url: string,
    body: string,
    headers: Readonly<Record<string, string | undefined>> = {},
  ) => {
    const said = {
      'sec-fetch-site': 'same-origin',
      'accept-language': 'fr',
      ...(who === NOBODY ? {} : { cookie: cookies.get(who) }),
      ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    }
    return app.inject({
      method: method as 'GET',
      url,
      headers: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
      ...(method === 'GET' ? {} : { payload: body }),
    })
  }

  const send = async (raw: string) => {
    await deliver({ port: house.mailPort, protocol: 'smtp', from: CITIZEN, to: ['plaintes@wasl.test'], raw })
    await house.settle()
  }
  await send(mailOf('Guichet', PNG))
  await send(fs.readFileSync(path.join(import.meta.dirname, '../../mail/spam-by-the-server.eml'), 'utf8'))
  const one = async (statement: string): Promise<string> =>
    String(Object.values((await db.sql.unsafe(statement))[0] ?? {})[0])
  const reference = await one('select reference from complaints')
  await call('triage', 'POST', `/api/v1/staff/complaints/${reference}/route`, { administration: BODIES.A })
  await house.settle()
  for (const name of ['Dromadaire', 'Chameau'])
    await call('A.manager', 'PUT', '/api/v1/staff/templates', {
      act: 'answer',
      language: 'fr',
      name,
      text: 'Bonjour.',
    })
  await form('A.agent', 'POST', '/console/filters', 'name=Les+miens&query=view%3Dmine')
  const counted = await call('A.manager', 'POST', '/api/v1/staff/reports', {
    year: 2026,
    administration: BODIES.A,
  })
  const report = `/api/v1/staff/reports/${counted.json().id}`
  const measure = await call('A.manager', 'POST', `${report}/measures`, MEASURE)
  await call('A.manager', 'POST', `${report}/submit`)
  const remarks = [{ section: 'received', text: 'Pourquoi ?' }]
  await call('ministry-supervisor', 'POST', `${report}/return`, { remarks })
  await form('A.manager', 'POST', '/console/reports', `year=2024&administration=${BODIES.A}`)
  const joining = {
    code: 'NEUF',
    'name-ar': 'جديد',
    'name-fr': 'Neuf',
    contact: 'N',
    email: 'neuf@example.org',
  }
  await form(NOBODY, 'POST', '/console/join', new URLSearchParams(joining).toString())
  await house.enter('agent', BODIES.A, 'spare@example.org')
  await db.sql`insert into affiliations (administration_id, contact_name, contact_email, requested_at, approved_at)
    select id, 'A', 'a@example.org', now(), now() from administrations where code = ${BODIES.A}`
  return {
    ...house,
    reference,
    call,
    form,
    one,
    /** What opens a session or the API. */
    secrets: [...tokens.values(), ...[...cookies.values()].map((cookie) => cookie.split('=')[1] ?? '')],
    /** What stands for the parameters of an address: everything of A's. */
    objects: {
      reference,
      raw: await one('select id from submissions'),
      mail: await one('select event_id from mail_messages where complaint_id is not null'),
      asset: await one('select id from media_assets'),
      rendition: await one('select id from renditions'),
      referral: await one('select id from referrals'),
      quarantined: await one('select id from quarantine'),
      delivery: await one("select id from outbox_messages where topic = 'receipt.send'"),
      member: await one("select id from staff_members where email = 'spare@example.org'"),
      session: await one(
        "select s.id from staff_sessions s join staff_members m on m.id = s.staff_id where m.email = 'spare@example.org'",
      ),
      template: await one("select id from answer_templates where name = 'Dromadaire'"),
      words: await one("select id from answer_templates where name = 'Chameau'"),
      filter: await one('select id from saved_filters'),
      build: await one('select id from report_builds'),
      report: String(counted.json().id),
      measure: String(measure.json().id),
      remark: await one('select id from report_remarks'),
    },
  }
}

export type DoorsHouse = Awaited<ReturnType<typeof openDoorsHouse>>
