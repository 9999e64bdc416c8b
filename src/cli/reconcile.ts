import type { MailboxReconciled } from '../../channels/email/imap/reconcile-mailbox.ts'
import { reconcileObjects } from '../assets/sweep-orphans.ts'
import { providerList } from '../composition/channels.ts'
import { composeFeatures } from '../composition/features.ts'
import { reconcileMailboxes } from '../composition/mail-inlets.ts'
import type { Parts } from '../composition/parts.ts'
import { createReception } from '../intake/receive-events.ts'
import { findLedgerGaps } from '../intake/reconcile.ts'
import { type Reconciled, reconcileProvider } from '../intake/reconcile-provider.ts'
import { createMetrics } from '../platform/metrics.ts'
import type { Command } from './command.ts'
import { instantOf } from './instant.ts'
import { withParts } from './open-parts.ts'

/** Findings of each sort that are named; all of them are counted. */
const SHOWN = 1_000
/** Younger objects may belong to a filing that is being made; in seconds. */
const SETTLED_AFTER = 3600

/** Files what the telephone provider has and the ledger has not. Undefined where no provider is. */
const reconcileTelephone = async (parts: Parts, since: Date): Promise<Reconciled | undefined> => {
  const features = await composeFeatures(parts, createMetrics())
  try {
    const provider = providerList(parts, features)
    const deps = { sql: parts.db.sql, clock: parts.clock, receive: features.receive }
    return provider && (await reconcileProvider({ ...deps, provider }, since))
  } finally {
    await features.close()
  }
}

/** Files what lies in the mailboxes and the ledger has not: what the gateway does by itself every few minutes. */
const reconcileMail = (parts: Parts): Promise<readonly MailboxReconciled[]> =>
  parts.config.mail.mailboxes.length === 0
    ? Promise.resolve([])
    : reconcileMailboxes(parts, { receive: createReception({ sql: parts.db.sql, newId: parts.newId }) })

const toldOfMail = (done: readonly MailboxReconciled[]): readonly string[] =>
  done.map((each) =>
    each.ok
      ? `${each.filed} of ${each.listed} mails of ${each.mailbox} were missing and are filed, ${each.waiting} cannot be fetched`
      : `${each.mailbox} could not be read: ${each.code}`,
  )

const toldOf = (done: Reconciled | undefined): readonly string[] =>
  done === undefined
    ? []
    : [`${done.found} of ${done.listed} events of ${done.source} were missing and are filed`]

export const reconcile: Command = {
  name: 'reconcile',
  summary:
    'file mail that the mailboxes have and the ledger has not; compare rows with objects and filings with the ledger; exit 1 when they differ',
  options: {
    since: {
      type: 'string',
      value: 'YYYY-MM-DD[Thh:mmZ]',
      about: "first file what the telephone provider's own list has since then and the ledger has not",
    },
  },
  examples: ['reconcile', 'reconcile --since 2026-11-21', 'reconcile --json'],
  run: ({ config, values }) => {
    const since = instantOf(values, 'since')
    return withParts(config(), async (parts) => {
      const provider = since && (await reconcileTelephone(parts, since))
      const mailboxes = await reconcileMail(parts)
      const ledgerGaps = await findLedgerGaps(parts.db.sql)
      const rows: { key: string; source: string }[] = []
      const objects: string[] = []
      const counts = await reconcileObjects(parts, {
        olderThan: SETTLED_AFTER,
        onRow: ({ key, source }) => void (rows.length < SHOWN && rows.push({ key, source })),
        onObject: (key) => void (objects.length < SHOWN && objects.push(key)),
      })
      const text = [
        ...toldOf(provider),
        ...toldOfMail(mailboxes),
        `${counts.rowsWithoutObject} rows without their object`,
        ...rows.map(({ key, source }) => `  ${source} ${key}`),
        `${counts.objectsWithoutRow} objects without a row`,
        ...objects.map((key) => `  ${key}`),
        `${ledgerGaps.length} events in the ledger or the record only`,
        ...ledgerGaps.map(({ channel, externalId, only }) => `  ${only} ${channel} ${externalId}`),
      ].join('\n')
      const unread = mailboxes.filter(({ ok }) => !ok).length
      const failed = counts.rowsWithoutObject + counts.objectsWithoutRow + ledgerGaps.length + unread > 0
      return { json: { ...counts, rows, objects, ledgerGaps, provider, mailboxes }, text, failed }
    })
  },
}
