import type { Database } from '../db/client.ts'
import { mailOfFiling } from './answered-mail.ts'

/** The thread a person knows a complaint by: its first mail where there is one, then our receipts that went by mail. */
export interface MailThread {
  /** '' where the thread is ours. */
  readonly subject: string
  /** Message-IDs, oldest first. */
  readonly thread: readonly string[]
}

/** Message-ID of a receipt: the same whenever it is sent again, so that a reader's program shows it once. */
export const receiptMessageId = (receiptId: string, publicUrl: string): string =>
  `<receipt.${receiptId}@${new URL(publicUrl).hostname}>`

/** Finds the thread in which more about a complaint is to be said. */
export const threadOfComplaint = async (
  { db, publicUrl }: { readonly db: Pick<Database, 'sql'>; readonly publicUrl: string },
  complaintId: string,
): Promise<MailThread> => {
  const receipts = await db.sql<{ id: string; by_mail: boolean }[]>`
    select id, via = 'email' and state in ('sent', 'delivered', 'failed', 'fallen_back') as by_mail
    from receipts where complaint_id = ${complaintId} order by round`
  const [first] = receipts
  const answered = first && (await mailOfFiling(db.sql, first.id))
  const ours = receipts.filter(({ by_mail }) => by_mail).map(({ id }) => receiptMessageId(id, publicUrl))
  return { subject: answered?.subject ?? '', thread: [...(answered?.thread ?? []), ...ours] }
}
