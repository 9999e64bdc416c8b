import { and, eq, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { AppError } from '../core/errors.ts'
import type { Sql, Tx } from '../db/client.ts'
import { inboundEvents, ledgerEntries, quarantine } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

const settleEntry = async (tx: Tx, act: Act, id: string, resolution: 'released' | 'dismissed') => {
  const [entry] = await tx
    .update(quarantine)
    .set({ resolvedAt: act.now, resolution, resolvedBy: act.actor })
    .where(and(eq(quarantine.id, id), isNull(quarantine.resolvedAt)))
    .returning()
  if (entry === undefined) throw new AppError('conflict')
  return entry
}

/**
 * A person wants a quarantined event on the record: its line in the ledger is open again and its judge takes it, whatever had
 * kept it back. Throws `conflict` when it was settled before, or when it is damaged goods of the spool that nobody can judge.
 */
export const releaseEvent = async (tx: Tx, act: Act, id: string): Promise<void> => {
  const { channel, externalId } = await settleEntry(tx, act, id, 'released')
  const [event] = await tx
    .select()
    .from(inboundEvents)
    .where(and(eq(inboundEvents.channel, channel), eq(inboundEvents.externalId, externalId)))
  if (event === undefined) throw new AppError('conflict')
  await tx
    .update(ledgerEntries)
    .set({ outcome: null, reason: null, settledAt: null })
    .where(and(eq(ledgerEntries.channel, channel), eq(ledgerEntries.externalId, externalId)))
  await appendMessages(tx, act, [
    {
      topic: 'inbound.judge',
      key: `${channel}:${event.sender}`,
      payload: { eventId: event.id, channel },
      dedupeKey: `released:${event.id}`,
    },
  ])
}

/** A person lays a quarantined event aside: it stays in the ledger and in the store, and no longer waits. */
export const dismissEvent = async (tx: Tx, act: Act, id: string): Promise<void> => {
  await settleEntry(tx, act, id, 'dismissed')
}

/** Whether a person had the event released: then nothing may keep it back again. */
export const isReleased = async (
  sql: Sql,
  { channel, externalId }: { readonly channel: string; readonly externalId: string },
): Promise<boolean> => {
  const [row] = await sql`
    select true from quarantine where channel = ${channel} and external_id = ${externalId} and resolution = 'released'`
  return row !== undefined
}
