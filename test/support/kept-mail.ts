import { delivered } from '../../src/core/delivery.ts'
import type { Mail, Mailer } from '../../src/core/mail.ts'

/** A mailer that sends nothing: what it was given stands in `mails`, until it is emptied. */
export const keepMail = (): { readonly mails: Mail[]; readonly mailer: Mailer } => {
  const mails: Mail[] = []
  return {
    mails,
    mailer: {
      send: async (mail) => {
        mails.push(mail)
        return delivered(mail.messageId)
      },
      close: () => {},
    },
  }
}
