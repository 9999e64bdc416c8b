import { z } from 'zod'
import { KINDS } from '../../core/complaint.ts'
import { LOCALES } from '../../core/locale.ts'
import { REFERRAL_STATES } from '../../core/referral.ts'

const instant = z.string().describe('ISO 8601, UTC')
const names = z.object({
  ar: z.string().optional(),
  fr: z.string().optional(),
  en: z.string().optional(),
  zgh: z.string().optional(),
})

const file = z.object({
  name: z.string(),
  type: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  url: z.string().nullable().describe('Null until the file has been examined, and when it is dangerous'),
  urlExpiresAt: instant.nullable(),
})

const media = z.object({
  id: z.string(),
  kind: z.enum(['audio', 'video', 'image', 'document']).nullable(),
  state: z.enum(['stored', 'processing', 'ready', 'failed', 'blocked']),
  round: z.number(),
  durationMs: z.number().nullable(),
  transcript: z.object({ text: z.string(), source: z.enum(['machine', 'person']) }).nullable(),
  original: file,
  renditions: z.array(file.extend({ rendition: z.string() })),
})

/** core/dossier.ts as a schema, for the API's answers and its documentation. */
export const dossierShape = z
  .object({
    version: z.literal('1'),
    practice: z
      .literal(true)
      .optional()
      .describe('A complaint of nobody, to try the way: nothing of it is counted or told to anybody'),
    reference: z.string(),
    kind: z.enum(KINDS),
    text: z.string(),
    language: z.enum(LOCALES),
    place: z.string().nullable(),
    channel: z.string(),
    receivedAt: instant,
    complainant: z.object({ anonymous: z.boolean(), pseudonym: z.string() }),
    administration: z.object({ code: z.string(), names }),
    referral: z.object({
      id: z.string(),
      state: z.enum(REFERRAL_STATES),
      sequence: z.number(),
      round: z.number(),
      externalReference: z.string().nullable(),
      createdAt: instant,
    }),
    rounds: z.array(
      z.object({
        number: z.number(),
        openedAt: instant,
        text: z.string(),
        reviewedAt: instant.nullable(),
        outcome: z.string().nullable(),
        answeredAt: instant.nullable(),
        answer: z.string().nullable(),
      }),
    ),
    deadlines: z.array(
      z.object({
        round: z.number(),
        kind: z.enum(['review', 'answer']),
        dueOn: z.string(),
        metAt: instant.nullable(),
        missedAt: instant.nullable(),
      }),
    ),
    transfers: z.array(z.object({ from: z.string(), to: z.string(), reason: z.string(), at: instant })),
    media: z.array(media),
  })
  .meta({ id: 'Dossier' })
