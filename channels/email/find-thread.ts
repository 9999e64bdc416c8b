import type { OurMail, Pointers, ReadMail } from '../../src/core/mail-message.ts'
import { asciiDigits, parseReference } from '../../src/core/reference.ts'
import { readReplyToken } from '../../src/core/reply-address.ts'
import type { Secrets } from '../../src/core/secrets.ts'
import { addressesIn, valuesOf } from './mail-headers.ts'
import { type OwnAddresses, tagOf } from './own-addresses.ts'

const DELIVERED_TO = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to', 'cc']
const OUR_ID =
  /^<(?:(receipt|referral|notice|added)\.)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^@>]+)>$/i

const tokenIn = (mail: Pick<ReadMail, 'headers'>, own: OwnAddresses, secrets: Pick<Secrets, 'mac'>) => {
  for (const name of DELIVERED_TO)
    for (const { address } of valuesOf(mail.headers, name).flatMap(addressesIn)) {
      const tag = tagOf(address, own)
      const reference = tag ? readReplyToken(secrets, tag) : undefined
      if (reference !== undefined) return reference
    }
  return undefined
}

/** Message-IDs of ours among those given: `<receipt.ID@host>`, `<referral.ID@host>`, `<ID@host>` for a dossier. */
export const ourMails = (ids: readonly string[], host: string): OurMail[] => {
  return ids.flatMap((given) => {
    const [, kind, id, domain] = OUR_ID.exec(given) ?? []
    if (domain?.toLowerCase() !== host.toLowerCase()) return []
    return id === undefined
      ? []
      : [{ kind: (kind?.toLowerCase() ?? 'dossier') as OurMail['kind'], id: id.toLowerCase() }]
  })
}

/** The number in brackets as our subjects carry it, else the first ten digits that can be one. */
const referenceIn = (subject: string): string | undefined => {
  const digits = asciiDigits(subject)
  const candidates = [...digits.matchAll(/\[(\d{10})\]/g), ...digits.matchAll(/(?<!\d)(\d{10})(?!\d)/g)]
  for (const [, candidate = ''] of candidates) {
    const parsed = parseReference(candidate)
    if (parsed.ok) return parsed.reference
  }
  return undefined
}

/** Looks for everything in a message, or in the one a report brings back, that points at something of ours. */
export const findPointers = (
  mail: Pick<ReadMail, 'headers' | 'answers' | 'subject' | 'returned'>,
  ours: { readonly own: OwnAddresses; readonly host: string; readonly secrets: Pick<Secrets, 'mac'> },
): Pointers => {
  const valuesIn = (header: string) =>
    mail.returned.filter(({ name }) => name === header).flatMap(({ value }) => value.trim().split(/\s+/))
  // The thread of a returned dossier names its referral, also where the message itself was never queued (a connector on trial).
  const threads = ourMails(valuesIn('references'), ours.host).filter(({ kind }) => kind === 'referral')
  const token = tokenIn(mail, ours.own, ours.secrets)
  const subject = referenceIn(mail.subject)
  return {
    ...(token === undefined ? {} : { token }),
    mails: [...ourMails([...valuesIn('message-id'), ...mail.answers], ours.host), ...threads],
    ...(subject === undefined ? {} : { subject }),
  }
}
