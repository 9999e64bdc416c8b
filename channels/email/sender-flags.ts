import type { Authentication, ReadMail, SenderFlag } from '../../src/core/mail-message.ts'
import { addressesIn, valuesOf } from './mail-headers.ts'

const HIDDEN = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u
const ADDRESS_IN_NAME = /[^\s<>"'()@]+@[^\s<>"'()@]+\.[^\s<>"'()@]+/u

/** Letters of scripts that look alike, in one word: how `pаypal` is written with a Cyrillic а. */
const mixesScripts = (text: string): boolean =>
  text
    .split(/[\s.@_-]+/)
    .some(
      (word) =>
        /\p{Script=Latin}/u.test(word) &&
        /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u.test(word),
    )

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** What staff should see beside the name of a sender before they trust it. */
export const senderFlags = (
  mail: Pick<ReadMail, 'from' | 'headers'>,
  authentication: Authentication,
): SenderFlag[] => {
  const [sender] = mail.from
  const flags: SenderFlag[] = authentication === 'passed' ? [] : ['not_verified']
  if (sender === undefined) return flags
  const shown = ADDRESS_IN_NAME.exec(sender.name)?.[0]
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1)
  const replyTo = valuesOf(mail.headers, 'reply-to').flatMap(addressesIn)
  if (shown !== undefined && !sameAddress(shown, sender.address)) flags.push('name_shows_other_address')
  if (mixesScripts(sender.name) || mixesScripts(sender.address)) flags.push('mixed_scripts')
  if (HIDDEN.test(sender.name)) flags.push('hidden_marks')
  if (/[^\p{ASCII}]/u.test(domain) || /(?:^|\.)xn--/i.test(domain)) flags.push('foreign_domain_script')
  if (mail.from.length > 1) flags.push('several_senders')
  if (replyTo.some(({ address }) => !sameAddress(address, sender.address))) flags.push('reply_elsewhere')
  return flags
}
