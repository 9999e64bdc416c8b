import {
  type AfterNotice,
  type Conversation,
  type Converse,
  type Effect,
  type Heard,
  isToRead,
  type KnownComplaint,
  type MessageHeard,
  type Reply,
  type Saying,
  THIS,
  type Turn,
  type Waiting,
  type WaitingFor,
} from '../../src/core/conversation.ts'
import { digitOf, isNumberOfComplaint, isTakenUpstream, type Keyword, keywordOf } from './keywords.ts'
import { markInWords } from './marks.ts'

const MINUTE_MS = 60_000
/** Later messages join the complaint for this long after the last that did. */
const JOINING_MS = 60 * MINUTE_MS
const NOTE_EVERY_MS = 10 * MINUTE_MS
const WAITING_MS = 24 * 60 * MINUTE_MS
/** A first message that is shorter says too little to be a complaint. */
export const COMPLAINT_CHARACTERS = 10

const later = (at: Date, ms: number): string => new Date(at.getTime() + ms).toISOString()

type Changes = { readonly [K in keyof Conversation]?: Conversation[K] | undefined }

/** The conversation with changes; undefined takes a field away. */
const changed = (conversation: Conversation, changes: Changes): Conversation =>
  Object.fromEntries(
    Object.entries({ ...conversation, ...changes }).filter(([, value]) => value !== undefined),
  ) as unknown as Conversation

const turn = (
  conversation: Conversation,
  why: string,
  replies: readonly Reply[] = [],
  effects: readonly Effect[] = [],
): Turn => ({ conversation, effects, replies, why })

const waitFor = (
  purpose: WaitingFor,
  complaintId: string,
  at: Date,
  offices?: readonly string[],
): Waiting => ({
  for: purpose,
  complaintId,
  until: later(at, WAITING_MS),
  ...(offices ? { offices } : {}),
})

/** What is over is forgotten. Someone who asked to re-submit and gave no reason has re-submitted without one. */
const settleTime = (
  conversation: Conversation,
  at: Date,
): { conversation: Conversation; effects: Effect[] } => {
  const { waiting, joining } = conversation
  const isOver = (until: string | undefined) => until !== undefined && Date.parse(until) <= at.getTime()
  const waited = isOver(waiting?.until)
  return {
    conversation: changed(conversation, {
      waiting: waited ? undefined : waiting,
      joining: isOver(joining?.until) ? undefined : joining,
    }),
    effects:
      waited && waiting?.for === 'why'
        ? [{ do: 'resubmit', complaintId: waiting.complaintId, reason: '' }]
        : [],
  }
}

/** What can be done next about a complaint in its state, asked with its status. */
const questionOf = (complaint: KnownComplaint): WaitingFor | undefined => {
  const { state } = complaint
  if (isToRead(complaint)) return 'read'
  if (state === 'waiting_for_you') return 'question'
  return state === 'closed' ? 'again' : undefined
}

const tellStatus = (conversation: Conversation, at: Date, complaint: KnownComplaint | undefined): Turn => {
  if (complaint === undefined) return turn(conversation, 'status', [{ say: 'none' }])
  const question = questionOf(complaint)
  const waiting = question && waitFor(question, complaint.id, at)
  return turn(waiting ? changed(conversation, { waiting }) : conversation, 'status', [
    { say: 'status', about: complaint.id },
  ])
}

const askWithdrawal = (conversation: Conversation, { at, latest }: MessageHeard): Turn =>
  latest === undefined || latest.state === 'closed'
    ? tellStatus(conversation, at, latest)
    : turn(changed(conversation, { waiting: waitFor('withdraw', latest.id, at) }), 'withdraw', [
        { say: 'withdraw', about: latest.id },
      ])

/** The network has answered its own words already, and would refuse ours after STOP. */
const stop = (conversation: Conversation, { text, optOutUpstream }: MessageHeard): Turn => ({
  ...turn(changed(conversation, { stopped: true }), 'stop'),
  replies: conversation.stopped || (optOutUpstream && isTakenUpstream(text)) ? [] : [{ say: 'stopped' }],
})

const start = (conversation: Conversation, { optOutUpstream }: MessageHeard): Turn =>
  turn(changed(conversation, { stopped: false }), 'start', optOutUpstream ? [] : [{ say: 'help' }])

const changeLanguage = (language: 'ar' | 'fr' | 'en') => (conversation: Conversation) =>
  turn(changed(conversation, { language }), 'language', [{ say: 'help' }])

/** A picture or film cannot come by SMS here: a link of their own takes it (G29). */
const offerUpload = (conversation: Conversation, { at, latest }: MessageHeard): Turn => {
  const complaintId =
    conversation.joining?.complaintId ?? (latest?.state === 'closed' ? undefined : latest?.id)
  return complaintId === undefined
    ? tellStatus(conversation, at, latest)
    : turn(conversation, 'photo', [{ say: 'upload', about: complaintId }])
}

const KEYWORDS: Readonly<Record<Keyword, (conversation: Conversation, heard: MessageHeard) => Turn>> = {
  help: (conversation) => turn(conversation, 'help', [{ say: 'help' }]),
  status: (conversation, { at, latest }) => tellStatus(conversation, at, latest),
  new: (conversation) =>
    turn(changed(conversation, { joining: undefined, waiting: undefined, fresh: true }), 'new', [
      { say: 'help' },
    ]),
  stop,
  start,
  withdraw: askWithdrawal,
  photo: offerUpload,
  ar: changeLanguage('ar'),
  fr: changeLanguage('fr'),
  en: changeLanguage('en'),
}

const resubmit = (conversation: Conversation, complaintId: string, reason: string, at: Date): Turn =>
  turn(
    changed(conversation, { waiting: undefined, joining: { complaintId, until: later(at, JOINING_MS) } }),
    'resubmit',
    [{ say: 'resubmitted', about: complaintId }],
    [{ do: 'resubmit', complaintId, reason }],
  )

const nameOffice = (conversation: Conversation, complaintId: string, code: string): Turn =>
  turn(
    changed(conversation, { waiting: undefined }),
    'administration',
    [{ say: 'routed', about: complaintId }],
    [{ do: 'name_administration', complaintId, code }],
  )

type Option = (conversation: Conversation, waiting: Waiting, at: Date) => Turn

/** Says something about the complaint and asks the next question about it. */
const sayAndAsk =
  (says: readonly Saying[], next: WaitingFor | undefined, why: string): Option =>
  (conversation, { complaintId }, at) =>
    turn(
      changed(conversation, { waiting: next && waitFor(next, complaintId, at) }),
      why,
      says.map((say) => ({ say, about: complaintId })),
    )

const leaveOpen = sayAndAsk(['status'], undefined, 'unknown_administration')

const rate: Option = (conversation, { complaintId }) =>
  turn(
    changed(conversation, { waiting: undefined }),
    'rate',
    [{ say: 'satisfied', about: complaintId }],
    [{ do: 'rate', complaintId }],
  )

const withdraw: Option = (conversation, { complaintId }) =>
  turn(
    changed(conversation, { waiting: undefined, joining: undefined }),
    'withdraw',
    [{ say: 'withdrawn', about: complaintId }],
    [{ do: 'withdraw', complaintId }],
  )

/** What a digit means in each state; a digit that is not listed means nothing there. */
const OPTIONS: Readonly<Record<WaitingFor, Readonly<Record<number, Option>>>> = {
  administration: { 0: leaveOpen },
  pick: { 0: leaveOpen },
  read: { 1: sayAndAsk(['answer', 'rate'], 'rate', 'read') },
  details: { 1: sayAndAsk(['details', 'rate'], 'rate', 'read') },
  question: { 1: sayAndAsk(['question'], 'question', 'read') },
  rate: { 1: rate, 2: sayAndAsk(['why'], 'why', 'rate') },
  again: { 2: sayAndAsk(['why'], 'why', 'rate') },
  why: { 0: (conversation, { complaintId }, at) => resubmit(conversation, complaintId, '', at) },
  withdraw: { 0: sayAndAsk(['status'], undefined, 'kept'), 1: withdraw },
}

const choose = (conversation: Conversation, digit: number, at: Date): Turn | undefined => {
  const { waiting } = conversation
  if (waiting === undefined) return undefined
  const picked = waiting.offices?.[digit - 1]
  if (picked !== undefined) return nameOffice(conversation, waiting.complaintId, picked)
  return OPTIONS[waiting.for][digit]?.(conversation, waiting, at)
}

/** A text where a name is awaited: one office fits, or a choice of several. */
const takeName = (conversation: Conversation, { at, offices = [] }: MessageHeard): Turn | undefined => {
  const { waiting } = conversation
  const [first] = offices
  if (waiting === undefined || first === undefined) return undefined
  if (offices.length === 1) return nameOffice(conversation, waiting.complaintId, first.code)
  const codes = offices.map(({ code }) => code)
  return turn(
    changed(conversation, { waiting: waitFor('pick', waiting.complaintId, at, codes) }),
    'administration',
    [{ say: 'pick', about: waiting.complaintId, offices }],
    [{ do: 'append', complaintId: waiting.complaintId, as: 'addition' }],
  )
}

const join = (
  conversation: Conversation,
  at: Date,
  complaintId: string,
  as: 'addition' | 'information',
): Turn => {
  const { joining, waiting } = conversation
  const notedAt = joining?.complaintId === complaintId ? joining.notedAt : undefined
  const isNoteDue = notedAt === undefined || Date.parse(notedAt) + NOTE_EVERY_MS <= at.getTime()
  const noted = isNoteDue ? at.toISOString() : notedAt
  return turn(
    changed(conversation, {
      joining: { complaintId, until: later(at, JOINING_MS), notedAt: noted },
      waiting: as === 'information' ? undefined : waiting,
    }),
    'joined',
    isNoteDue ? [{ say: 'added', about: complaintId }] : [],
    [{ do: 'append', complaintId, as }],
  )
}

const file = (conversation: Conversation, at: Date): Turn =>
  turn(
    changed(conversation, {
      fresh: undefined,
      joining: { complaintId: THIS, until: later(at, JOINING_MS) },
      waiting: waitFor('administration', THIS, at),
    }),
    'filed',
    [
      { say: 'filed', about: THIS },
      { say: 'ask_administration', about: THIS },
    ],
    [{ do: 'file' }],
  )

const puzzle = (conversation: Conversation): Turn =>
  turn(changed(conversation, { puzzled: true }), 'unclear', conversation.puzzled ? [] : [{ say: 'unclear' }])

/** The complaint that waits for this person's words, if its office asked and they did not begin a new one. */
const asked = ({ fresh, waiting }: Conversation, latest: KnownComplaint | undefined): string | undefined => {
  if (waiting?.for === 'question') return waiting.complaintId
  return !fresh && latest?.state === 'waiting_for_you' ? latest.id : undefined
}

/** A text or file that is no command. */
const takeWords = (conversation: Conversation, heard: MessageHeard): Turn => {
  const { at, text, files, latest } = heard
  const { waiting, joining } = conversation
  if (waiting?.for === 'why' && (files > 0 || text.trim() !== ''))
    return resubmit(conversation, waiting.complaintId, text.trim(), at)
  const named =
    (waiting?.for === 'administration' || waiting?.for === 'pick') && files === 0
      ? takeName(conversation, heard)
      : undefined
  if (named) return named
  const question = asked(conversation, latest)
  if (question) return join(conversation, at, question, 'information')
  if (joining) return join(conversation, at, joining.complaintId, 'addition')
  if (files > 0 || [...text.trim()].length >= COMPLAINT_CHARACTERS) return file(conversation, at)
  return puzzle(conversation)
}

/** A mark in words is as good as its digit, and what is said beside is the reason. */
const takeMark = (conversation: Conversation, heard: MessageHeard): Turn | undefined => {
  const mark = markInWords(conversation, heard)
  if (mark === undefined) return undefined
  const { at } = heard
  if (mark.reason !== undefined) return resubmit(conversation, mark.complaintId, mark.reason, at)
  return choose(changed(conversation, { waiting: waitFor(mark.for, mark.complaintId, at) }), mark.digit, at)
}

const hearMessage = (conversation: Conversation, heard: MessageHeard): Turn => {
  const { text, files, at, named } = heard
  // With a file, even a lone word is what the person has to say about it.
  if (files > 0) return takeWords(conversation, heard)
  const keyword = keywordOf(text)
  if (keyword) return KEYWORDS[keyword](conversation, heard)
  const digit = digitOf(text)
  if (digit !== undefined) {
    const chosen = choose(conversation, digit, at)
    if (chosen) return chosen
    return digit === 0 ? KEYWORDS.help(conversation, heard) : puzzle(conversation)
  }
  if (named) return tellStatus(conversation, at, named)
  const marked = takeMark(conversation, heard)
  if (marked) return marked
  // Ten digits that are no complaint of this person's are told nothing of; where words are awaited they are words.
  const { joining, waiting } = conversation
  if (isNumberOfComplaint(text) && !joining && waiting?.for !== 'question' && waiting?.for !== 'why')
    return puzzle(conversation)
  return takeWords(conversation, heard)
}

/** Language by the first message, then remembered; someone who asked for silence is heard and not answered. */
const withManners = (before: Conversation, heard: MessageHeard): Turn => {
  const language = before.language ?? heard.detected
  const { conversation, replies, ...rest } = hearMessage(changed(before, { language }), heard)
  const puzzled = rest.why === 'unclear' ? true : undefined
  const mayAnswer = !conversation.stopped || !before.stopped
  return { ...rest, conversation: changed(conversation, { puzzled }), replies: mayAnswer ? replies : [] }
}

/** The conversation of one number, as a pure function: no clock, no database, no provider (ux 3.1). */
export const converse: Converse = (before: Conversation, heard: Heard): Turn => {
  const settled = settleTime(before, heard.at)
  const ended = settled.effects.map(
    (effect): Reply => ({ say: 'resubmitted', about: 'complaintId' in effect ? effect.complaintId : THIS }),
  )
  const said: Turn =
    heard.type === 'time' ? turn(settled.conversation, 'time') : withManners(settled.conversation, heard)
  return {
    ...said,
    effects: [...settled.effects, ...said.effects],
    replies: [...(before.stopped ? [] : ended), ...said.replies],
  }
}

const ASKS: Readonly<Partial<Record<Saying, WaitingFor>>> = {
  answered: 'read',
  refused: 'details',
  merged: 'again',
  need_info: 'question',
}

/** A notice that leaves something to ask; someone who is giving a reason is not interrupted. */
export const afterNotice: AfterNotice = (conversation, say, complaintId, at) => {
  const question = ASKS[say]
  if (question === undefined || conversation.waiting?.for === 'why') return conversation
  return changed(conversation, { waiting: waitFor(question, complaintId, at) })
}
