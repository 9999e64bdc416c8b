import type { Act } from '../core/act.ts'
import type { Saying } from '../core/conversation.ts'
import type { Locale } from '../core/locale.ts'
import { measure } from '../core/segments.ts'
import type { TextChannel } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { outgoingMessages } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** Stands for the access code in what is stored; as long as the code, so that the segments are those of the real text. */
export const MASKED_CODE = '******'

/** Where a message goes and the way it takes. */
export interface Way {
  readonly channel: TextChannel
  readonly driver: string
  readonly sender: string
  readonly recipient: string
}

export interface Draft {
  readonly purpose: Saying
  readonly language: Locale
  readonly text: string
  /** The same key is queued once. */
  readonly dedupeKey: string
  readonly variables?: Readonly<Record<string, string>>
  readonly complaintId?: string | undefined
  readonly receiptId?: string | undefined
  readonly noticeId?: string | undefined
  readonly replacesId?: string
  readonly failures?: number
}

export type MessageRow = typeof outgoingMessages.$inferSelect

const rowOf = (act: Pick<Act, 'now' | 'newId'>, way: Way, draft: Draft, afterId: string | undefined) => {
  const { encoding, segments } = measure(draft.text)
  return {
    ...way,
    id: act.newId(),
    purpose: draft.purpose,
    language: draft.language,
    text: draft.text,
    encoding,
    segments,
    variables: { ...draft.variables },
    complaintId: draft.complaintId ?? null,
    receiptId: draft.receiptId ?? null,
    noticeId: draft.noticeId ?? null,
    afterId: afterId ?? null,
    replacesId: draft.replacesId ?? null,
    dedupeKey: draft.dedupeKey,
    state: 'queued' as const,
    failures: draft.failures ?? 0,
    createdAt: act.now,
    updatedAt: act.now,
  }
}

/** Hands queued messages to the relay. */
export const releaseMessages = (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  messages: readonly Pick<MessageRow, 'id' | 'channel' | 'recipient' | 'complaintId'>[],
): Promise<void> =>
  appendMessages(
    tx,
    act,
    messages.map(({ id, channel, recipient, complaintId }) => ({
      topic: 'message.send',
      key: `${channel}:${recipient}`,
      payload: { messageId: id },
      dedupeKey: `message:${id}`,
      ...(complaintId === null ? {} : { complaintId }),
    })),
  )

/**
 * Queues what is to be said to one person, in this order: each message goes out once the one before it has gone or never
 * will. What was queued before under its key is left alone. Gives the rows that are new.
 */
export const queueMessages = async (
  tx: Tx,
  act: Pick<Act, 'now' | 'newId'>,
  way: Way,
  drafts: readonly Draft[],
): Promise<MessageRow[]> => {
  const queued: MessageRow[] = []
  for (const draft of drafts) {
    const row = rowOf(act, way, draft, queued.at(-1)?.id)
    queued.push(...(await tx.insert(outgoingMessages).values(row).onConflictDoNothing().returning()))
  }
  await releaseMessages(tx, act, queued.slice(0, 1))
  return queued
}
