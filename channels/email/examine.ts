import { LIMITS } from '../../src/core/limits.ts'
import type {
  Authentication,
  Examined,
  MailReading,
  Original,
  ReadMail,
} from '../../src/core/mail-message.ts'
import type { Secrets } from '../../src/core/secrets.ts'
import { loopMark } from '../../src/platform/mailer.ts'
import { authenticate, isStamped } from './authenticate.ts'
import { classify } from './classify.ts'
import { findPointers } from './find-thread.ts'
import { valuesOf } from './mail-headers.ts'
import type { OwnAddresses } from './own-addresses.ts'
import { readHead } from './read-head.ts'
import type { MessageReader } from './read-message.ts'
import { senderFlags } from './sender-flags.ts'
import type { VerifySender } from './verify-sender.ts'

export interface MailReadingOptions {
  readonly reader: Pick<MessageReader, 'read'>
  /** Mailboxes of the intake, the sender's of our own mail among them. */
  readonly own: OwnAddresses
  /** Host in our Message-IDs: that of PUBLIC_URL. */
  readonly host: string
  /** The one name whose Authentication-Results count; absent: none does. */
  readonly authservId: string | undefined
  /** Asked where that name said nothing; absent: nobody is. */
  readonly verify?: VerifySender | undefined
  readonly secrets: Secrets
}

/** A mark is ours when it fits the Message-ID beside it: a copied or invented one does not. */
const carriesOurMark = (secrets: Secrets, { headers, messageId }: ReadMail): boolean =>
  messageId !== undefined && valuesOf(headers, 'x-wasl-loop').includes(loopMark(secrets, messageId))

const authenticationOf = async (
  { authservId, verify }: MailReadingOptions,
  mail: ReadMail,
  original: Original,
): Promise<Authentication> =>
  verify === undefined || isStamped(mail.headers, authservId)
    ? authenticate(mail.headers, mail.from[0]?.address ?? '', authservId)
    : verify(mail, original)

/** The e-mail channel as the judge uses it: reading apart, then rules; only the sender's domain may be looked up. */
export const createMailReading = (options: MailReadingOptions): MailReading => {
  const { own, secrets } = options
  const examine = async (mail: ReadMail, original: Original): Promise<Examined> => {
    const authentication = await authenticationOf(options, mail, original)
    return {
      authentication,
      flags: senderFlags(mail, authentication),
      pointers: findPointers(mail, options),
      carriesOurMark: carriesOurMark(secrets, mail),
    }
  }
  return {
    read: options.reader.read,
    readHead,
    examine,
    classify: (mail, examined, { bytes, joins, released = false }) =>
      classify({
        mail,
        bytes,
        joins,
        released,
        own,
        maxBytes: LIMITS.mailBytes,
        carriesOurMark: examined.carriesOurMark,
      }),
  }
}
