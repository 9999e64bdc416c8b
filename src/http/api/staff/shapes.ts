import { z } from 'zod'
import { CAUSES } from '../../../core/cause.ts'
import { CITIZEN_STATES, KINDS, STATUSES, type Status } from '../../../core/complaint.ts'
import { LOCALES } from '../../../core/locale.ts'
import { STAFF_ROLES } from '../../../core/staff-role.ts'

/** A value as JSON carries it: instants are ISO 8601 in UTC. */
export type Plain<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? Plain<U>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T

export const plain = <T>(value: T): Plain<T> => {
  const walk = (inner: unknown): unknown => {
    if (inner instanceof Date) return inner.toISOString()
    if (Array.isArray(inner)) return inner.map(walk)
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, walk(each)]))
  }
  return walk(value) as Plain<T>
}

/** What was left out of a request is left out of the wish too. */
export const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** An answer that is a file and no JSON. */
export const bytesOf = (type: string) => ({
  description: 'The bytes of the file',
  content: { [type]: { schema: z.unknown().meta({ type: 'string', format: 'binary' }) } },
})

const instant = z.iso.datetime()
export const names = z.object({ ar: z.string(), fr: z.string(), en: z.string(), zgh: z.string() }).partial()
export const body = z.object({ code: z.string(), names })
const statuses = Object.keys(STATUSES) as [Status, ...Status[]]

export const listedComplaint = z.object({
  reference: z.string(),
  channel: z.string(),
  kind: z.enum(KINDS),
  state: z.enum(CITIZEN_STATES),
  status: z.enum(statuses),
  late: z.boolean(),
  round: z.int(),
  language: z.enum(LOCALES),
  text: z.string(),
  receivedAt: instant,
  reviewBy: z.iso.date().nullable(),
  answerBy: z.iso.date().nullable(),
  administration: body.nullable(),
  dueAt: instant.nullable(),
  assignee: z.string().nullable(),
  mediaCount: z.int(),
  runs: z.enum(['review', 'answer', 'none']).describe('The legal date that runs'),
})

export const complaintPage = z.object({ items: z.array(listedComplaint), next: z.string().nullable() })

const round = z.object({
  number: z.int(),
  openedAt: instant,
  reviewBy: z.iso.date().nullable(),
  answerBy: z.iso.date().nullable(),
  reviewedAt: instant.nullable(),
  outcome: z.string().nullable(),
  answeredAt: instant.nullable(),
  answer: z.string().nullable(),
  satisfied: z.boolean().nullable(),
  closedAt: instant.nullable(),
})

const messageIn = z.object({
  direction: z.literal('in'),
  id: z.string(),
  channel: z.string(),
  round: z.int(),
  at: instant,
  text: z.string(),
  language: z.enum(LOCALES),
})
const messageOut = z.object({
  direction: z.literal('out'),
  id: z.string(),
  topic: z.string(),
  to: z.string(),
  at: instant,
  state: z.enum(['waiting', 'sending', 'delivered', 'failed', 'dead']),
  attempts: z.int(),
  nextAt: instant.nullable(),
  settledAt: instant.nullable(),
  reason: z.string().nullable(),
})

const media = z.object({
  id: z.string(),
  round: z.int(),
  name: z.string(),
  kind: z.string().nullable(),
  type: z.string().nullable(),
  bytes: z.number(),
  sha256: z.string(),
  state: z.string(),
  scan: z.string(),
  flags: z.array(z.string()),
  durationMs: z.int().nullable(),
  peaks: z.array(z.number()).nullable().describe('How loud it is along its length'),
  ofAnswer: z.boolean().describe("A body's spoken answer, not something the citizen sent"),
  failure: z.string().nullable(),
  transcript: z.string().nullable(),
  transcriptIsMachine: z.boolean().describe('A machine wrote it and nobody has confirmed it'),
  originalUrl: z.string(),
  renditions: z.array(
    z.object({ name: z.string(), type: z.string(), bytes: z.number(), sha256: z.string(), url: z.string() }),
  ),
})

const awaitedMedia = z.object({
  id: z.string(),
  name: z.string(),
  declaredType: z.string(),
  channel: z.string(),
  state: z.enum(['awaited', 'missing']),
  reason: z.string().nullable(),
  since: instant,
})

const referral = z.object({
  id: z.string(),
  round: z.int(),
  administration: body,
  state: z.string(),
  externalReference: z.string().nullable(),
  ground: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: instant,
  deliveredAt: instant.nullable(),
  settledAt: instant.nullable(),
})

const receipt = z.object({
  round: z.int(),
  state: z.string(),
  channel: z.string(),
  via: z.string().nullable(),
  issuedAt: instant,
  failure: z.string().nullable(),
})

/** What a complaint is about, as an act may say it. */
export const classification = {
  service: z
    .string()
    .max(60)
    .nullable()
    .optional()
    .describe('Code of one of `handling.services`; null: not yet classified'),
  cause: z.enum(CAUSES).nullable().optional().describe('Why the person complains; null: not yet classified'),
}

const service = z.object({ code: z.string(), names })
const mergedWith = z.object({
  reference: z.string().nullable(),
  at: instant,
  by: z.string(),
  language: z.enum(LOCALES).nullable().describe('What its complainant reads'),
})

const suggestion = body.extend({ service: z.string().optional(), score: z.number() })

export const complaintRecord = listedComplaint.extend({
  place: z.string().nullable(),
  anonymous: z.boolean(),
  ground: z.string().nullable(),
  closedReason: z.string().nullable(),
  handedOnAt: instant
    .nullable()
    .describe("When the reader's body handed it on: nothing later is in the record"),
  rounds: z.array(round),
  messages: z.array(z.discriminatedUnion('direction', [messageIn, messageOut])),
  media: z.array(media),
  awaitedMedia: z.array(awaitedMedia),
  referrals: z.array(referral),
  receipts: z.array(receipt),
  timeline: z.array(
    z.object({
      at: instant,
      event: z.string(),
      round: z.int(),
      audience: z.string(),
      actor: z.string().nullable(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
  raw: z.array(
    z.object({ id: z.string(), type: z.string(), sha256: z.string(), bytes: z.number(), url: z.string() }),
  ),
  suggestions: z.array(suggestion),
  merging: z.object({
    into: mergedWith.nullable().describe('The complaint it was merged into'),
    others: z.array(mergedWith).describe('Those merged into it: its answer is theirs too'),
  }),
  duplicates: z.array(listedComplaint).describe('Complaints that say much the same; a person decides'),
  handling: z.object({
    version: z.string(),
    assignee: z.object({ id: z.string(), email: z.string() }).nullable(),
    transfers: z.int(),
    review: z
      .object({ checks: z.record(z.string(), z.boolean()), duplicateOf: z.string().optional() })
      .nullable(),
    approvesAnswers: z.boolean(),
    service: service.nullable(),
    cause: z.enum(CAUSES).nullable(),
    services: z.array(service).describe('What may be chosen as its service'),
    counting: z.object({
      openedAt: instant,
      rules: z.record(z.string(), z.unknown()),
      policyVersion: z.int(),
      stoppedDays: z.int(),
      asked: z.object({ answerOn: z.iso.date(), stopsClock: z.boolean() }).nullable(),
    }),
    texts: z.array(
      z.object({
        id: z.string(),
        channel: z.string(),
        text: z.string(),
        segments: z.int(),
        state: z.string(),
        failure: z.string().nullable(),
        createdAt: instant,
      }),
    ),
    draft: z
      .object({
        text: z.string(),
        outcome: z.string().nullable(),
        writtenBy: z.string(),
        writtenAt: instant,
        remark: z.string().nullable(),
      })
      .nullable(),
    notes: z.array(
      z.object({ id: z.string(), at: instant, actor: z.string(), round: z.int(), text: z.string() }),
    ),
  }),
})

export const deliveryPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      topic: z.string(),
      to: z.string(),
      state: z.string(),
      reference: z.string().nullable(),
      attempts: z.int(),
      createdAt: instant,
      nextAt: instant.nullable(),
      code: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
})

export const quarantineList = z.array(
  z.object({
    id: z.string(),
    channel: z.string(),
    receivedAt: instant,
    reason: z.string(),
    rawType: z.string(),
    rawSha256: z.string(),
    rawBytes: z.number(),
    url: z.string(),
  }),
)

export const ledgerLines = z.array(
  z.object({
    channel: z.string(),
    day: z.iso.date(),
    received: z.int(),
    created: z.int(),
    appended: z.int(),
    ignored: z.int(),
    quarantined: z.int(),
    failed: z.int(),
    open: z.int(),
  }),
)

export const member = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(STAFF_ROLES),
  administration: body.nullable(),
  enrolledAt: instant.nullable(),
  disabledAt: instant.nullable(),
})
