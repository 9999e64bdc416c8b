import { and, eq } from 'drizzle-orm'
import type { TextChannel, TextDriver } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { conversations } from '../db/schema/index.ts'
import type { Way } from './queue-messages.ts'

export type ConversationRow = typeof conversations.$inferSelect

/** How long WhatsApp takes free text after the person's last word. */
export const WHATSAPP_WINDOW_MS = 24 * 3600 * 1000

const isOf = (channel: TextChannel, phone: string) =>
  and(eq(conversations.channel, channel), eq(conversations.phone, phone))

export const readConversation = async (
  tx: Pick<Tx, 'select'>,
  channel: TextChannel,
  phone: string,
): Promise<ConversationRow | undefined> => {
  const [row] = await tx.select().from(conversations).where(isOf(channel, phone))
  return row
}

/** The conversation of a number, held until the commit; made when there is none yet. */
export const holdConversation = async (tx: Tx, way: Way, now: Date): Promise<ConversationRow> => {
  const { channel, recipient: phone } = way
  await tx
    .insert(conversations)
    .values({
      channel,
      phone,
      line: way.sender,
      driver: way.driver,
      state: { stopped: false },
      updatedAt: now,
    })
    .onConflictDoNothing()
  const [row] = await tx.select().from(conversations).where(isOf(channel, phone)).for('update')
  if (row === undefined) throw new Error('a conversation that was just made is gone')
  return row
}

/** True while free text may be sent: always by SMS, on WhatsApp for a day after the person's last word. */
export const isWindowOpen = (channel: TextChannel, row: ConversationRow | undefined, now: Date): boolean =>
  channel !== 'whatsapp' ||
  (row?.lastInboundAt != null && now.getTime() - row.lastInboundAt.getTime() < WHATSAPP_WINDOW_MS)

/**
 * The way to a person on a channel: over the number they wrote to last, else over the first driver that can begin by itself.
 * Undefined when no driver can.
 */
export const findWay = (
  drivers: readonly TextDriver[],
  row: ConversationRow | undefined,
  channel: TextChannel,
  phone: string,
): Way | undefined => {
  if (row !== undefined && drivers.some(({ id }) => id === row.driver))
    return { channel, driver: row.driver, sender: row.line, recipient: phone }
  const driver = drivers.find(({ defaultLine }) => defaultLine[channel] !== undefined)
  const sender = driver?.defaultLine[channel]
  return driver === undefined || sender === undefined
    ? undefined
    : { channel, driver: driver.id, sender, recipient: phone }
}

export const saveConversation = async (
  tx: Tx,
  { channel, phone }: Pick<ConversationRow, 'channel' | 'phone'>,
  state: ConversationRow['state'],
  now: Date,
): Promise<void> => {
  await tx
    .update(conversations)
    .set({ state, language: state.language ?? null, stoppedAt: state.stopped ? now : null, updatedAt: now })
    .where(isOf(channel, phone))
}

/** Nothing more is sent to this number on this channel; what comes from it is heard as before. */
export const silence = async (tx: Tx, way: Way, now: Date): Promise<void> => {
  const conversation = await holdConversation(tx, way, now)
  await saveConversation(tx, conversation, { ...conversation.state, stopped: true }, now)
}
