import type { Contact, StagedMedia, Submission } from '../../src/core/submission.ts'
import { derivedId } from '../../src/intake/derived-id.ts'
import { normaliseEmail, normalisePhone } from '../../src/intake/normalise.ts'
import { UNKNOWN_OFFICE } from './answers.ts'
import type { Filing } from './draft-session.ts'

const contactOf = ({ answers }: Filing): Contact => {
  const name = answers.name ? { name: answers.name } : {}
  const email = answers.contact === 'email' ? normaliseEmail(answers.email ?? '') : undefined
  const phone = answers.contact === 'phone' ? normalisePhone(answers.phone ?? '') : undefined
  if (email !== undefined) return { ...name, email, preferred: 'email' }
  if (phone !== undefined) return { ...name, phone, preferred: answers.preferred ?? 'sms' }
  return { ...name, preferred: 'none' }
}

/** The answers and the names of the files as they came, for the record. The files themselves are kept bit for bit. */
const rawOf = ({ answers, media }: Filing) => ({
  type: 'application/json',
  body: Buffer.from(
    JSON.stringify({ ...answers, files: media.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })) }),
  ),
})

const mediaOf = (submissionKey: string, media: readonly StagedMedia[]): StagedMedia[] =>
  // The same filing has the same media ids when it comes again.
  media.map((file) => ({ ...file, id: derivedId(`web:${submissionKey}:${file.uploadId ?? file.id}`) }))

/** Turns the answers of a complete draft into a submission. The draft's key is its identity: sending twice is once. */
export const submissionOf = (
  filing: Filing,
  draft: Pick<NonNullable<Filing['draft']>, 'submissionKey' | 'language'>,
  now: Date,
): Submission => {
  const { answers } = filing
  const contact = contactOf(filing)
  const administration = answers.office === UNKNOWN_OFFICE ? undefined : answers.office
  return {
    channel: 'web',
    externalId: draft.submissionKey,
    receivedAt: now,
    kind: answers.kind ?? 'complaint',
    text: answers.text?.trim() ?? '',
    language: answers.answerLanguage ?? draft.language,
    contact,
    anonymous: contact.name === undefined && contact.email === undefined && contact.phone === undefined,
    ...(administration === undefined ? {} : { administration }),
    ...(answers.place ? { place: answers.place } : {}),
    media: mediaOf(draft.submissionKey, filing.media),
    raw: rawOf(filing),
  }
}
