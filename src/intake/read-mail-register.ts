import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Examined, FiledFile, MailVerdict, ReadMail } from '../core/mail-message.ts'
import type { Orm } from '../db/client.ts'
import { mailMessages } from '../db/schema/index.ts'
import { storableText } from './normalise.ts'
import { nameOf } from './read-mail-files.ts'
import type { RecordedEvent } from './settle-event.ts'

/** A message with everything that was found out about it before anything was done. */
export interface JudgedMail {
  readonly event: RecordedEvent
  readonly mail: ReadMail
  readonly files: readonly FiledFile[]
  readonly examined: Examined
  readonly verdict: MailVerdict
  readonly languageSure: boolean
}

const headerOf = (mail: ReadMail, name: string): string | null =>
  mail.headers.find((header) => header.name === name)?.value ?? null

/** What its sender wrote, without what servers add on the way. Unreadable mail is told apart by its bytes. */
const contentSha256 = ({ event, mail, files }: JudgedMail): string => {
  const written = mail.notes.includes('unreadable')
    ? event.rawSha256
    : [
        mail.messageId ?? null,
        ...['from', 'date', 'subject', 'auto-submitted'].map((name) => headerOf(mail, name)),
        mail.text,
        files.map(({ kept }) => (kept.ok ? kept.sha256 : kept.reason)),
      ]
  return createHash('sha256').update(JSON.stringify(written)).digest('hex')
}

const storableFile = (file: FiledFile): FiledFile => ({
  ...file,
  name: nameOf(file),
  type: storableText(file.type).slice(0, 200),
})

/**
 * Registers a message under its content. Gives false when the same message was registered before under another event: it
 * came by two ways, or the mailbox was numbered anew. A Message-ID alone proves nothing, senders use one twice.
 */
export const registerMail = async (orm: Orm, judged: JudgedMail): Promise<boolean> => {
  const { event, mail, examined, verdict } = judged
  const [sender] = mail.from
  const hash = contentSha256(judged)
  const inserted = await orm
    .insert(mailMessages)
    .values({
      eventId: event.id,
      externalId: event.externalId,
      messageId: mail.messageId === undefined ? null : storableText(mail.messageId),
      answers: mail.answers.map(storableText),
      fromAddress: sender === undefined ? null : storableText(sender.address),
      fromName: storableText(sender?.name ?? '').slice(0, 500),
      subject: storableText(mail.subject).slice(0, 1_000),
      class: verdict.class,
      reasons: [...verdict.reasons],
      answerable: verdict.answerable,
      flags: [...examined.flags],
      notes: [...mail.notes],
      authentication: examined.authentication,
      languageSure: judged.languageSure,
      contentSha256: hash,
      text: storableText(mail.text),
      ownText: storableText(mail.ownText),
      html: mail.html === undefined ? null : storableText(mail.html),
      files: judged.files.map(storableFile),
      receivedAt: event.receivedAt,
    })
    .onConflictDoNothing()
    .returning({ eventId: mailMessages.eventId })
  if (inserted.length > 0) return true
  const [holder] = await orm
    .select({ eventId: mailMessages.eventId })
    .from(mailMessages)
    .where(eq(mailMessages.contentSha256, hash))
  return holder === undefined || holder.eventId === event.id
}
