import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { webPages } from '../../channels/web/channel.ts'
import type { PageClips } from '../../channels/web/clips.ts'
import type { WebDeps } from '../../channels/web/deps.ts'
import { WEB_ASSETS } from '../../channels/web/islands.ts'
import { createDirectory } from '../../src/administrations/directory.ts'
import { composeWeb } from '../../src/composition/web.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Names } from '../../src/core/locale.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { AMAZIGH_ASSETS, SITE_ASSETS } from '../../src/html/assets.ts'
import { HTML_ISLANDS } from '../../src/html/islands.ts'
import { administrationRoutes } from '../../src/http/api/administrations.ts'
import { complaintRoutes } from '../../src/http/api/complaints.ts'
import { uploadRoutes } from '../../src/http/api/uploads.ts'
import { createApp } from '../../src/http/app.ts'
import { compressHtml } from '../../src/http/compress-html.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { receiptRoutes } from '../../src/http/receipts.ts'
import { securityHeaders } from '../../src/http/security-headers.ts'
import { serveAssets } from '../../src/http/serve-assets.ts'
import type { Accept } from '../../src/intake/accept-submission.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { createFileStaging } from '../../src/intake/uploads/file-staging.ts'
import type { UploadDeps } from '../../src/intake/uploads/staging.ts'
import { copyReceipt } from '../../src/messages/text-on-request.ts'
import type { WriteDeps } from '../../src/messages/write-to-complainant.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { askReceiptCopy } from '../../src/receipts/copy-by-mail.ts'
import { publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { acceptanceOver, testSecrets } from './acceptance.ts'

export interface WebServer {
  readonly url: string
  readonly app: FastifyInstance
  readonly db: Database
  /** Moves the clock of everything but PostgreSQL. */
  readonly clock: Clock & { ahead: number }
  /** What `accept` gave, in order: the access codes are only there. */
  readonly accepted: Awaited<ReturnType<Accept>>[]
  /** The secret part of a receipt's link. */
  receiptToken(receiptId: string): string
  close(): Promise<void>
}

const BODIES: readonly { code: string; names: Names; outside?: true; named?: true }[] = [
  { code: 'SANTE', names: { ar: 'وزارة الصحة', fr: 'Ministère de la Santé', en: 'Ministry of Health' } },
  { code: 'EDUC', names: { ar: 'وزارة التربية الوطنية', fr: "Ministère de l'Éducation nationale" } },
  { code: 'EAU', names: { ar: 'وكالة الماء والكهرباء', fr: "Agence de l'eau et de l'électricité" } },
  { code: 'JUSTICE', names: { ar: 'وزارة العدل', fr: 'Ministère de la Justice' }, named: true },
  {
    code: 'DEFENSE',
    names: { ar: 'إدارة الدفاع الوطني', fr: 'Administration de la Défense nationale' },
    outside: true,
  },
]

const insertBodies = async (db: Database): Promise<void> => {
  for (const { code, names, outside, named } of BODIES)
    await db.sql`
      insert into administrations (id, code, names, outside_ground, anonymous_allowed, created_at, updated_at)
      values (${newUuidV7()}, ${code}, ${JSON.stringify(names)}::text::jsonb,
              ${outside ? 'national_defence' : null}, ${!named}, now(), now())`
}

/** The receipt as a page of one line, for tests that only want to arrive there. */
const shortReceipts = (app: FastifyInstance, accepted: WebServer['accepted'], deps: WebDeps): void => {
  app.get('/receipts/:token', async (request, reply) => {
    const id = deps.readReceiptToken((request.params as { token: string }).token)
    const facts = accepted.find(({ receiptId }) => receiptId === id)
    return reply
      .type('text/html; charset=utf-8')
      .send(
        `<!doctype html><html lang="fr"><title>Reçu</title><link rel="icon" href="data:,"><main><h1>${facts?.reference ?? ''}</h1></main></html>`,
      )
  })
}

/** The receipt as it is. */
const realReceipts = async (
  app: FastifyInstance,
  parts: {
    readonly db: Database
    readonly clock: Clock
    readonly publicUrl: string
    readonly deps: WebDeps
    readonly texts: { readonly writing: WriteDeps } | undefined
  },
): Promise<void> => {
  const { db, clock, deps, texts } = parts
  const common = { orm: db.orm, clock, newId: newUuidV7, secrets: testSecrets }
  await publishReceiptKey(common)
  receiptRoutes(app, {
    ...common,
    sql: db.sql,
    publicUrl: parts.publicUrl,
    officeZone: 'Africa/Casablanca',
    pdf: { render: async () => new Uint8Array(), close: async () => {} },
    accessCodeOf: (id) => accessCodeOf(testSecrets, id),
    localeOf: () => 'fr',
    limit: async () => {},
    copies: {
      ...(texts ? { byText: (id, phone) => copyReceipt(texts.writing, id, phone) } : {}),
      byMail: (wish) => askReceiptCopy(common, wish),
      admit: (request, to) => deps.admitText(deps.clientOf(request), to),
    },
  })
}

/** The citizen's pages over real parts: PostgreSQL, a file store, resumable uploads; the receipt is a page of one line. */
export const startWebServer = async (options: {
  readonly databaseUrl: string
  readonly folder: string
  readonly trustedProxies?: readonly string[]
  readonly publicUrl?: string
  /** True: receipts as they are, instead of a page of one line. */
  readonly receipts?: boolean
  /** False: the directory is left to the test. */
  readonly bodies?: boolean
  /** Recordings behind the listen buttons. */
  readonly clips?: PageClips
  /** Carries short messages; without one the pages offer none. */
  readonly texts?: (parts: { db: Database; clock: Clock }) => { readonly writing: WriteDeps }
}): Promise<WebServer> => {
  const db = openDatabase({ url: options.databaseUrl, connections: 6 })
  if (options.bodies ?? true) await insertBodies(db)
  const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
  const store = createFileStore({ folder: path.join(options.folder, 'objects') })
  const staging = createFileStaging({ folder: path.join(options.folder, 'uploads'), store })
  const uploads: UploadDeps = { db, store, staging, clock, newId: newUuidV7 }
  const accepted: WebServer['accepted'] = []
  const acceptance = await acceptanceOver(db)
  const rules = await readDeadlineRules({ db, clock })
  const publicUrl = options.publicUrl ?? 'http://127.0.0.1'
  const texting = options.texts?.({ db, clock })
  const { deps, draftIdOf } = composeWeb({
    db,
    clock,
    newId: newUuidV7,
    secrets: testSecrets,
    publicUrl,
    officeZone: 'Africa/Casablanca',
    directory: createDirectory({ db }),
    uploads,
    deadlineRules: () => rules,
    ...(options.clips ? { clips: options.clips } : {}),
    lines: { hotline: '+212530000100', whatsapp: '+212600000100' },
    ...(texting ? { texts: texting } : {}),
    accept: async (submission) => {
      const facts = await acceptance.accept(submission)
      accepted.push(facts)
      return facts
    },
  })
  const app = await createApp({
    logger: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    newId: newUuidV7,
    trustedProxies: options.trustedProxies ?? [],
    errorPage,
  })
  await securityHeaders(app, { publicUrl })
  compressHtml(app)
  serveAssets(app, [
    ...SITE_ASSETS,
    ...AMAZIGH_ASSETS,
    ...HTML_ISLANDS,
    ...WEB_ASSETS,
    ...(options.clips?.assets ?? []),
  ])
  await app.register(webPages, deps)
  await app.register(uploadRoutes, { deps: uploads, ownerOf: draftIdOf, clientOf: deps.clientOf })
  complaintRoutes(app, deps)
  const directory = createDirectory({ db })
  await administrationRoutes(app, {
    db,
    clock,
    newId: newUuidV7,
    secrets: testSecrets,
    connectors: {},
    directory,
  })
  if (options.receipts) await realReceipts(app, { db, clock, publicUrl, deps, texts: texting })
  else shortReceipts(app, accepted, deps)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    app,
    db,
    clock,
    accepted,
    receiptToken: deps.receiptToken,
    close: async () => {
      await app.close()
      await db.close()
    },
  }
}
