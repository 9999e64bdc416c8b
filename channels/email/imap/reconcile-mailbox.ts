import type { MailboxConfig } from '../config.ts'
import { auditMailbox, beginReading, type MailboxDeps, type Tally } from './read-mailbox.ts'
import { codeOf } from './watch-mailbox.ts'

/** What holding a mailbox against the ledger gave: counts, or in a word why it could not be done. */
export type MailboxReconciled =
  | ({ readonly mailbox: string; readonly ok: true } & Readonly<Tally>)
  | { readonly mailbox: string; readonly ok: false; readonly code: string }

/**
 * Holds a mailbox against the ledger once and files what is missing. Needs no lease: a mail that another process files at the
 * same moment is the same event.
 */
export const reconcileMailbox = async (
  deps: MailboxDeps,
  config: MailboxConfig,
  signal: AbortSignal,
): Promise<MailboxReconciled> => {
  const mailbox = config.name
  const tally: Tally = { listed: 0, filed: 0, waiting: 0 }
  try {
    const reading = await beginReading(deps, config, { careful: false, signal })
    await auditMailbox(reading, tally).finally(reading.link.close)
    return { mailbox, ok: true, ...tally }
  } catch (error) {
    return { mailbox, ok: false, code: codeOf(error) }
  }
}
