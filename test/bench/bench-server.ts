import pino from 'pino'
import { field, readForm, requireTwilio } from '../../channels/twilio.ts'
import { openDatabase } from '../../src/db/client.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { submissionRoutes } from '../../src/http/api/submissions.ts'
import { createApp } from '../../src/http/app.ts'
import { mountChannel } from '../../src/http/mount-channel.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { createAcceptance } from '../../src/intake/accept-submission.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { createDoor } from '../../src/intake/receive-or-spool.ts'
import { createSpool } from '../../src/intake/spool.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { BENCH_WEBHOOK } from './bench-webhook.ts'

/** The filing door and a telephone's door, over the database named by the first argument; prints its port. The second is the spool's folder. */
const db = openDatabase({ url: process.argv[2] ?? '', connections: 4 })
const rules = await readDeadlineRules({ db, clock: systemClock })
const { accept } = createAcceptance({
  sql: db.sql,
  clock: systemClock,
  newId: newUuidV7,
  secrets: createSecrets('a key for benches, thirty-two characters or more'),
  deadlineRules: () => rules,
  officeZone: 'Africa/Casablanca',
})
const app = await createApp({
  logger: pino({ level: 'silent' }),
  newId: newUuidV7,
  trustedProxies: [],
  errorPage: sendProblem,
})
await submissionRoutes(app, {
  accept,
  clock: systemClock,
  newId: newUuidV7,
  publicUrl: 'http://127.0.0.1',
  findUploads: async () => [],
  administration: async () => ({ anonymousAllowed: true }),
  receiptToken: (id) => id,
  roleOf: async () => undefined,
  limit: async () => {},
})
const [, , , spoolFolder = ''] = process.argv
const spool = createSpool({ folder: spoolFolder, newId: newUuidV7 })
await spool.open()
await mountChannel(
  app,
  {
    id: 'sms',
    routes: [
      {
        method: 'POST',
        path: BENCH_WEBHOOK.path,
        bodyLimit: 64 * 1024,
        authenticate: requireTwilio({
          authTokens: [BENCH_WEBHOOK.token],
          publicUrl: BENCH_WEBHOOK.publicUrl,
        }),
        receive: ({ body, receivedAt }) => {
          const fields = readForm(body)
          const [externalId, sender] = [field(fields, 'MessageSid'), field(fields, 'From')]
          const raw = { type: 'application/x-www-form-urlencoded', body }
          return { events: [{ channel: 'sms', externalId, sender, receivedAt, raw }], reply: { status: 200 } }
        },
      },
    ],
  },
  {
    clock: systemClock,
    logger: { warn: () => {}, error: () => {} },
    door: createDoor({ receive: createReception({ sql: db.sql, newId: newUuidV7 }), spool }),
  },
)
process.stdout.write(`${new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port}\n`)
