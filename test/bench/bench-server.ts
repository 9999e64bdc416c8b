import pino from 'pino'
import { openDatabase } from '../../src/db/client.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { submissionRoutes } from '../../src/http/api/submissions.ts'
import { createApp } from '../../src/http/app.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { createAcceptance } from '../../src/intake/accept-submission.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'

/** The filing door alone, over the database named by the first argument; prints its port. */
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
process.stdout.write(`${new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port}\n`)
