import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { createMailReading } from '../../channels/email/examine.ts'
import { createMessageReader } from '../../channels/email/read-message.ts'
import type { VerifySender } from '../../channels/email/verify-sender.ts'
import type { Secrets } from '../../src/core/secrets.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { receiptLetter } from '../../src/html/receipt-letter.ts'
import { text } from '../../src/html/text.ts'
import type { Accept } from '../../src/intake/accept-submission.ts'
import { createAcceptance } from '../../src/intake/accept-submission.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { createJudgeEvent } from '../../src/intake/judge-event.ts'
import { createMailJudge, type ReadMailDeps } from '../../src/intake/read-mail.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { sendReceipt } from '../../src/receipts/send-receipt.ts'
import { openTestDatabase } from './acceptance.ts'

export const RECEIVED = new Date('2026-11-21T10:00:00Z')

export interface MailGatewayOptions {
  readonly host?: string
  readonly authservId?: string
  readonly verify?: VerifySender
  readonly secretKey?: string
  /** What a report of a refused mail sets in motion. */
  readonly hooks?: Pick<ReadMailDeps, 'fallBack' | 'noticeFailed'>
  /** Mail goes to this server instead of being kept. */
  readonly smtpUrl?: string
}

/** The end a mail met. */
export interface Met {
  readonly outcome: string
  readonly reason: string | null
  readonly complaint_id: string
  readonly class: string | null
  readonly reasons: string[] | null
  readonly answerable: boolean | null
  readonly flags: string[]
  readonly notes: string[]
  readonly full_text: string
  readonly html: string | null
  readonly files: readonly { name: string; type: string; role: string; kept: { ok: boolean } }[]
  readonly authentication: string
  readonly text: string
  readonly language: string
  readonly reference: string
  readonly email: string | null
  readonly name: string | null
  readonly receipt_id: string
}

/** A mail as text with LF, as it is on the wire. One character is one byte: write other charsets as latin1 escapes. */
export const onTheWire = (mail: string): Buffer => Buffer.from(mail.replace(/\r?\n/g, '\r\n'), 'latin1')

/** UTF-8 text inside a mail built as one character a byte. */
export const utf8 = (words: string): string => Buffer.from(words).toString('latin1')

const acceptOver = (
  { sql }: Awaited<ReturnType<typeof openTestDatabase>>['db'],
  secrets: Secrets,
  clock: { now(): Date },
  rules: ReadMailDeps['resubmit'],
): Accept => createAcceptance({ sql, clock, newId: newUuidV7, secrets, ...rules }).accept

/**
 * The e-mail side of a gateway on real PostgreSQL and a real store: mail goes in as an inlet hands it over, what goes out is
 * kept as bytes. The clock stands still until it is moved.
 */
export const openMailGateway = async (options: MailGatewayOptions = {}) => {
  const host = options.host ?? 'wasl.example'
  const address = `plaintes@${host}`
  const open = await openTestDatabase()
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-mail-'))
  const store = createFileStore({ folder })
  const secrets = createSecrets(options.secretKey ?? 'a key for tests, thirty-two characters or more')
  let now = RECEIVED
  const clock = { now: () => now }
  const reader = createMessageReader()
  const outbox: { raw: Buffer; returnPath: string }[] = []
  const mailer = createMailer({
    url: options.smtpUrl,
    mailbox: {
      deliver: async (message, returnPath) => void outbox.push({ raw: Buffer.from(message), returnPath }),
      list: async () => [],
      read: async () => undefined,
    },
    from: `Plaintes <${address}>`,
    clock,
    secrets,
  })
  const rules = await readDeadlineRules({ db: open.db, clock })
  const resubmit = { deadlineRules: () => rules, officeZone: 'Africa/Casablanca' }
  const accept = acceptOver(open.db, secrets, clock, resubmit)
  const mail = createMailReading({
    reader,
    own: [address],
    host,
    authservId: options.authservId,
    verify: options.verify,
    secrets,
  })
  const judge = createMailJudge({
    db: open.db,
    clock,
    newId: newUuidV7,
    store,
    accept,
    mail,
    words: text,
    resubmit,
    ...options.hooks,
  })
  const judgeEvent = createJudgeEvent({ db: open.db, clock, newId: newUuidV7, judges: { email: judge } })
  const receive = createReception({ sql: open.db.sql, newId: newUuidV7 })
  const context = () => ({ messageId: newUuidV7(), attempt: 1, signal: AbortSignal.timeout(30_000) })
  const send = sendReceipt({
    sql: open.db.sql,
    orm: open.db.orm,
    clock,
    newId: newUuidV7,
    secrets,
    publicUrl: `https://${host}`,
    officeZone: 'Africa/Casablanca',
    mailer,
    intakeAddress: address,
    createUploadLink: async () => 'https://wasl.example/u/link',
    accessCodeOf: (complaintId) => accessCodeOf(secrets, complaintId),
    writeLetter: receiptLetter,
  })

  /** Hands a mail over as an inlet does. Gives the external id. */
  const record = async (raw: Buffer, externalId: string = newUuidV7()): Promise<string> => {
    const objectKey = `mail/${newUuidV7()}`
    await store.put(objectKey, Readable.from([raw]), { maxBytes: raw.length })
    await receive({
      channel: 'email',
      externalId,
      sender: 'test',
      receivedAt: now,
      raw: {
        type: 'message/rfc822',
        objectKey,
        sha256: createHash('sha256').update(raw).digest('hex'),
        bytes: raw.length,
      },
    })
    return externalId
  }

  const judgeRecorded = async (externalId: string): Promise<void> => {
    const [event] = await open.db.sql<{ id: string }[]>`
      select id from inbound_events where external_id = ${externalId}`
    const result = await judgeEvent({ eventId: event!.id, channel: 'email' }, context())
    if (!result.ok) throw new Error(result.error.code)
  }

  /** Records and judges; gives what the ledger says, the message as registered and the complaint it belongs to. */
  const take = async (raw: Buffer | string, externalId?: string) => {
    const id = await record(Buffer.isBuffer(raw) ? raw : onTheWire(raw), externalId)
    await judgeRecorded(id)
    const [row] = await open.db.sql`
      select l.outcome, l.reason, l.complaint_id, m.class, m.reasons, m.answerable, m.flags, m.notes, m.text as full_text,
             m.html, m.files, m.authentication, s.text, s.language, s.round,
             c.reference, p.email, p.name, r.id as receipt_id
      from ledger_entries l
      left join mail_messages m on m.external_id = l.external_id
      left join submissions s on s.external_id = l.external_id
      left join complaints c on c.id = l.complaint_id
      left join complainants p on p.complaint_id = c.id
      left join receipts r on r.complaint_id = c.id and r.round = c.round
      where l.channel = 'email' and l.external_id = ${id}`
    return row as unknown as Met
  }

  /** Sends every receipt that is due; gives the mails that went out by it. */
  const sendReceipts = async () => {
    const before = outbox.length
    const due = await open.db.sql<{ id: string }[]>`
      select id from receipts where state = 'due' and via = 'email' order by issued_at, id`
    for (const { id } of due) await send({ receiptId: id }, context())
    return outbox.slice(before)
  }

  return {
    db: open.db,
    clock,
    mailer,
    judgeEvent,
    host,
    store,
    secrets,
    address,
    outbox,
    accept,
    send,
    context,
    record,
    judgeRecorded,
    take,
    sendReceipts,
    setNow: (to: Date) => {
      now = to
    },
    receipt: async (complaintId: string) =>
      (
        await open.db.sql`select id, state, via, failure from receipts where complaint_id = ${complaintId}`
      )[0],
    media: async (complaintId: string) =>
      open.db.sql`select name, declared_type, bytes::int, sha256, object_key from media_assets
                  where complaint_id = ${complaintId} order by position`,
    close: async () => {
      await reader.close()
      mailer.close()
      await open.close()
      await fs.rm(folder, { recursive: true, force: true })
    },
  }
}

export type MailGateway = Awaited<ReturnType<typeof openMailGateway>>
