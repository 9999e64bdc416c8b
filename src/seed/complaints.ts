import { createHash } from 'node:crypto'
import type { Cause } from '../core/cause.ts'
import type { Clock } from '../core/clock.ts'
import type { Kind } from '../core/complaint.ts'
import { deadlinesOf, officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import { receiptContent } from '../core/receipt.ts'
import { composeReference } from '../core/reference.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database } from '../db/client.ts'
import { type DeadlineRules, readDeadlineRules } from '../deadlines/current-rules.ts'
import { accessCodeHash, accessCodeOf } from '../intake/access-code.ts'
import { BODIES, type SeedBody, type Topic } from './bodies.ts'
import { insertRows, type SeedRows } from './insert-rows.ts'
import { type Chance, chanceOf } from './random.ts'
import { SERVICES, type SeedService } from './services.ts'
import { type SeedRound, type Story, tellStory } from './story.ts'
import { againText, answerText, filingText, placeFor } from './texts.ts'

export interface SeedDeps {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly officeZone: string
  /** The demo may stand beside real filings; a production database that has any is left alone. */
  readonly besideFilings: boolean
}

const COUNT = 2_000
const SEED = 20_170_623
const DAY_MS = 86_400_000
const HISTORY_DAYS = 425

interface Writing {
  readonly chance: Chance
  /** For what was added to the demo later: draws of its own leave those of everything else as they were. */
  readonly later: Chance
  readonly deps: SeedDeps
  readonly rules: DeadlineRules
  readonly now: Date
  readonly rows: SeedRows
  readonly references: Set<string>
}

interface Filing {
  readonly id: string
  readonly reference: string
  readonly receivedAt: Date
  readonly kind: Kind
  readonly channel: string
  readonly language: Locale
  readonly body: SeedBody
  readonly way: 'named' | 'unknown' | 'outside'
  readonly place: string
  readonly topic: Topic | undefined
  readonly text: string
  readonly anonymous: boolean
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Working hours of working days more than nights and weekends, and more of late than long ago. */
const instantOfFiling = ({ chance, now }: Writing): Date => {
  const age = HISTORY_DAYS * chance.next() ** 1.3
  const at = new Date(now.getTime() - age * DAY_MS)
  at.setUTCHours(chance.happens(0.8) ? chance.whole(7, 17) : chance.whole(0, 23), chance.whole(0, 59))
  at.setUTCSeconds(chance.whole(0, 59), chance.whole(0, 999))
  return at < now ? at : new Date(at.getTime() - DAY_MS)
}

const takeReference = ({ chance, deps, references }: Writing, at: Date): string => {
  const year = Number(officeDay(at, deps.officeZone).slice(0, 4))
  for (;;) {
    const reference = composeReference(year, chance.whole(0, 9_999_999))
    if (references.has(reference)) continue
    references.add(reference)
    return reference
  }
}

const WEIGHTS = Object.fromEntries(BODIES.map(({ code, weight = 0 }) => [code, weight]))
const bodyOf = (code: string): SeedBody => {
  const body = BODIES.find((one) => one.code === code)
  if (body === undefined) throw new RangeError(code)
  return body
}

const makeFiling = (writing: Writing): Filing => {
  const { chance } = writing
  const receivedAt = instantOfFiling(writing)
  const way = chance.weighted({ named: 88, unknown: 11, outside: 1 })
  const body = bodyOf(way === 'outside' ? 'DEFENSE' : chance.weighted(WEIGHTS))
  const kind: Kind = chance.weighted({ complaint: 82, observation: 10, suggestion: 8 })
  const language: Locale = chance.weighted({ ar: 52, fr: 42, en: 6 })
  const place = placeFor(chance, language)
  const topic: Topic | undefined =
    way === 'unknown' && chance.happens(0.3) ? undefined : chance.pick(body.topics ?? ['road'])
  return {
    id: chance.uuid(receivedAt),
    reference: takeReference(writing, receivedAt),
    receivedAt,
    kind,
    channel: chance.weighted({ web: 58, email: 14, sms: 12, whatsapp: 6, voice: 6, counter: 4 }),
    language,
    body,
    way,
    place,
    topic,
    text: filingText(chance, { kind, language, topic, place }),
    anonymous: chance.happens(0.07),
  }
}

const FIRST_NAMES = [
  'Amina',
  'Youssef',
  'Fatima',
  'Rachid',
  'Salma',
  'Hassan',
  'Nadia',
  'Omar',
  'Khadija',
  'Brahim',
]
const LAST_NAMES = ['Alaoui', 'Bennani', 'El Idrissi', 'Ouhammou', 'Tazi', 'Berrada', 'Aït Lahcen', 'Chraïbi']

/** Addresses under example.org (RFC 2606) and numbers that no operator gives out: nobody is ever written to. */
const writeComplainant = ({ chance, rows }: Writing, filing: Filing): void => {
  if (filing.anonymous) return
  const byPhone = ['sms', 'whatsapp', 'voice'].includes(filing.channel)
  const email = filing.channel === 'email' || (!byPhone && chance.happens(0.5))
  rows.complainants.push({
    complaint_id: filing.id,
    name: `${chance.pick(FIRST_NAMES)} ${chance.pick(LAST_NAMES)}`,
    email: email ? `citoyen.${filing.reference}@example.org` : null,
    phone: byPhone ? `+2126000${String(chance.whole(0, 99_999)).padStart(5, '0')}` : null,
    preferred: email ? 'email' : byPhone ? 'sms' : 'none',
  })
}

const writeDeadlines = ({ deps, rules, rows }: Writing, filing: Filing, round: SeedRound): void => {
  const { review, answer } = deadlinesOf(round.openedAt, rules.policy, rules.holidays, deps.officeZone)
  const ended = round.outcome === 'inadmissible' ? round.reviewedAt : round.closedAt
  const metAt = { review: round.reviewedAt ?? round.closedAt, answer: round.answeredAt ?? ended }
  for (const deadline of [review, answer])
    rows.deadlines.push({
      complaint_id: filing.id,
      round: round.number,
      kind: deadline.kind,
      due_on: deadline.dueOn,
      due_at: deadline.dueAt,
      policy_version: deadline.policyVersion,
      met_at: metAt[deadline.kind] ?? null,
    })
}

const writeSubmission = ({ chance, rows }: Writing, filing: Filing, round: SeedRound, text: string): void => {
  const { id, channel, language, reference } = filing
  const raw = JSON.stringify({ kind: filing.kind, text, language, origin: 'seed' })
  rows.submissions.push({
    id: chance.uuid(round.openedAt),
    channel,
    external_id: `seed:${reference}:${round.number}`,
    complaint_id: id,
    round: round.number,
    received_at: round.openedAt,
    text,
    language,
    raw_type: 'application/json',
    raw_sha256: sha256(raw),
    raw_bytes: Buffer.byteLength(raw),
    raw_body: `\\x${Buffer.from(raw).toString('hex')}`,
  })
  const byMail = channel === 'email'
  rows.receipts.push({
    id: chance.uuid(round.openedAt),
    complaint_id: id,
    round: round.number,
    channel,
    language,
    content_sha256: sha256(receiptContent({ text, media: [] })),
    issued_at: round.openedAt,
    state: byMail ? 'delivered' : 'sent',
    via: byMail ? 'email' : 'inline',
    updated_at: round.openedAt,
  })
}

const writeReferral = ({ chance, rows }: Writing, filing: Filing, round: SeedRound): void => {
  const { referral } = round
  if (referral === undefined) return
  rows.referrals.push({
    id: chance.uuid(referral.deliveredAt),
    complaint_id: filing.id,
    round: round.number,
    administration: filing.body.code,
    state: referral.state,
    external_reference: referral.acceptedAt ? `${filing.body.code}/${chance.whole(1000, 99_999)}` : null,
    created_at: referral.deliveredAt,
    delivered_at: referral.deliveredAt,
    accepted_at: referral.acceptedAt ?? null,
    settled_at: referral.settledAt ?? null,
    updated_at: referral.settledAt ?? referral.acceptedAt ?? referral.deliveredAt,
  })
}

const writeRound = (writing: Writing, filing: Filing, round: SeedRound): void => {
  const { chance, rows } = writing
  rows.rounds.push({
    complaint_id: filing.id,
    number: round.number,
    opened_at: round.openedAt,
    reviewed_at: round.reviewedAt ?? null,
    outcome: round.outcome ?? null,
    answered_at: round.answeredAt ?? null,
    answer: round.answeredAt ? answerText(chance, filing.language) : null,
    answered_by: round.answeredAt ? filing.body.code : null,
    answer_outcome: round.answerOutcome ?? null,
    satisfied: round.satisfied ?? null,
    closed_at: round.closedAt ?? null,
  })
  writeDeadlines(writing, filing, round)
  writeSubmission(
    writing,
    filing,
    round,
    round.number === 1 ? filing.text : againText(chance, filing.language),
  )
  writeReferral(writing, filing, round)
}

const CAUSES: Readonly<Record<Cause, number>> = {
  delay: 30,
  no_reply: 18,
  error_in_file: 12,
  quality: 10,
  refusal_unexplained: 8,
  missing_information: 7,
  access: 6,
  conduct: 5,
  cost: 3,
  other: 1,
}

/** The services a complaint may be about, and whose they are: those of its body, else of the next body above that has any. */
const servicesFor = (
  { code, parent }: SeedBody,
  topic: Topic | undefined,
): { owner: string; offered: readonly SeedService[] } => {
  const offered = (SERVICES[code] ?? []).filter((one) => one.topic === undefined || one.topic === topic)
  return offered.length > 0 || parent === undefined
    ? { owner: code, offered }
    : servicesFor(bodyOf(parent), topic)
}

/** Each is half as often complained about as the one before. */
const inOrder = (offered: readonly SeedService[]): Readonly<Record<string, number>> =>
  Object.fromEntries(offered.map(({ code }, nth) => [code, 0.5 ** nth]))

/** What the desk noted of it, where it did: most often for what is settled. */
const classify = ({ later }: Writing, { body, topic }: Filing, { status }: Story) => {
  const settled = status === 'answered' || status === 'closed'
  const { owner, offered } = servicesFor(body, topic)
  const said = offered.length > 0 && later.happens(settled ? 0.94 : 0.7)
  const service = said ? later.weighted(inOrder(offered)) : null
  return {
    service,
    service_of: owner,
    cause: later.happens(settled ? 0.9 : 0.35) ? later.weighted(CAUSES) : null,
  }
}

const writeComplaint = (writing: Writing, filing: Filing, story: Story): void => {
  const { deps, rows } = writing
  const { id, body, way } = filing
  const referred = story.rounds.some(({ referral }) => referral !== undefined)
  rows.complaints.push({
    id,
    reference: filing.reference,
    access_code_hash: accessCodeHash(deps.secrets, id, accessCodeOf(deps.secrets, id)),
    kind: filing.kind,
    status: story.status,
    closed_reason: story.closedReason ?? null,
    ground: story.ground ?? null,
    channel: filing.channel,
    language: filing.language,
    text: filing.text,
    place: filing.place,
    anonymous: filing.anonymous,
    named_administration: way === 'unknown' ? null : body.code,
    administration: referred || way === 'outside' ? body.code : null,
    ...classify(writing, filing, story),
    round: story.rounds.length,
    origin: 'seed',
    received_at: filing.receivedAt,
    updated_at: story.updatedAt,
  })
}

/** Officials of the demo say who is competent instead. */
const DIRECTION: Readonly<Record<Locale, string>> = {
  ar: 'الوكالة الحضرية',
  fr: 'L’agence urbaine',
  en: 'The urban planning agency',
}

const factsOf = (event: string, { body, language }: Filing, { ground }: Story): Record<string, unknown> => {
  if (event === 'referred') return { administration: body.code }
  if (event !== 'inadmissible' || ground === undefined) return {}
  return { ground, ...(ground === 'other_authority' ? { direction: DIRECTION[language] } : {}) }
}

const writeEvents = ({ chance, rows }: Writing, filing: Filing, story: Story): void => {
  for (const { at, round, event } of story.events)
    rows.events.push({
      id: chance.uuid(at),
      complaint_id: filing.id,
      round,
      at,
      event,
      actor: 'seed',
      facts: factsOf(event, filing, story),
    })
}

const emptyRows = (): SeedRows => ({
  complaints: [],
  complainants: [],
  submissions: [],
  rounds: [],
  deadlines: [],
  receipts: [],
  referrals: [],
  events: [],
})

/** What stands in the database already. */
const look = async ({ db: { sql } }: SeedDeps) => {
  const [found] = await sql<{ seeded: boolean; filed: boolean }[]>`
    select exists (select from complaints where origin = 'seed') as seeded,
           exists (select from complaints where origin <> 'seed') as filed`
  return { seeded: found?.seeded === true, filed: found?.filed === true }
}

/**
 * Writes 2,000 complaints of the 14 months before now, told to their present state; the bodies must exist. The same draws
 * every time, so what is seen repeats but for the dates. A second run changes nothing. Throws `conflict` where real
 * complaints are and `besideFilings` is not said.
 */
export const seedComplaints = async (deps: SeedDeps): Promise<{ created: number }> => {
  const { seeded, filed } = await look(deps)
  if (seeded) return { created: 0 }
  if (filed && !deps.besideFilings)
    throw new AppError('conflict', { detail: 'The database holds real complaints: it is never seeded.' })
  const rules = await readDeadlineRules(deps)
  const writing: Writing = {
    chance: chanceOf(SEED),
    later: chanceOf(SEED + 1),
    deps,
    rules,
    now: deps.clock.now(),
    rows: emptyRows(),
    references: new Set(),
  }
  for (let n = 0; n < COUNT; n += 1) {
    const filing = makeFiling(writing)
    const story = tellStory(writing.chance, { ...filing, now: writing.now })
    writeComplaint(writing, filing, story)
    writeComplainant(writing, filing)
    for (const round of story.rounds) writeRound(writing, filing, round)
    writeEvents(writing, filing, story)
  }
  await insertRows(deps.db.sql, writing.rows)
  return { created: COUNT }
}
