import { and, eq, isNull, max, or } from 'drizzle-orm'
import type { NewId } from '../core/clock.ts'
import type { StagedMedia } from '../core/submission.ts'
import type { OutboxMessage } from '../core/topics.ts'
import type { Tx } from '../db/client.ts'
import {
  complaintEvents,
  type inboundEvents,
  ledgerEntries,
  mediaAssets,
  quarantine,
  submissions,
} from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** An event as it was recorded (src/intake/receive-events.ts). */
export type RecordedEvent = Omit<typeof inboundEvents.$inferSelect, 'answeredAt'>

export interface Settling {
  readonly now: Date
  readonly newId: NewId
}

type Identity = Pick<RecordedEvent, 'channel' | 'externalId'>

const waiting = ({ channel, externalId }: Identity) =>
  and(
    eq(ledgerEntries.channel, channel),
    eq(ledgerEntries.externalId, externalId),
    or(isNull(ledgerEntries.outcome), eq(ledgerEntries.outcome, 'failed')),
  )

const settle = (tx: Tx, event: Identity, end: Partial<typeof ledgerEntries.$inferInsert>) =>
  tx.update(ledgerEntries).set(end).where(waiting(event)).returning({ id: ledgerEntries.id })

/** Whether an event has met its end before; else no other transaction ends it until the commit. */
export const isSettled = async (tx: Tx, event: Identity): Promise<boolean> => {
  const open = await tx
    .select({ id: ledgerEntries.id })
    .from(ledgerEntries)
    .where(waiting(event))
    .for('update')
  return open.length === 0
}

/** The event needs nothing from us; the reason is for the ledger's reader. */
export const ignoreEvent = async (
  tx: Tx,
  settling: Settling,
  event: Identity,
  reason: string,
): Promise<void> => {
  await settle(tx, event, { outcome: 'ignored', reason, settledAt: settling.now })
}

/**
 * The event belongs to a complaint without being the complainant's word: a body's mail, a robot's echo, a report. Gives false
 * when it had met its end before.
 */
export const attachEvent = async (
  tx: Tx,
  settling: Settling,
  event: Identity,
  end: { readonly outcome: 'appended' | 'ignored'; readonly reason?: string; readonly complaintId: string },
): Promise<boolean> => {
  const settled = await settle(tx, event, { reason: null, ...end, settledAt: settling.now })
  return settled.length > 0
}

/** The event could not be judged and no try is left; its raw form stays and a redrive judges it again. */
export const failEvent = async (
  tx: Tx,
  settling: Settling,
  event: Identity,
  reason: string,
): Promise<void> => {
  await settle(tx, event, { outcome: 'failed', reason, settledAt: settling.now })
}

/** The event cannot be read: it is put whole before a person, with the reason. */
export const quarantineEvent = async (
  tx: Tx,
  settling: Settling,
  event: RecordedEvent,
  reason: string,
): Promise<void> => {
  const settled = await settle(tx, event, { outcome: 'quarantined', reason, settledAt: settling.now })
  if (settled.length === 0) return
  const { sender: _, ...raw } = event
  await tx
    .insert(quarantine)
    .values({ ...raw, id: settling.newId(), reason })
    .onConflictDoNothing()
}

export interface Addition {
  readonly complaintId: string
  readonly round: number
  readonly text: string
  readonly language: 'ar' | 'fr' | 'en'
  readonly media: readonly StagedMedia[]
}

const processing = ({ id: assetId }: StagedMedia, complaintId: string): OutboxMessage => ({
  topic: 'media.process',
  key: 'media',
  payload: { assetId },
  dedupeKey: `media:${assetId}`,
  complaintId,
})

/**
 * Keeps an event with a complaint it acts upon (a mark, a withdrawal, a part of a text that is already there): raw form and
 * the ledger's end, no line of history. Gives false when the event had met its end before.
 */
export const keepWithComplaint = async (
  tx: Tx,
  { now, newId }: Settling,
  event: RecordedEvent,
  { complaintId, round, text, language }: Omit<Addition, 'media'>,
): Promise<boolean> => {
  const settled = await settle(tx, event, { outcome: 'appended', complaintId, settledAt: now })
  if (settled.length === 0) return false
  const { sender: _, id: __, ...raw } = event
  await tx
    .insert(submissions)
    .values({ ...raw, id: newId(), complaintId, round, text, language })
    .onConflictDoNothing()
  return true
}

/** Where the files of a round end: what joins them follows. */
const lastPosition = async (tx: Tx, complaintId: string, round: number): Promise<number> => {
  const [last] = await tx
    .select({ position: max(mediaAssets.position) })
    .from(mediaAssets)
    .where(and(eq(mediaAssets.complaintId, complaintId), eq(mediaAssets.round, round)))
  return last?.position ?? 0
}

/**
 * Joins an event to a complaint that exists: its text and raw form, its media, a line of history, the ledger's end. Gives
 * false when the event had met its end before.
 */
export const appendEvent = async (
  tx: Tx,
  settling: Settling,
  event: RecordedEvent,
  { complaintId, round, text, language, media }: Addition,
): Promise<boolean> => {
  const { now, newId } = settling
  if (!(await keepWithComplaint(tx, settling, event, { complaintId, round, text, language }))) return false
  const before = media.length > 0 ? await lastPosition(tx, complaintId, round) : 0
  if (media.length > 0)
    await tx.insert(mediaAssets).values(
      media.map(({ uploadId: _upload, ...file }, nth) => ({
        ...file,
        complaintId,
        round,
        position: before + nth + 1,
        state: 'stored' as const,
        scan: 'pending' as const,
        flags: [],
        steps: {},
        createdAt: now,
        updatedAt: now,
      })),
    )
  await tx.insert(complaintEvents).values({
    id: newId(),
    complaintId,
    round,
    at: now,
    event: 'added',
    audience: 'citizen',
    facts: { channel: event.channel, files: media.length },
  })
  await appendMessages(
    tx,
    settling,
    media.map((file) => processing(file, complaintId)),
  )
  return true
}
