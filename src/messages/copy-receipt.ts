import { eq } from 'drizzle-orm'
import { complaints } from '../db/schema/index.ts'
import { findWay, readConversation } from './find-way.ts'
import { readKnownComplaint } from './known-complaint.ts'
import { MASKED_CODE, queueMessages } from './queue-messages.ts'
import { receiptSaying, templateVariables, type WriteDeps } from './write-to-complainant.ts'

/**
 * Texts the numbers of a receipt to a telephone that is not the complainant's own, at their wish. The receipt itself stays
 * what it is. False: no network is there to send it, or there is no such complaint. The same number gets it once a round.
 */
export const copyReceipt = (deps: WriteDeps, complaintId: string, phone: string): Promise<boolean> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const [filed] = await tx
      .select({ language: complaints.language })
      .from(complaints)
      .where(eq(complaints.id, complaintId))
    const complaint = await readKnownComplaint(tx, { now, officeZone: deps.officeZone }, complaintId)
    const way = findWay(deps.drivers, await readConversation(tx, 'sms', phone), 'sms', phone)
    if (filed === undefined || complaint === undefined || way === undefined) return false
    const purpose = receiptSaying(complaint.round)
    const draft = {
      purpose,
      language: filed.language,
      text: deps.write(filed.language, purpose, { complaint, accessCode: MASKED_CODE }),
      variables: templateVariables(complaint),
      complaintId,
      dedupeKey: `receipt.copy:${complaintId}:${complaint.round}:${phone}`,
    }
    await queueMessages(tx, { now, newId: deps.newId }, way, [draft])
    return true
  })
