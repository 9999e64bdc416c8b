import { reconcileObjects } from '../assets/sweep-orphans.ts'
import { findLedgerGaps } from '../intake/reconcile.ts'
import type { Command } from './command.ts'
import { withParts } from './open-parts.ts'

/** Findings of each sort that are named; all of them are counted. */
const SHOWN = 1_000
/** Younger objects may belong to a filing that is being made; in seconds. */
const SETTLED_AFTER = 3600

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'compare rows with objects and filings with the ledger; exit 1 when they differ',
  options: {},
  examples: ['reconcile', 'reconcile --json'],
  run: ({ config }) =>
    withParts(config(), async (parts) => {
      const ledgerGaps = await findLedgerGaps(parts.db.sql)
      const rows: { key: string; source: string }[] = []
      const objects: string[] = []
      const counts = await reconcileObjects(parts, {
        olderThan: SETTLED_AFTER,
        onRow: ({ key, source }) => void (rows.length < SHOWN && rows.push({ key, source })),
        onObject: (key) => void (objects.length < SHOWN && objects.push(key)),
      })
      const text = [
        `${counts.rowsWithoutObject} rows without their object`,
        ...rows.map(({ key, source }) => `  ${source} ${key}`),
        `${counts.objectsWithoutRow} objects without a row`,
        ...objects.map((key) => `  ${key}`),
        `${ledgerGaps.length} events in the ledger or the record only`,
        ...ledgerGaps.map(({ channel, externalId, only }) => `  ${only} ${channel} ${externalId}`),
      ].join('\n')
      const failed = counts.rowsWithoutObject + counts.objectsWithoutRow + ledgerGaps.length > 0
      return { json: { ...counts, rows, objects, ledgerGaps }, text, failed }
    }),
}
