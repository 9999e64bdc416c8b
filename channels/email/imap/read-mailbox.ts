import { createHash } from 'node:crypto'
import { LIMITS } from '../../../src/core/limits.ts'
import type { MailboxMemory, OpenMailbox, RecordedMail } from '../../../src/core/mailbox.ts'
import type { MailboxConfig } from '../config.ts'
import { BEGINNING, externalIdOf, type MailDoor } from '../record-mail.ts'
import {
  batchesOf,
  type FetchedMail,
  fetchBeginning,
  fetchPieces,
  fetchSmall,
  type SizedMail,
  SMALL_BYTES,
  sizesOf,
  uidsFrom,
} from './fetch-mails.ts'
import { FILED_FLAG, type Link, openLink } from './link.ts'

export interface MailboxDeps {
  readonly memory: MailboxMemory
  readonly record: MailDoor
}

/** A mailbox being read over one connection. */
export interface Reading extends MailboxDeps {
  readonly link: Link
  readonly config: MailboxConfig
  readonly mailbox: OpenMailbox
  readonly signal: AbortSignal
  /**
   * After a connection broke while mail was fetched: one at a time, each try noted before it is made, so that the mail that
   * breaks it is put off and its neighbours go on.
   */
  readonly careful: boolean
}

/** A mail that its server does not give is put before a person after so many tries; it is tried on, ever more seldom. */
const TRIES = 4
/** Mails whose sizes are asked for by one command. */
const AT_ONCE = 500

export interface Tally {
  /** Mails in the mailbox, when all of it was looked at. */
  listed: number
  /** Mails that were not on record before. */
  filed: number
  /** Mails that could not be fetched and will be tried again. */
  waiting: number
}

/** Tells the mailbox what is on record: by a move, or by flags. Never before; and nothing here depends on either. */
const tellMailbox = async ({ link, config }: Reading, mails: readonly RecordedMail[]): Promise<void> => {
  // What was too large lies there alone.
  const uids = mails.filter(({ externalId }) => !externalId.startsWith(BEGINNING)).map(({ uid }) => uid)
  if (uids.length === 0 || link.readOnly) return
  const { client, ask, keepsKeywords } = link
  const { doneFolder } = config
  const flags = ['\\Seen', ...(keepsKeywords ? [FILED_FLAG] : [])]
  await ask(async () => {
    if (doneFolder === undefined) await client.messageFlagsAdd(uids.join(','), flags, { uid: true })
    else await client.messageMove(uids.join(','), doneFolder, { uid: true })
  })
}

const noted = async (reading: Reading, mails: readonly RecordedMail[]): Promise<void> => {
  await reading.memory.record(reading.mailbox, mails)
  await tellMailbox(reading, mails)
}

/** Store or database are away: no fault of the mail, nor of its server. */
export const NOT_RECORDED = 'NOT_RECORDED'

const notRecorded = (cause: unknown): Error =>
  Object.assign(new Error('A mail could not be made durable', { cause }), { code: NOT_RECORDED })

const nameOf = (source: Buffer): string => externalIdOf(createHash('sha256').update(source))

const recordOne = async (
  { record, signal }: Reading,
  source: Buffer,
  wholeBytes?: number,
): Promise<{ externalId: string; repeat: boolean }> => {
  const body = (async function* () {
    yield source
  })()
  const whole = wholeBytes === undefined ? {} : { wholeBytes }
  const done = await record({ body, maxBytes: source.length, ...whole, signal }).catch((reason: unknown) => {
    throw notRecorded(reason)
  })
  if (!done.ok) throw new Error('A mail grew while it was recorded')
  return done
}

/** Records mails together. Those that became durable are noted even when one of them did not. */
const recordAll = async (reading: Reading, mails: readonly FetchedMail[], tally: Tally): Promise<void> => {
  const known = await reading.memory.known(mails.map(({ source }) => nameOf(source)))
  const ends = await Promise.allSettled(
    mails.map(async ({ uid, source }): Promise<RecordedMail> => {
      const externalId = nameOf(source)
      if (known.has(externalId)) return { uid, externalId }
      const { repeat } = await recordOne(reading, source)
      if (!repeat) tally.filed += 1
      return { uid, externalId }
    }),
  )
  await noted(
    reading,
    ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])),
  )
  const failure = ends.find((end) => end.status === 'rejected')
  if (failure) throw failure.reason
}

/** A mail beyond the limit stays where it is: its beginning is recorded with its true size, and judged by that. */
const recordBeginning = async (reading: Reading, { uid, bytes }: SizedMail, tally: Tally) => {
  const source = await fetchBeginning(reading.link, uid)
  const { externalId, repeat } = await recordOne(reading, source, bytes)
  if (!repeat) tally.filed += 1
  await noted(reading, [{ uid, externalId }])
}

const recordLarge = async (reading: Reading, mail: SizedMail, tally: Tally): Promise<void> => {
  if (mail.bytes > LIMITS.mailReadBytes) return recordBeginning(reading, mail, tally)
  const { link, record, signal } = reading
  let broken: unknown
  const body = async function* () {
    try {
      yield* fetchPieces(link, mail)
    } catch (reason) {
      broken = reason
      throw reason
    }
  }
  const done = await record({ body: body(), maxBytes: LIMITS.mailReadBytes, signal }).catch(
    (reason: unknown) => {
      throw broken ?? notRecorded(reason)
    },
  )
  // The server said a smaller size than it sent.
  if (!done.ok) return recordBeginning(reading, { uid: mail.uid, bytes: LIMITS.mailReadBytes + 1 }, tally)
  if (!done.repeat) tally.filed += 1
  await noted(reading, [{ uid: mail.uid, externalId: done.externalId }])
}

/** What a person finds in the quarantine for a mail that its server never gave. */
const unfetched = ({ mailbox }: Reading, uid: number): Buffer =>
  Buffer.from(
    `X-Wasl-Mailbox: ${mailbox.name}\r\nX-Wasl-Uid: ${uid}\r\nX-Wasl-Uidvalidity: ${mailbox.uidValidity}\r\n` +
      `X-Wasl-Mailbox-Id: ${mailbox.id}\r\nX-Wasl-Tries: ${TRIES}\r\n\r\n`,
  )

/** Notes a try before it is made; the last one before a person is asked puts the mail's place in the mailbox before them. */
const beginTry = async (reading: Reading, uid: number, tally: Tally): Promise<void> => {
  const tries = await reading.memory.noteTry(reading.mailbox, uid)
  if (tries !== TRIES) return
  const { repeat } = await recordOne(reading, unfetched(reading, uid))
  if (!repeat) tally.filed += 1
}

/** One mail by itself. What its server does not give may be gone, or waits for the next try. */
const fileAlone = async (reading: Reading, uid: number, tally: Tally): Promise<void> => {
  await beginTry(reading, uid, tally)
  const [sized] = await sizesOf(reading.link, [uid])
  if (sized !== undefined && sized.bytes > SMALL_BYTES) return recordLarge(reading, sized, tally)
  const mails = sized === undefined ? [] : await fetchSmall(reading.link, [sized])
  if (mails.length === 0) tally.waiting += 1
  await recordAll(reading, mails, tally)
}

/** Many mails by few commands. While one batch is made durable the next is on its way. */
const fileTogether = async (reading: Reading, uids: readonly number[], tally: Tally): Promise<void> => {
  const given = new Set<number>()
  let filing = Promise.resolve()
  for (const batch of batchesOf(await sizesOf(reading.link, uids))) {
    const large = batch.find(({ bytes }) => bytes > SMALL_BYTES)
    const mails = large === undefined ? await fetchSmall(reading.link, batch) : []
    for (const { uid } of large === undefined ? mails : [large]) given.add(uid)
    await filing
    filing = large === undefined ? recordAll(reading, mails, tally) : recordLarge(reading, large, tally)
    // Awaited before anything else is begun; until then its failure must not count as nobody's.
    filing.catch(() => {})
  }
  await filing
  // One bad mail may have spoilt the answer for all.
  for (const uid of uids) if (!given.has(uid)) await fileAlone(reading, uid, tally)
}

/** Files mails in the order of the mailbox. */
const fileMails = async (reading: Reading, uids: readonly number[], tally: Tally): Promise<void> => {
  if (reading.careful) for (const uid of uids) await fileAlone(reading, uid, tally)
  else
    for (let from = 0; from < uids.length; from += AT_ONCE)
      await fileTogether(reading, uids.slice(from, from + AT_ONCE), tally)
}

/** Files what came since a UID. Gives the highest UID there is. */
export const fileNews = async (reading: Reading, last: number, tally: Tally): Promise<number> => {
  const uids = await uidsFrom(reading.link, last + 1)
  await fileMails(reading, await reading.memory.missing(reading.mailbox, uids), tally)
  return uids.at(-1) ?? last
}

/** A restart between the commit and the flag leaves mails on record that the mailbox does not know about. */
const tellForgotten = async (reading: Reading, recorded: readonly RecordedMail[]): Promise<void> => {
  const { link, config } = reading
  const { client, ask, keepsKeywords } = link
  if (config.doneFolder === undefined && !keepsKeywords) return
  const unflagged =
    config.doneFolder === undefined
      ? new Set((await ask(() => client.search({ unKeyword: FILED_FLAG }, { uid: true }))) || [])
      : undefined
  await tellMailbox(
    reading,
    recorded.filter(({ uid }) => unflagged?.has(uid) ?? true),
  )
}

/** Holds the whole mailbox against notes and ledger and files what is missing. Gives the highest UID there is. */
export const auditMailbox = async (reading: Reading, tally: Tally): Promise<number> => {
  const { link, config, mailbox, memory } = reading
  const now = await link.ask(() => link.client.status(config.folder, { uidValidity: true }))
  if (now && now.uidValidity !== mailbox.uidValidity)
    throw Object.assign(new Error('The mailbox was numbered anew'), { code: 'RENUMBERED' })
  const uids = await uidsFrom(link, 1)
  const { missing, recorded, waiting } = await memory.audit(mailbox, uids)
  tally.listed = uids.length
  tally.waiting += waiting
  await fileMails(reading, missing, tally)
  await tellForgotten(reading, recorded)
  return uids.at(-1) ?? 0
}

/** Opens a mailbox over a new connection and begins reading it. The caller closes `link`. */
export const beginReading = async (
  deps: MailboxDeps,
  config: MailboxConfig,
  how: Pick<Reading, 'signal' | 'careful'>,
): Promise<Reading> => {
  const link = await openLink(config, how.signal)
  const mailbox = { id: config.id, name: config.name, uidValidity: link.uidValidity }
  try {
    await deps.memory.open(mailbox)
    return { ...deps, ...how, config, link, mailbox }
  } catch (error) {
    await link.close()
    throw error
  }
}
