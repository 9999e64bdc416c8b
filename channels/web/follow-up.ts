import type { CitizenState } from '../../src/core/complaint.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import type { FollowUp } from '../../src/handling/follow-up.ts'
import { derivedId } from '../../src/intake/derived-id.ts'
import { storableText } from '../../src/intake/normalise.ts'
import type { Ticket } from './follow-up-ticket.ts'

/** What a person may do with a complaint after the filing. */
export type Act = 'add' | 'withdraw' | 'rate' | 'again'

const OPEN: readonly Act[] = ['add', 'withdraw']

/** Re-submission has no limit (decree 2-17-265): whatever has ended can be sent again. */
export const ACTS: Readonly<Record<CitizenState, readonly Act[]>> = {
  received: OPEN,
  being_checked: OPEN,
  waiting_for_you: OPEN,
  with_office: OPEN,
  answered: ['rate', 'again'],
  closed: ['again'],
}

/** What was typed, storable; browsers send CR LF. */
export const typedText = (value: string | undefined): string =>
  storableText(value ?? '')
    .replaceAll('\r\n', '\n')
    .trim()

/** Two presses on one form send the same file twice. */
const onceEach = (media: readonly StagedMedia[]): StagedMedia[] => [
  ...new Map(media.map((file) => [`${file.sha256} ${file.name}`, file])).values(),
]

/**
 * A form that is right, as the use cases take it. The form's key and what the request itself carried are its identity: a second
 * press is the same sending, other words or files on the page one came back to are another.
 */
export const followUpOf = (
  { complaintId, round, key }: Ticket,
  sent: {
    readonly text: string
    readonly locale: Locale
    readonly media: readonly StagedMedia[]
    /** Hashes of the files that came with the request; others lay in the form's draft before. */
    readonly carried: readonly string[]
  },
): FollowUp => {
  const { text, locale, carried } = sent
  const files = onceEach(sent.media)
  const externalId = derivedId(`follow-up:${key}:${JSON.stringify([text, carried])}`)
  const named = files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }))
  return {
    complaintId,
    round,
    channel: 'web',
    externalId,
    text,
    language: locale,
    media: files.map((file) => ({ ...file, id: derivedId(`web:${externalId}:${file.uploadId ?? file.id}`) })),
    raw: { type: 'application/json', body: Buffer.from(JSON.stringify({ text, locale, files: named })) },
  }
}
