import { eq } from 'drizzle-orm'
import type { Saying, SayingValues } from '../core/conversation.ts'
import type { Tx } from '../db/client.ts'
import { complaints } from '../db/schema/index.ts'
import { findWay, readConversation } from './find-way.ts'
import { readKnownComplaint } from './known-complaint.ts'
import { MASKED_CODE, queueMessages } from './queue-messages.ts'
import { receiptSaying, templateVariables, type WriteDeps } from './write-to-complainant.ts'

interface Request {
  readonly complaintId: string
  /** E.164. */
  readonly phone: string
  readonly say: (round: number) => Saying
  readonly values: SayingValues
  /** The same occasion is texted once a round. */
  readonly occasion: string
}

const text = async (tx: Tx, deps: WriteDeps, wish: Request): Promise<boolean> => {
  const { complaintId, phone, occasion } = wish
  const now = deps.clock.now()
  const [filed] = await tx
    .select({ language: complaints.language })
    .from(complaints)
    .where(eq(complaints.id, complaintId))
  const complaint = await readKnownComplaint(tx, { now, officeZone: deps.officeZone }, complaintId)
  const way = findWay(deps.drivers, await readConversation(tx, 'sms', phone), 'sms', phone)
  if (filed === undefined || complaint === undefined || way === undefined) return false
  const purpose = wish.say(complaint.round)
  const draft = {
    purpose,
    language: filed.language,
    text: deps.write(filed.language, purpose, { complaint, ...wish.values }),
    variables: templateVariables(complaint),
    complaintId,
    dedupeKey: `${occasion}:${complaintId}:${complaint.round}:${phone}`,
  }
  await queueMessages(tx, { now, newId: deps.newId }, way, [draft])
  return true
}

/**
 * Texts the numbers of a receipt to a telephone that is named, which need not be the complainant's own. The receipt itself
 * stays what it is. False: no network is there to send it, or there is no such complaint.
 */
export const copyReceipt = (deps: WriteDeps, complaintId: string, phone: string): Promise<boolean> =>
  deps.db.orm.transaction((tx) =>
    text(tx, deps, {
      complaintId,
      phone,
      say: receiptSaying,
      values: { accessCode: MASKED_CODE },
      occasion: 'receipt.copy',
    }),
  )

/** Texts a link by which files are added to a complaint; the link itself is made when the text goes out. False as above. */
export const textUploadLink = (
  deps: WriteDeps & { readonly maskedLink: string },
  complaintId: string,
  phone: string,
  occasion: string,
): Promise<boolean> =>
  deps.db.orm.transaction((tx) =>
    text(tx, deps, {
      complaintId,
      phone,
      say: () => 'upload',
      values: { link: deps.maskedLink },
      occasion: `upload:${occasion}`,
    }),
  )
