import { setTimeout as pause } from 'node:timers/promises'
import type { MailboxName } from '../../../src/core/mailbox.ts'
import type { MailboxConfig } from '../config.ts'
import {
  auditMailbox,
  beginReading,
  fileNews,
  type MailboxDeps,
  NOT_RECORDED,
  type Reading,
  type Tally,
} from './read-mailbox.ts'

export interface WatchDeps extends MailboxDeps {
  /** This process among those that could read the mailbox. */
  readonly holder: string
  readonly note: (event: MailboxEvent) => void
}

export interface MailboxEvent {
  readonly event: 'mailbox.reading' | 'mailbox.filed' | 'mailbox.failed'
  readonly mailbox: string
  readonly mails?: number
  /** What failed, in a word of the library's or the server's; never the server's text, which names accounts. */
  readonly code?: string
}

/** One process reads a mailbox; when it falls silent another takes over after this long, in seconds. */
const LEASE_SECONDS = 15
const RENEW_MS = 4_000
const ASK_FOR_LEASE_MS = 3_000
/** Between two audits of a mailbox, in milliseconds. */
const AUDIT_MS = 5 * 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/** What went wrong, in one word. */
export const codeOf = (error: unknown): string => {
  const { code, authenticationFailed, serverResponseCode, responseStatus } = error as Record<string, unknown>
  if (authenticationFailed === true) return 'AUTHENTICATIONFAILED'
  const said = code ?? serverResponseCode ?? responseStatus
  return typeof said === 'string' && /^\w{1,40}$/.test(said) ? said : 'FAILED'
}

const nameOf = ({ id, name }: MailboxConfig): MailboxName => ({ id, name })

/** Keeps the lease renewed. `lost` aborts when another process has it or nobody can say any more who does. */
const keepLease = ({ memory, holder }: WatchDeps, mailbox: MailboxName) => {
  const lost = new AbortController()
  let heldUntil = performance.now() + LEASE_SECONDS * 1_000
  const renew = async (): Promise<void> => {
    const asked = performance.now()
    const held = await memory.hold(mailbox, holder, LEASE_SECONDS).catch(() => undefined)
    if (held) heldUntil = asked + LEASE_SECONDS * 1_000
    if (held === false || performance.now() > heldUntil) lost.abort(new Error('The lease was lost'))
  }
  const timer = setInterval(() => void renew(), RENEW_MS)
  return {
    lost: lost.signal,
    letGo: async () => {
      clearInterval(timer)
      await memory.letGo(mailbox, holder).catch(() => {})
    },
  }
}

/** How the last connection ended tells the next one how to read. */
interface Manner {
  /** The connection broke while mail was fetched. */
  careful: boolean
  /** Before the next connection. */
  waitMs: number
}

/** Files what is new, all of it when an audit is due, and says what came of it. Gives the highest UID there is. */
const readOnce = async (
  deps: WatchDeps,
  reading: Reading,
  { last, isAudit }: { last: number; isAudit: boolean },
): Promise<{ last: number; waiting: number }> => {
  const tally: Tally = { listed: 0, filed: 0, waiting: 0 }
  const highest = isAudit ? await auditMailbox(reading, tally) : await fileNews(reading, last, tally)
  const { filed: mails, waiting } = tally
  if (mails > 0) deps.note({ event: 'mailbox.filed', mailbox: reading.mailbox.name, mails })
  await deps.memory.noteHealth(reading.mailbox, undefined)
  return { last: highest, waiting }
}

/** Reads one mailbox over one connection until that or the signal ends it. Throws what ended it. */
const readWhileGood = async (
  deps: WatchDeps,
  config: MailboxConfig,
  manner: Manner,
  signal: AbortSignal,
): Promise<never> => {
  let reading = await beginReading(deps, config, { careful: manner.careful, signal })
  try {
    deps.note({ event: 'mailbox.reading', mailbox: config.name })
    manner.careful = true
    let isAudit = true
    let auditedAt = performance.now()
    for (let last = 0; ; ) {
      const done = await readOnce(deps, reading, { last, isAudit })
      last = done.last
      if (isAudit) auditedAt = performance.now()
      Object.assign(manner, { careful: false, waitMs: FIRST_WAIT_MS })
      const isWaiting = done.waiting > 0 || reading.careful
      await reading.link.waitForNews(isWaiting)
      isAudit = isWaiting || performance.now() - auditedAt > AUDIT_MS
      reading = { ...reading, careful: false }
    }
  } finally {
    await reading.link.close()
  }
}

/** Waits until the mailbox is ours to read. False when the signal aborted. */
const awaitLease = async (deps: WatchDeps, mailbox: MailboxName, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    if (await deps.memory.hold(mailbox, deps.holder, LEASE_SECONDS).catch(() => false)) return true
    await pause(ASK_FOR_LEASE_MS, undefined, { signal, ref: false }).catch(() => {})
  }
  return false
}

const failed = async ({ memory, note }: WatchDeps, mailbox: MailboxName, code: string): Promise<void> => {
  note({ event: 'mailbox.failed', mailbox: mailbox.name, code })
  await memory.noteHealth(mailbox, code).catch(() => {})
}

/**
 * Reads a mailbox until the signal aborts, whenever it is this process's turn: by IDLE, with an audit at every connection and
 * every few minutes. What fails is logged and noted, lets another process try, and is begun again a little later each time.
 */
export const watchMailbox = async (
  deps: WatchDeps,
  config: MailboxConfig,
  signal: AbortSignal,
): Promise<void> => {
  const mailbox = nameOf(config)
  const manner: Manner = { careful: false, waitMs: FIRST_WAIT_MS }
  while (await awaitLease(deps, mailbox, signal)) {
    const lease = keepLease(deps, mailbox)
    const either = AbortSignal.any([signal, lease.lost])
    try {
      await readWhileGood(deps, config, manner, either)
    } catch (error) {
      const code = lease.lost.aborted ? 'LEASE_LOST' : codeOf(error)
      if (either.aborted || code === NOT_RECORDED) manner.careful = false
      if (!signal.aborted) await failed(deps, mailbox, code)
    } finally {
      await lease.letGo()
    }
    await pause(manner.waitMs, undefined, { signal, ref: false }).catch(() => {})
    manner.waitMs = Math.min(manner.waitMs * 2, LONGEST_WAIT_MS)
  }
}
