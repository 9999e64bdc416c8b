import { bareAddress } from '../core/reply-address.ts'
import type { TopicHandlers } from '../core/topics.ts'
import { additionLetter, isWrittenByPerson, noticeLetter } from '../html/case-letters.ts'
import { receiptLetter } from '../html/receipt-letter.ts'
import { accessCodeOf } from '../intake/access-code.ts'
import { createUploadLink } from '../intake/upload-links.ts'
import { readLetterCase } from '../messages/letter-case.ts'
import { createMailNotice } from '../messages/mail-notice.ts'
import type { DeadLetterHooks } from '../outbox/work.ts'
import { acknowledgmentFailed, createAcknowledgeAddition } from '../receipts/acknowledge-addition.ts'
import { sendReceiptCopy } from '../receipts/copy-by-mail.ts'
import { sendReceipt } from '../receipts/send-receipt.ts'
import type { Parts } from './parts.ts'

/** Everything the gateway writes to complainants by mail: receipts, notices, answers to additions. */
export const composeMailOut = (parts: Parts) => {
  const { db, secrets, config } = parts
  const { publicUrl } = config.http
  const deps = {
    ...parts,
    publicUrl,
    officeZone: config.officeZone,
    intakeAddress: bareAddress(config.mail.from),
    createUploadLink: (complaintId: string) => createUploadLink(db.orm, { ...parts, publicUrl }, complaintId),
  }
  const receipts = {
    ...deps,
    orm: db.orm,
    sql: db.sql,
    accessCodeOf: (complaintId: string) => accessCodeOf(secrets, complaintId),
    writeLetter: receiptLetter,
  }
  return {
    sendReceipt: sendReceipt(receipts),
    sendNotice: createMailNotice({ ...deps, writeNotice: noticeLetter, isWrittenByPerson }),
    handlers: {
      'receipt.copy': sendReceiptCopy(receipts),
      'mail.acknowledge': createAcknowledgeAddition({
        ...deps,
        readCase: (complaintId) => readLetterCase(deps, complaintId),
        writeAddition: additionLetter,
      }),
    } satisfies TopicHandlers,
    hooks: {
      'mail.acknowledge': (payload, error) => acknowledgmentFailed(parts, payload, error),
    } satisfies DeadLetterHooks,
  }
}

export type MailOut = ReturnType<typeof composeMailOut>
