import { fetchRemote } from '../../media/fetch-remote.ts'
import { createEraseRemote } from '../assets/erase-remote.ts'
import { createFetchMedia, fetchFailed } from '../assets/fetch-media.ts'
import { processAsset } from '../assets/process-asset.ts'
import type { DeliveryError } from '../core/delivery.ts'
import { LIMITS } from '../core/limits.ts'
import { isTextChannel } from '../core/text-message.ts'
import type { TopicHandler, TopicHandlers, Topics } from '../core/topics.ts'
import { createRecountOpen } from '../deadlines/recount-open.ts'
import { createSendReminder } from '../deadlines/send-reminder.ts'
import { anchorMail } from '../html/anchor-mail.ts'
import { reminderMail } from '../html/reminder-mail.ts'
import { reportReminderMail } from '../html/report-reminder-mail.ts'
import { coverRecordings } from '../intake/calls/cover-recordings.ts'
import { createJudgeEvent, eventFailed, type JudgeDeps } from '../intake/judge-event.ts'
import { noticeFailed, textReceiptInstead } from '../messages/text-instead.ts'
import { createRelay } from '../outbox/relay.ts'
import type { DeadLetterHooks } from '../outbox/work.ts'
import { forgetCopy } from '../receipts/copy-by-mail.ts'
import { type ReceiptFailedDeps, receiptFailed } from '../receipts/receipt-failed.ts'
import { createCarryOutTransfer } from '../referrals/carry-out-transfer.ts'
import { createForwardReferral } from '../referrals/forward-referral.ts'
import { createRouteComplaint } from '../referrals/route-complaint.ts'
import { createSendAnchor } from '../staff/send-anchor.ts'
import { buildFailed, createBuildReport } from '../supervision/queue-build.ts'
import { createSendReportReminder } from '../supervision/send-report-reminder.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'

/** What lies with a provider waits for a process that has one. */
const NO_PROVIDER = {
  ok: false,
  error: { code: 'no_provider', message: 'No provider is configured here.', retryable: true },
} as const

/** Files that lie elsewhere: with our provider, or wherever a client of Open311 says, without any credentials of ours. */
const remoteHandlers = (parts: Parts, { telephone, guard }: Features): TopicHandlers => {
  const { store, newId } = parts
  const anywhere = { guard, store, newId, source: { hosts: ['*'] } }
  return {
    'media.fetch': createFetchMedia({
      ...parts,
      fetch: async (url, signal, channel) => {
        if (channel === 'open311')
          return fetchRemote(anywhere, url, { maxBytes: LIMITS.formFileBytes, signal })
        return telephone === undefined ? NO_PROVIDER : telephone.fetch(url, signal)
      },
      onJoined: coverRecordings,
    }),
    ...(telephone ? { 'media.erase': createEraseRemote({ ...parts, erase: telephone.erase }) } : {}),
  }
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

/** A receipt goes the way it is owed: to a telephone, else to an address. */
const receiptsBy =
  ({ db }: Parts, { texts, hotline, mailOut }: Features): TopicHandler<'receipt.send'> =>
  async (payload, context) => {
    const [receipt] = await db.sql<
      { via: string | null }[]
    >`select via from receipts where id = ${payload.receiptId}`
    const via = receipt?.via ?? ''
    const byCall = hotline?.sendReceipt ?? texts.sendReceipt
    const send = via === 'voice' ? byCall : isTextChannel(via) ? texts.sendReceipt : mailOut.sendReceipt
    return send(payload, context)
  }

/** So does a notice. */
const noticesBy =
  ({ db }: Parts, { texts, mailOut }: Features): TopicHandler<'notice.send'> =>
  async (payload, context) => {
    const [notice] = await db.sql<
      { via: string | null }[]
    >`select via from notices where id = ${payload.noticeId}`
    return (notice?.via === 'email' ? mailOut.sendNotice : texts.sendNotice)(payload, context)
  }

/** A notice whose tries are used up takes the other way, or is failed on the record. */
const noticeDied = async (
  { db }: Parts,
  { texts }: Features,
  { noticeId }: Topics['notice.send'],
  { code }: DeliveryError,
): Promise<void> => {
  const [notice] = await db.sql<{ via: string | null }[]>`select via from notices where id = ${noticeId}`
  if (notice?.via === 'email') await noticeFailed(texts.writing, noticeId, code)
}

/** What each topic does. */
const handlersOf = (parts: Parts, features: Features): TopicHandlers => {
  const { db, clock, newId, secrets, store, config } = parts
  const { publicUrl } = config.http
  return {
    ...remoteHandlers(parts, features),
    'inbound.judge': createJudgeEvent(judgingOf(parts, features)),
    'complaint.transfer': createCarryOutTransfer({ db, clock, newId }),
    'complaint.route': createRouteComplaint({ db, clock, newId }),
    'reminder.send': createSendReminder({ db, mailer: parts.mailer, publicUrl, write: reminderMail }),
    'audit.anchor': createSendAnchor({ ...parts, publicUrl, audit: config.audit, write: anchorMail }),
    'report.build': createBuildReport({ ...features.counting, db, newId }),
    'report.remind': createSendReportReminder({
      ...features.counting,
      db,
      mailer: parts.mailer,
      publicUrl,
      write: reportReminderMail,
    }),
    'deadlines.recount': createRecountOpen({ db, clock, newId, officeZone: config.officeZone }),
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
    ...features.mailOut.handlers,
    'receipt.send': receiptsBy(parts, features),
    'notice.send': noticesBy(parts, features),
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

/** What is done about a receipt that mail could not carry. */
export const failingOf = (parts: Parts, { texts }: Features): ReceiptFailedDeps => ({
  ...parts,
  sql: parts.db.sql,
  fallBack: (receiptId) => textReceiptInstead(texts.writing, receiptId),
})

const hooksOf = (parts: Parts, features: Features): DeadLetterHooks => ({
  ...features.texts.hooks,
  'inbound.judge': (payload, error) => eventFailed(judgingOf(parts, features), payload, error),
  'report.build': ({ buildId }) => buildFailed(parts, buildId, 'unavailable'),
  'receipt.copy': ({ copyId }) => forgetCopy({ orm: parts.db.orm }, copyId),
  ...features.mailOut.hooks,
  'receipt.send': (payload, error) => receiptFailed(failingOf(parts, features), payload, error),
  'notice.send': (payload, error) => noticeDied(parts, features, payload, error),
  'media.fetch': (payload, error) => fetchFailed(parts, payload, error),
})

/** The relay of this process, over every handler of the house. */
export const composeRelay = (parts: Parts, features: Features) =>
  createRelay({
    sql: parts.db.sql,
    clock: parts.clock,
    logger: parts.logger,
    handlers: handlersOf(parts, features),
    onDead: hooksOf(parts, features),
    worker: parts.newId(),
  })
