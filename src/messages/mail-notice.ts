import { and, eq, inArray } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import type { Letter, NoticeFacts, NoticeKind } from '../core/letter.ts'
import type { Mailer } from '../core/mail.ts'
import type { ObjectStore } from '../core/object-store.ts'
import { replyAddress } from '../core/reply-address.ts'
import type { Secrets } from '../core/secrets.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { complainants, complaints, mediaAssets, notices } from '../db/schema/index.ts'
import { mailPlaceOf, takeMailPlace } from '../receipts/limit-mail.ts'
import { threadOfComplaint } from '../receipts/mail-thread.ts'
import { attachVoice, readSpokenAnswer } from './attach-voice.ts'
import { type LetterDeps, readLetterCase } from './letter-case.ts'

export interface MailNoticeDeps extends LetterDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  readonly mailer: Mailer
  readonly store: Pick<ObjectStore, 'get'>
  /** The intake's own address: replies come back to it, tagged. */
  readonly intakeAddress: string
  readonly writeNotice: (facts: NoticeFacts) => Letter
  readonly isWrittenByPerson: (facts: NoticeFacts) => boolean
}

type NoticeRow = typeof notices.$inferSelect

/** The notice with whom it is for; undefined when nothing is owed by mail any more. */
const readOwed = async ({ db: { orm } }: MailNoticeDeps, noticeId: string) => {
  const [row] = await orm
    .select({ notice: notices, complaint: complaints, email: complainants.email })
    .from(notices)
    .innerJoin(complaints, eq(complaints.id, notices.complaintId))
    .leftJoin(complainants, eq(complainants.complaintId, notices.complaintId))
    .where(eq(notices.id, noticeId))
  const isOwed = row?.notice.via === 'email' && ['due', 'fallen_back'].includes(row.notice.state)
  return isOwed ? row : undefined
}

const readFiles = ({ db: { orm } }: MailNoticeDeps, complaintId: string) =>
  orm
    .select({ name: mediaAssets.name, bytes: mediaAssets.bytes, state: mediaAssets.state })
    .from(mediaAssets)
    .where(and(eq(mediaAssets.complaintId, complaintId), eq(mediaAssets.ofAnswer, false)))
    .orderBy(mediaAssets.round, mediaAssets.position)

const note = async (
  { db, clock }: MailNoticeDeps,
  noticeId: string,
  facts: Pick<NoticeRow, 'state'> & Partial<NoticeRow>,
): Promise<void> => {
  await db.orm
    .update(notices)
    .set({ ...facts, updatedAt: clock.now() })
    .where(and(eq(notices.id, noticeId), inArray(notices.state, ['due', 'fallen_back'])))
}

const VOICE_AWAITED = failed({
  code: 'voice_awaited',
  message: 'The spoken answer is still being made playable.',
  retryable: true,
  retryAfter: 10,
})

/** The host is that of all our Message-IDs; the same notice is the same mail, however often it is sent. */
const messageIdOf = ({ publicUrl }: MailNoticeDeps, noticeId: string): string =>
  `<notice.${noticeId}@${new URL(publicUrl).hostname}>`

const takePlace = async (deps: MailNoticeDeps, notice: NoticeRow, email: string) => {
  const bucket = mailPlaceOf(deps.secrets, email)
  const place = await takeMailPlace(deps.db.sql, `notice:${notice.id}`, [bucket], deps.clock.now())
  if (place.ok) return undefined
  return failed({
    code: 'address_busy',
    message: 'This address has had as many mails as one may get in a while; this one waits.',
    retryable: true,
    retryAfter: place.retryAfter,
  })
}

/**
 * Topic `notice.send` for those whose way is mail: tells what happened in the thread they know, with the words of the tracking
 * page. What a person wrote goes out as a person's mail, without the marks of a machine. Safe to repeat.
 */
export const createMailNotice =
  (deps: MailNoticeDeps): TopicHandler<'notice.send'> =>
  async ({ noticeId }, { signal }): Promise<DeliveryResult> => {
    const owed = await readOwed(deps, noticeId)
    if (owed === undefined) return delivered()
    const { notice, complaint, email } = owed
    const about = await readLetterCase(deps, complaint.id)
    if (about === undefined || email === null) return delivered()
    if (notice.round !== complaint.round) {
      await note(deps, noticeId, { state: 'failed', failure: 'overtaken' })
      return delivered()
    }
    const voice =
      notice.kind === 'answered' ? await readSpokenAnswer(deps, notice, deps.clock.now()) : undefined
    if (voice?.isAwaited) return VOICE_AWAITED
    const busy = await takePlace(deps, notice, email)
    if (busy !== undefined) return busy
    const { subject, thread } = await threadOfComplaint(deps, complaint.id)
    const isProven = complaint.channel === 'email'
    const attachments = isProven ? await attachVoice(deps, voice?.key, complaint.reference) : []
    const facts: NoticeFacts = {
      notice: notice.kind as NoticeKind,
      about,
      language: complaint.language,
      subject,
      isProven,
      isVoiceAttached: attachments.length > 0,
      files: await readFiles(deps, complaint.id),
    }
    const result = await deps.mailer.send(
      {
        ...deps.writeNotice(facts),
        to: email,
        language: complaint.language,
        messageId: messageIdOf(deps, noticeId),
        replyTo: replyAddress(deps.secrets, deps.intakeAddress, complaint.reference),
        thread,
        attachments,
        ...(deps.isWrittenByPerson(facts) ? {} : { automatic: 'auto-generated' as const }),
      },
      signal,
    )
    if (result.ok)
      await note(deps, noticeId, { state: 'sent', failure: null, providerId: result.providerId ?? null })
    return result
  }
