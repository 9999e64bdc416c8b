import type { FastifyInstance, FastifyRequest } from 'fastify'
import { webPages } from '../../channels/web/channel.ts'
import { readPageClips } from '../../channels/web/clips.ts'
import type { Lines } from '../../channels/web/deps.ts'
import { COURIER_ISLAND, WEB_ASSETS } from '../../channels/web/islands.ts'
import type { CounterParts } from '../console/counter.routes.ts'
import { consoleRoutes } from '../console/routes.ts'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import { AMAZIGH_ASSETS, SITE_ASSETS } from '../html/assets.ts'
import { HTML_ISLANDS } from '../html/islands.ts'
import { localeOfAddress } from '../html/negotiate-locale.ts'
import { administrationRoutes } from '../http/api/administrations.ts'
import { complaintRoutes } from '../http/api/complaints.ts'
import { docsRoutes } from '../http/api/docs.ts'
import type { FilingDeps } from '../http/api/filing.ts'
import { referralRoutes } from '../http/api/referrals.ts'
import { staffApi } from '../http/api/staff/routes.ts'
import { submissionRoutes } from '../http/api/submissions.ts'
import { uploadRoutes } from '../http/api/uploads.ts'
import { compressHtml } from '../http/compress-html.ts'
import { healthRoutes } from '../http/health.ts'
import { mediaLinkRoutes } from '../http/media-links.ts'
import { open311Routes } from '../http/open311/routes.ts'
import { receiptRoutes } from '../http/receipts.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { serveAssets } from '../http/serve-assets.ts'
import { voiceSoundRoutes } from '../http/voice-sounds.ts'
import { accessCodeOf } from '../intake/access-code.ts'
import { takeHit } from '../intake/take-hit.ts'
import { requireUploads } from '../intake/uploads/find-uploads.ts'
import { copyReceipt } from '../messages/text-on-request.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { SingleSignOn } from '../platform/oidc.ts'
import { askReceiptCopy } from '../receipts/copy-by-mail.ts'
import { receiptToken } from '../receipts/link.ts'
import { demoBodyRoutes } from '../simulator/demo-body.ts'
import { createDemoInbox } from '../simulator/demo-body-inbox.ts'
import { simulatorIndex } from '../simulator/index-page.ts'
import { mailboxRoutes } from '../simulator/mailbox.ts'
import { createExchange } from '../simulator/phone/exchange.ts'
import { providerApi } from '../simulator/phone/provider-api.ts'
import { phoneRoutes } from '../simulator/phone/routes.ts'
import { authenticateToken } from '../staff/tokens.ts'
import { composeCounter } from './counter.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'
import { renderReportFiles } from './report-files.ts'
import { ownBase, type Telephone } from './telephone.ts'
import { composeWeb } from './web.ts'

const localeOf = (request: FastifyRequest): Locale =>
  localeOfAddress(request.url, request.headers['accept-language'])

/** Pages that are opened by a link without an account: what one client may open in ten minutes. */
const LOOKS = { limit: 600, seconds: 600 } as const

type Web = ReturnType<typeof composeWeb>

/** Texts a receipt to a telephone; undefined where no network carries texts. */
const textReceiptOf = (features: Features, web: Web): CounterParts['textReceipt'] =>
  web.canText ? (complaintId, phone) => copyReceipt(features.texts.writing, complaintId, phone) : undefined

const filingDeps = ({ secrets }: Parts, features: Features): FilingDeps => ({
  accept: features.accept,
  findUploads: (ids, filing) => requireUploads(features.uploads, ids, { filing }),
  administration: features.findBody,
  receiptToken: (id) => receiptToken(secrets, id),
})

const registerStaffApi = (app: FastifyInstance, parts: Parts, features: Features, web: Web): void => {
  const { secrets, clock, newId, db, store, config } = parts
  staffApi(app, {
    db,
    clock,
    newId,
    store,
    secrets,
    publicUrl: config.http.publicUrl,
    officeZone: config.officeZone,
    counter: { ...filingDeps(parts, features), textReceipt: textReceiptOf(features, web) },
    reports: { origins: features.counting.origins, render: renderReportFiles(features.pdf) },
    joining: { acceptPractice: features.acceptPractice, connectors: features.connectors },
    work: features.desk,
  })
}

const registerApis = async (app: FastifyInstance, parts: Parts, features: Features, web: Web) => {
  const { secrets, clock, newId, db, store, config } = parts
  const { publicUrl } = config.http
  await submissionRoutes(app, {
    ...filingDeps(parts, features),
    clock,
    newId,
    publicUrl,
    roleOf: async (authorization) => (await authenticateToken({ db, clock }, authorization))?.role,
    limit: web.admitApi,
  })
  await app.register(uploadRoutes, {
    deps: features.uploads,
    ownerOf: web.draftIdOf,
    clientOf: web.deps.clientOf,
  })
  complaintRoutes(app, web.deps)
  await administrationRoutes(app, {
    db,
    clock,
    newId,
    secrets,
    connectors: features.connectors,
    directory: features.directory,
  })
  open311Routes(app, {
    db,
    clock,
    newId,
    publicUrl,
    officeZone: config.officeZone,
    secrets,
    acceptWithin: features.acceptWithin,
    mayFetch: (url) => features.guard.checkUrl(url).ok,
    bodies: async () => (await features.directory.index()).bodies,
    limit: web.admitApi,
  })
  await referralRoutes(app, {
    db,
    clock,
    newId,
    secrets,
    publicUrl,
    store,
    officeZone: config.officeZone,
  })
  registerStaffApi(app, parts, features, web)
}

const registerPages = async (app: FastifyInstance, parts: Parts, features: Features, web: Web) => {
  const { secrets, clock, db, store, config } = parts
  await app.register(webPages, web.deps)
  receiptRoutes(app, {
    sql: db.sql,
    orm: db.orm,
    clock,
    secrets,
    publicUrl: config.http.publicUrl,
    officeZone: config.officeZone,
    pdf: features.pdf,
    islands: [COURIER_ISLAND.url],
    accessCodeOf: (complaintId) => accessCodeOf(secrets, complaintId),
    localeOf,
    copies: {
      ...(web.canText
        ? { byText: (complaintId, phone) => copyReceipt(features.texts.writing, complaintId, phone) }
        : {}),
      byMail: (wish) => askReceiptCopy({ ...parts, orm: db.orm }, wish),
      admit: (request, to) => web.deps.admitText(web.deps.clientOf(request), to),
    },
    limit: async (request, bucket) => {
      const { count, secondsLeft } = await takeHit(
        { sql: db.sql, clock },
        `${bucket}:${web.deps.clientOf(request)}`,
        LOOKS.seconds,
      )
      if (count > LOOKS.limit) throw new AppError('too_many_requests', { retryAfter: secondsLeft })
    },
  })
  consoleRoutes(app, {
    ...parts,
    publicUrl: config.http.publicUrl,
    officeZone: config.officeZone,
    origins: features.counting.origins,
    renderReport: renderReportFiles(features.pdf),
    work: features.desk,
    // The library takes a while to load: only where it is used.
    sso: await composeSingleSignOn(parts.config),
    joining: { acceptPractice: features.acceptPractice, connectors: features.connectors },
    counter: composeCounter(web.deps, textReceiptOf(features, web)),
  })
  await mediaLinkRoutes(app, { db, clock, secrets, store })
}

const composeSingleSignOn = async ({ oidc }: Parts['config']): Promise<SingleSignOn | undefined> =>
  oidc === undefined ? undefined : (await import('../platform/oidc.ts')).createSingleSignOn(oidc)

/** What only a gateway to try things on may show: everybody's mail and every dossier. */
const registerSimulator = async (app: FastifyInstance, parts: Parts, features: Features): Promise<void> => {
  const { db, clock, secrets, mailbox, config } = parts
  const { publicUrl } = config.http
  simulatorIndex(app, { localeOf })
  mailboxRoutes(app, { mailbox, officeZone: config.officeZone, localeOf })
  await demoBodyRoutes(app, {
    db,
    clock,
    secrets,
    publicUrl,
    localeOf,
    inbox: createDemoInbox({ clock, publicUrl }),
  })
  if (features.telephone) await registerPhone(app, parts, features.telephone)
}

/** The telephone that stands for a provider: never beside a real one. */
const registerPhone = async (app: FastifyInstance, parts: Parts, { twilio }: Telephone): Promise<void> => {
  const { clock, newId, config } = parts
  const exchange = createExchange({
    clock,
    newId,
    account: {
      sid: twilio.accountSid,
      token: twilio.authTokens[0] ?? '',
      sms: twilio.smsFrom ?? '',
      voice: twilio.voiceFrom ?? '',
      whatsapp: twilio.whatsappFrom ?? '',
    },
    publicUrl: config.http.publicUrl,
    deliverTo: ownBase(config),
    apiUrl: twilio.apiUrl,
  })
  await providerApi(app, { ...exchange, prefix: new URL(twilio.apiUrl).pathname })
  await phoneRoutes(app, { exchange, publicUrl: config.http.publicUrl, localeOf })
}

/** The numbers under which people speak to the gateway. */
const linesOf = ({ telephone }: Features): Lines => {
  const { voiceFrom, whatsappFrom } = telephone?.twilio ?? {}
  return {
    ...(voiceFrom === undefined ? {} : { hotline: voiceFrom }),
    ...(whatsappFrom === undefined ? {} : { whatsapp: whatsappFrom.replace(/^whatsapp:/, '') }),
  }
}

/** Every door of the gateway on one server. */
export const registerRoutes = async (
  app: FastifyInstance,
  parts: Parts,
  features: Features,
  metrics: Metrics,
): Promise<void> => {
  const clips = readPageClips()
  const web = composeWeb({
    ...parts,
    ...features,
    publicUrl: parts.config.http.publicUrl,
    officeZone: parts.config.officeZone,
    clips,
    lines: linesOf(features),
  })
  await securityHeaders(app, { publicUrl: parts.config.http.publicUrl })
  compressHtml(app)
  serveAssets(app, [...SITE_ASSETS, ...AMAZIGH_ASSETS, ...HTML_ISLANDS, ...WEB_ASSETS, ...clips.assets])
  healthRoutes(app, {
    sql: parts.db.sql,
    store: parts.store,
    metrics,
    mailboxes: parts.config.mail.mailboxes.map(({ id }) => id),
  })
  await registerApis(app, parts, features, web)
  await registerPages(app, parts, features, web)
  if (parts.simulated) await registerSimulator(app, parts, features)
  if (features.hotline) voiceSoundRoutes(app, features.hotline.sounds)
  docsRoutes(app)
}
