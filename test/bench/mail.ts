import path from 'node:path'
import { simpleParser } from 'mailparser'
import { openDatabase } from '../../src/db/client.ts'
import { startDovecot } from '../support/dovecot.ts'
import { freePort, startGatewayProcess, until } from '../support/gateway-process.ts'
import { ADDRESS, mailOf } from '../support/mail-text.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { median, report, round } from './report.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

const MAILS = 1_000
const ROUNDS = 3
const BATCH = 50
/** Every tenth carries a picture, as what people write about a street does. */
const PICTURE = Buffer.alloc(60_000, 7).toString('base64').replace(/.{76}/g, '$&\r\n')

const withPicture = (serial: number): string =>
  mailOf(
    serial,
    { 'Content-Type': 'multipart/mixed; boundary=m' },
    `--m\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nLe lampadaire ${serial} est en panne.\r\n--m\r\nContent-Type: image/jpeg; name=rue.jpg\r\nContent-Disposition: attachment; filename=rue.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n${PICTURE}\r\n--m--`,
  )

const mails = (round: number): string[] =>
  Array.from({ length: MAILS }, (_, i) => {
    const serial = round * MAILS + i
    return i % 10 === 0 ? withPicture(serial) : mailOf(serial)
  })

type Dovecot = Awaited<ReturnType<typeof startDovecot>>

/** What the libraries alone take to fetch and parse the same mails. Seconds. */
const readAlone = (dovecot: Dovecot, user: string): Promise<number> =>
  dovecot.visit(user, async (client) => {
    const start = performance.now()
    const uids = (await client.search({ all: true }, { uid: true })) || []
    for (let from = 0; from < uids.length; from += BATCH) {
      const range = uids.slice(from, from + BATCH).join(',')
      for (const { source } of await client.fetchAll(range, { source: true }, { uid: true }))
        await simpleParser(source ?? '')
    }
    return (performance.now() - start) / 1000
  })

/** From the first mail on record until each is a complaint with its receipt queued or sent. Seconds. */
const fileAll = async (dovecot: Dovecot, user: string, scratch: { url: string; folder: string }) => {
  const sink = await startSmtpSink()
  const db = openDatabase({ url: scratch.url, connections: 1 })
  const count = async (): Promise<{ received: number; receipts: number }> => {
    const [row] = await db.sql<{ received: number; receipts: number }[]>`
      select (select count(*)::int from ledger_entries where channel = 'email') as received,
             (select count(*)::int from receipts where via = 'email') as receipts`
    return row ?? { received: 0, receipts: 0 }
  }
  const before = await count()
  const gateway = await startGatewayProcess({
    DATA_DIR: path.join(scratch.folder, 'data'),
    DATABASE_URL: scratch.url,
    SECRET_KEY: 'a-key-for-benches-a-key-for-benches-a-key',
    PORT: String(await freePort()),
    MAIL_FROM: `Plaintes <${ADDRESS}>`,
    SMTP_URL: sink.url,
    IMAP_URL: dovecot.url(user),
  })
  try {
    await until('the gateway reads', () =>
      fetch(`${gateway.base}/readyz`).then(async (answer) =>
        (await answer.text()).includes('"mailboxes":{"ok":true'),
      ),
    )
    dovecot.put(user, mails(before.received / MAILS))
    await until('the first is on record', async () => (await count()).received > before.received, 60_000)
    const start = performance.now()
    await until('all are filed', async () => (await count()).receipts >= before.receipts + MAILS, 300_000)
    return (performance.now() - start) / 1000
  } finally {
    await gateway.end('SIGTERM')
    await db.close()
    await sink.close()
  }
}

/**
 * Mails per second from a full mailbox to complaint and queued receipt (the raw message in the store, fsync on, files as
 * media, acknowledgments going out beside it), with the libraries alone on the same mails in turn.
 */
export const benchMail = (): Promise<void> =>
  withScratchPostgres(async (scratch) => {
    const dovecot = await startDovecot()
    try {
      const rates: number[] = []
      const references: number[] = []
      for (let round = 0; round < ROUNDS; round += 1) {
        dovecot.put(`alone${round}`, mails(round))
        references.push(MAILS / (await readAlone(dovecot, `alone${round}`)))
        rates.push(MAILS / (await fileAll(dovecot, `filed${round}`, scratch)))
      }
      report('mail', {
        mails: MAILS,
        perSecond: round(median(rates), 0),
        librariesAlonePerSecond: round(median(references), 0),
        ratio: round(median(rates.map((rate, i) => rate / (references[i] ?? 1)))),
      })
    } finally {
      await dovecot.close()
    }
  })
