import { createDirectory } from '../../src/administrations/directory.ts'
import { createConnectors } from '../../src/connectors/index.ts'
import { seedCalendar } from '../../src/deadlines/seed-calendar.ts'
import { text } from '../../src/html/text.ts'
import { administrationRoutes } from '../../src/http/api/administrations.ts'
import { docsRoutes } from '../../src/http/api/docs.ts'
import { referralRoutes } from '../../src/http/api/referrals.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { transferComplaint } from '../../src/referrals/transfer-referral.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, openTestDatabase, testSecrets } from './acceptance.ts'
import { openDesk } from './desk.ts'
import { startJoiningBody } from './joining-body.ts'
import { startSmtpSink } from './smtp-sink.ts'

const noMailbox = { deliver: async () => {}, list: async () => [], read: async () => undefined }

/** A gateway that bodies can join, by its pages and its API, with a body's system and a mail server beside it. */
export const startJoiningHouse = async () => {
  const open = await openTestDatabase()
  const { db } = open
  let late = 0
  const dawdle = (ms = 11_000): void => {
    late += ms
  }
  const clock = { now: () => new Date(systemClock.now().getTime() + late) }
  const base = {
    db,
    clock,
    newId: newUuidV7,
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
    store: undefined as never,
  }
  const { acceptWithin } = await acceptanceOver(db)
  await db.sql`insert into administrations (id, code, names, created_at, updated_at)
    values (${newUuidV7()}, 'SANTE', '{"fr": "Santé", "ar": "الصحة"}', now(), now())`
  await seedCalendar(base)
  const mail = { isSlow: false }
  const sink = await startSmtpSink({
    onTaken: () => {
      if (mail.isSlow) dawdle()
      return undefined
    },
  })
  const mailer = createMailer({
    url: sink.url,
    mailbox: noMailbox,
    from: 'Wasl <plaintes@wasl.test>',
    clock,
    secrets: testSecrets,
  })
  const guard = createOutboundGuard({ allow: ['127.0.0.0/8'] })
  const connectors = createConnectors({
    guard,
    words: text,
    publicUrl: base.publicUrl,
    sendMail: mailer.send,
  })
  const joining = { acceptPractice: acceptWithin, connectors }
  const work = {
    suggest: async () => [],
    route: (decision: Parameters<typeof decideTriage>[1]) => decideTriage(base, decision),
    transfer: (wish: Parameters<typeof transferComplaint>[1]) => transferComplaint(base, wish),
    retryAsset: async () => {},
    retryFetch: async () => {},
  }
  const desk = await openDesk(
    db,
    undefined as never,
    base.publicUrl,
    work,
    (app) => {
      void referralRoutes(app, base)
      void administrationRoutes(app, { ...base, connectors, directory: createDirectory({ db }) })
      staffApi(app, { ...base, work, joining })
      docsRoutes(app)
    },
    { clock, joining },
  )
  /** The API with a token: the answer's status and JSON. */
  const api = async (
    token: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
  ) => {
    const answer = await desk.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.payload === '' ? undefined : answer.json() }
  }
  const system = { token: '' }
  const far = await startJoiningBody({
    dawdle,
    act: (id, act, payload) => api(system.token, 'POST', `/referrals/${id}/${act}`, payload),
  })
  const tokenOf = async (role: Parameters<typeof createToken>[1]['role'], administrationCode?: string) =>
    (await createToken(base, { role, ...(administrationCode ? { administrationCode } : {}) })).token
  return {
    db,
    base,
    clock,
    desk,
    api,
    tokenOf,
    far,
    /** The token a body's system acts with. */
    system,
    mail,
    mails: sink.mails,
    close: async () => {
      await desk.close()
      await far.close()
      mailer.close()
      await sink.close()
      await guard.close()
      await open.close()
    },
  }
}

export type JoiningHouse = Awaited<ReturnType<typeof startJoiningHouse>>
