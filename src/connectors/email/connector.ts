import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Connector, ConnectorMessage, Enclosure } from '../../core/connector.ts'
import { LOCALES } from '../../core/locale.ts'
import type { Mail, SendMail } from '../../core/mail.ts'
import { composeText, fitting } from './compose-mail.ts'
import type { Words } from './words.ts'

const settingsSchema = z.object({
  address: z.email().max(254).describe('The mailbox that receives dossiers'),
  language: z.enum(LOCALES).default('fr').describe('Language of the readable text'),
})

export interface EmailOptions {
  readonly sendMail: SendMail
  readonly words: Words
  readonly publicUrl: string
  /** What all attached media may weigh together; beyond it the mail carries links. */
  readonly mediaBytes?: number
}

/** Base64 adds a third; 20 MB is taken by nearly every server. */
const MEDIA_BYTES = 15 * 1024 * 1024

/** Opened when it is sent, one after the other, so that no stream waits unread. */
const lazily = (enclosure: Enclosure): Readable =>
  Readable.from(
    (async function* () {
      yield* await enclosure.open()
    })(),
  )

const composeMail = (options: EmailOptions, message: ConnectorMessage): Mail => {
  const { id, event, dossier } = message
  const { address, language: locale } = settingsSchema.parse(message.settings)
  const host = new URL(options.publicUrl).hostname
  const attached = fitting(message.enclosures, options.mediaBytes ?? MEDIA_BYTES)
  const writing = {
    words: options.words,
    locale,
    attached: new Set(attached.map(({ sha256 }) => sha256)),
  }
  return {
    to: address,
    subject: options.words(locale, `dossier.subject.${event}`, { reference: dossier.reference }),
    text: composeText(message, writing),
    language: locale,
    messageId: `<${id}@${host}>`,
    // A thread of its own for each referral, so that a mail reader shows what belongs together.
    thread: [`<referral.${dossier.referral.id}@${host}>`],
    headers: {
      'X-Wasl-Reference': dossier.reference,
      'X-Wasl-Event': event,
      'X-Wasl-Message': id,
      // Not the null return path of receipts: a bounce of a dossier must reach the operator.
      'Auto-Submitted': 'auto-generated',
    },
    attachments: [
      { name: 'dossier.json', type: 'application/json', content: JSON.stringify(dossier, null, 2) },
      ...attached.map((file) => ({ name: file.name, type: file.type, content: lazily(file) })),
    ],
  }
}

/** Sends the dossier as a mail a person can read, with the same dossier for machines attached. */
export const createEmailConnector = (options: EmailOptions): Connector => ({
  type: 'email',
  settingsSchema,
  destination: 'address',
  signs: false,
  deliver: (message, signal) => options.sendMail(composeMail(options, message), signal),
})
