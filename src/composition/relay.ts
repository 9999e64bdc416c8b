import { createEraseRemote } from '../assets/erase-remote.ts'
import { createFetchMedia, fetchFailed } from '../assets/fetch-media.ts'
import { processAsset } from '../assets/process-asset.ts'
import { bareAddress } from '../core/reply-address.ts'
import { isTextChannel } from '../core/text-message.ts'
import type { TopicHandler, TopicHandlers } from '../core/topics.ts'
import { accessCodeOf } from '../intake/access-code.ts'
import { coverRecordings } from '../intake/calls/cover-recordings.ts'
import { createJudgeEvent, eventFailed, type JudgeDeps } from '../intake/judge-event.ts'
import { createRelay } from '../outbox/relay.ts'
import type { DeadLetterHooks } from '../outbox/work.ts'
import { forgetCopy, sendReceiptCopy } from '../receipts/copy-by-mail.ts'
import { receiptFailed } from '../receipts/receipt-failed.ts'
import { sendReceipt } from '../receipts/send-receipt.ts'
import { createForwardReferral } from '../referrals/forward-referral.ts'
import { createRouteComplaint } from '../referrals/route-complaint.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'

/** Without a telephone nothing lies with a provider; what does is left for a process that has one. */
const telephoneHandlers = (parts: Parts, { telephone }: Features): TopicHandlers =>
  telephone === undefined
    ? {}
    : {
        'media.fetch': createFetchMedia({ ...parts, fetch: telephone.fetch, onJoined: coverRecordings }),
        'media.erase': createEraseRemote({ ...parts, erase: telephone.erase }),
      }

/** Who understands the events of a channel: one line a channel. */
const judgesOf = ({ email, texts, hotline }: Features): JudgeDeps['judges'] => ({
  email: email.judge,
  ...texts.judges,
  ...(hotline ? { voice: hotline.judge } : {}),
})

const judgingOf = ({ db, clock, newId }: Parts, features: Features): JudgeDeps => ({
  db,
  clock,
  newId,
  judges: judgesOf(features),
})

const mailingOf = (parts: Parts, { writeLetter }: Features) => ({
  ...parts,
  orm: parts.db.orm,
  sql: parts.db.sql,
  publicUrl: parts.config.http.publicUrl,
  officeZone: parts.config.officeZone,
  intakeAddress: bareAddress(parts.config.mail.from),
  accessCodeOf: (complaintId: string) => accessCodeOf(parts.secrets, complaintId),
  writeLetter,
})

/** A receipt goes the way it is owed: to a telephone, else to an address. */
const receiptsBy = (parts: Parts, features: Features): TopicHandler<'receipt.send'> => {
  const { db } = parts
  const { texts, hotline } = features
  const byMail = sendReceipt(mailingOf(parts, features))
  return async (payload, context) => {
    const [receipt] = await db.sql<
      { via: string | null }[]
    >`select via from receipts where id = ${payload.receiptId}`
    const via = receipt?.via ?? ''
    const byCall = hotline?.sendReceipt ?? texts.sendReceipt
    const send = via === 'voice' ? byCall : isTextChannel(via) ? texts.sendReceipt : byMail
    return send(payload, context)
  }
}

/** What each topic does. */
const handlersOf = (parts: Parts, features: Features): TopicHandlers => {
  const { db, clock, newId, secrets, store, config } = parts
  const { publicUrl } = config.http
  return {
    ...telephoneHandlers(parts, features),
    'inbound.judge': createJudgeEvent(judgingOf(parts, features)),
    'complaint.route': createRouteComplaint({ db, clock, newId }),
    'referral.forward': createForwardReferral({
      db,
      clock,
      newId,
      secrets,
      store,
      publicUrl,
      connectors: features.connectors,
    }),
    ...features.texts.handlers,
    'receipt.send': receiptsBy(parts, features),
    'receipt.copy': sendReceiptCopy(mailingOf(parts, features)),
    'media.process': (payload, context) =>
      processAsset(
        {
          db,
          store,
          clock,
          newId,
          pipeline: features.pipeline,
        },
        payload,
        context,
      ),
  }
}

const hooksOf = (parts: Parts, features: Features): DeadLetterHooks => ({
  ...features.texts.hooks,
  'inbound.judge': (payload, error) => eventFailed(judgingOf(parts, features), payload, error),
  'receipt.send': (payload, error) => receiptFailed({ ...parts, sql: parts.db.sql }, payload, error),
  'receipt.copy': ({ copyId }) => forgetCopy({ orm: parts.db.orm }, copyId),
  'media.fetch': (payload, error) => fetchFailed(parts, payload, error),
})

/** Starts the relay of this process. */
export const startRelay = (parts: Parts, features: Features) =>
  createRelay({
    sql: parts.db.sql,
    clock: parts.clock,
    logger: parts.logger,
    handlers: handlersOf(parts, features),
    onDead: hooksOf(parts, features),
    worker: parts.newId(),
  }).start()
