import { inject } from 'vitest'
import type { Submission } from '../../src/core/submission.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { createAcceptance } from '../../src/intake/accept-submission.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createTestDatabase } from './postgres-cluster.ts'

/** A clean migrated database with its pools. */
export const openTestDatabase = async (): Promise<{
  db: Database
  url: string
  close: () => Promise<void>
}> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  const db = openDatabase({ url })
  return {
    db,
    url,
    close: async () => {
      await db.close()
      await drop()
    },
  }
}

export const testSecrets = createSecrets('a key for tests, thirty-two characters or more')

/** The real acceptance over a database. */
export const acceptanceOver = async (db: Database) => {
  const rules = await readDeadlineRules({ db, clock: systemClock })
  return createAcceptance({
    sql: db.sql,
    clock: systemClock,
    newId: newUuidV7,
    secrets: testSecrets,
    deadlineRules: () => rules,
    officeZone: 'Africa/Casablanca',
  })
}

/** A filing as a channel gives it; say only what the test is about. */
export const submissionOf = (facts: Partial<Submission> = {}): Submission => ({
  channel: 'web',
  externalId: newUuidV7(),
  receivedAt: new Date('2026-11-21T10:00:00Z'),
  kind: 'complaint',
  text: 'Le guichet est fermé depuis deux semaines.',
  language: 'fr',
  contact: {},
  anonymous: false,
  media: [],
  raw: { type: 'application/json', body: Buffer.from('{}') },
  ...facts,
})
