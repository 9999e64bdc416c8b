import fs from 'node:fs'
import path from 'node:path'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from './gateway-process.ts'
import { ADDRESS } from './mail-text.ts'
import { createTestDatabase } from './postgres-cluster.ts'
import { startSmtpSink } from './smtp-sink.ts'

export interface Counts {
  /** Entries of the ledger of the channel `email`. */
  readonly received: number
  readonly created: number
  readonly ignored: number
  readonly quarantined: number
  readonly open: number
  /** Complaints that came by mail. */
  readonly complaints: number
  readonly receipts: number
  /** Acknowledgments that are still to go out. */
  readonly due: number
}

/** What a gateway that reads mail stands on: PostgreSQL, Dovecot, a server that takes the acknowledgments. */
export const openMailStage = async (more: Readonly<Record<string, string>> = {}, databaseUrl?: string) => {
  const folder = scratchFolder('mail')
  const database =
    databaseUrl === undefined
      ? await createTestDatabase(inject('postgresUrl'))
      : { url: databaseUrl, drop: async () => {} }
  const db: Database = openDatabase({ url: database.url, connections: 2 })
  const dovecot: Dovecot = await startDovecot()
  const sink = await startSmtpSink()
  const gateways = new Set<GatewayProcess>()

  const environment = async (own: Readonly<Record<string, string>>) => ({
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    SECRET_KEY: 'a-key-for-mail-tests-a-key-for-mail-tests',
    PORT: String(await freePort()),
    MAIL_FROM: `Plaintes <${ADDRESS}>`,
    SMTP_URL: sink.url,
    ...more,
    ...own,
  })

  const counts = async (): Promise<Counts> => {
    const [row] = await db.sql<Counts[]>`
      select count(*)::int as received,
             count(*) filter (where outcome = 'created')::int as created,
             count(*) filter (where outcome = 'ignored')::int as ignored,
             count(*) filter (where outcome = 'quarantined')::int as quarantined,
             count(*) filter (where outcome is null)::int as open,
             (select count(*)::int from complaints where channel = 'email') as complaints,
             (select count(*)::int from receipts where via = 'email' and state in ('sent', 'delivered')) as receipts,
             (select count(*)::int from receipts where via = 'email' and state = 'due') as due
      from ledger_entries where channel = 'email'`
    return row as Counts
  }

  return {
    db,
    databaseUrl: database.url,
    dovecot,
    sink,
    folder,
    environment,
    counts,
    start: async (own: Readonly<Record<string, string>>): Promise<GatewayProcess> => {
      const gateway = await startGatewayProcess(await environment(own))
      gateways.add(gateway)
      return gateway
    },
    /** Waits until as many mails have met their end, none is open and every acknowledgment is out. */
    settled: async (received: number, patienceMs = 60_000): Promise<Counts> => {
      let now = await counts()
      const ask = async () => {
        now = await counts()
        return now.received >= received && now.open === 0 && now.due === 0
      }
      await until(`${received} mails settled`, ask, patienceMs).catch((cause: unknown) => {
        throw new Error(`${received} mails are not settled: ${JSON.stringify(now)}`, { cause })
      })
      return now
    },
    /** The end of a mail, by a piece of its words or its subject. */
    endOf: async (words: string) => {
      const rows = await db.sql<{ outcome: string; reason: string | null; complaint_id: string }[]>`
        select l.outcome, l.reason, l.complaint_id from ledger_entries l join mail_messages m on m.external_id = l.external_id
        where l.channel = 'email' and (m.text like ${`%${words}%`} or m.subject like ${`%${words}%`})`
      return rows
    },
    close: async () => {
      await Promise.all([...gateways].map((gateway) => gateway.end('SIGTERM')))
      await sink.close()
      await dovecot.close()
      await db.close()
      await database.drop()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type MailStage = Awaited<ReturnType<typeof openMailStage>>
