import { LIMITS } from '../../../src/core/limits.ts'
import { HEAD_BYTES } from '../read-head.ts'
import type { Link } from './link.ts'

/** A mail of the mailbox before its bytes are asked for. */
export interface SizedMail {
  readonly uid: number
  readonly bytes: number
}

export interface FetchedMail {
  readonly uid: number
  readonly source: Buffer
}

const MB = 1024 * 1024
/** Mails up to here are fetched many at a time and held in memory; larger ones flow through. */
export const SMALL_BYTES = MB
const BATCH_BYTES = 4 * MB
const BATCH_MAILS = 50
const PIECE_BYTES = MB

const rangeOf = (mails: readonly { uid: number }[]): string => mails.map(({ uid }) => uid).join(',')

/** The UIDs from one on, in their order. `n:*` names the last mail even where all are below n. */
export const uidsFrom = async ({ client, ask }: Link, first: number): Promise<number[]> => {
  const found = await ask(() => client.search({ uid: `${first}:*` }, { uid: true }))
  return (found || []).filter((uid) => uid >= first).sort((a, b) => a - b)
}

/** What the mails measure, before any is downloaded, in their order. Those that are gone or not given are left out. */
export const sizesOf = async ({ client, ask }: Link, uids: readonly number[]): Promise<SizedMail[]> => {
  const found = await ask(() => client.fetchAll(uids.join(','), { uid: true, size: true }, { uid: true }))
  return found.map(({ uid, size = 0 }) => ({ uid, bytes: size })).sort((a, b) => a.uid - b.uid)
}

/** Groups small mails so that one command brings many, in their order; a large one stands alone. */
export const batchesOf = (mails: readonly SizedMail[]): SizedMail[][] => {
  const batches: SizedMail[][] = []
  let room = 0
  for (const mail of mails) {
    const last = batches.at(-1)
    if (last === undefined || mail.bytes > room || last.length >= BATCH_MAILS || mail.bytes > SMALL_BYTES) {
      batches.push([mail])
      room = mail.bytes > SMALL_BYTES ? 0 : BATCH_BYTES - mail.bytes
    } else {
      last.push(mail)
      room -= mail.bytes
    }
  }
  return batches
}

/** The bytes of small mails by one command that leaves \Seen alone (BODY.PEEK). */
export const fetchSmall = async (
  { client, ask }: Link,
  mails: readonly SizedMail[],
): Promise<readonly FetchedMail[]> => {
  const found = await ask(() => client.fetchAll(rangeOf(mails), { uid: true, source: true }, { uid: true }))
  return found.flatMap(({ uid, source }) => (source === undefined ? [] : [{ uid, source }]))
}

/** The bytes of one mail, a piece at a time. Throws when the mail goes away in the middle. */
export async function* fetchPieces({ client, ask }: Link, { uid, bytes }: SizedMail): AsyncGenerator<Buffer> {
  for (let start = 0; start <= Math.max(bytes, LIMITS.mailReadBytes); ) {
    const source = { start, maxLength: PIECE_BYTES }
    const piece = await ask(() => client.fetchOne(String(uid), { uid: true, source }, { uid: true }))
    if (!piece)
      throw Object.assign(new Error('The mail went away while it was fetched'), { code: 'MAIL_GONE' })
    if (piece.source === undefined || piece.source.length === 0) return
    yield piece.source
    start += piece.source.length
    // A shorter piece is the last one; a longer one is the whole, from a server that knows no pieces.
    if (piece.source.length !== PIECE_BYTES) return
  }
}

/** The beginning of a mail that is too large to be downloaded: enough for its headers. */
export const fetchBeginning = async ({ client, ask }: Link, uid: number): Promise<Buffer> => {
  const source = { start: 0, maxLength: HEAD_BYTES }
  const found = await ask(() => client.fetchOne(String(uid), { uid: true, source }, { uid: true }))
  const head = found ? found.source : undefined
  return head?.subarray(0, HEAD_BYTES) ?? Buffer.alloc(0)
}
