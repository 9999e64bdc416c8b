import {
  isToRead,
  type KnownComplaint,
  type KnownOffice,
  type Saying,
  type SayingValues,
  type WriteText,
} from '../core/conversation.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { dialled } from '../core/phone-number.ts'
import { fitsOneSegment, plainForSms } from '../core/segments.ts'
import { answerLanguage } from './state-words.ts'
import { type TextKey, type TextValues, text } from './text.ts'

/** Words of the office itself travel whole, in as many segments as they need; everything else is ours and fits one. */
const WHOLE: ReadonlySet<Saying> = new Set(['answer', 'question', 'details', 'interim'])

/** 2027-03-05 → 05/03/2027: figures only, so that the day reads the same way round inside Arabic. */
const shortDay = (day: string): string => day.split('-').reverse().join('/')

const stateWords = (locale: Locale, { state, closedReason }: KnownComplaint): string =>
  state === 'closed' && closedReason !== undefined
    ? text(locale, 'state.closed.because', { reason: text(locale, `closed.${closedReason}`) })
    : text(locale, `state.${state}`)

/** The status in the form that says what can be done next. */
const statusKey = (complaint: KnownComplaint): TextKey => {
  const { state, late } = complaint
  if (isToRead(complaint)) return 'sms.status.answered'
  if (state === 'waiting_for_you') return 'sms.status.waiting'
  if (state === 'closed') return 'sms.status.closed'
  return late ? 'sms.status.late' : 'sms.status'
}

/** Which of the two legal dates passed: the later one says more. */
const lateKey = ({ daysLeft }: KnownComplaint): TextKey => (daysLeft < 0 ? 'sms.late' : 'sms.late.review')

const keyOf = (say: Saying, complaint: KnownComplaint | undefined): TextKey => {
  if (say === 'status') return complaint ? statusKey(complaint) : 'sms.none'
  return say === 'late' && complaint ? lateKey(complaint) : `sms.${say}`
}

/** Our own words in letters that cost one septet each; Arabic has none of them. */
const own = (locale: Locale, words: string): string => (locale === 'ar' ? words : plainForSms(words))

const complaintValues = (locale: Locale, complaint: KnownComplaint): TextValues => ({
  kind: complaint.kind,
  reference: complaint.reference,
  date: shortDay(complaint.answerBy),
  since: shortDay(complaint.lateSince ?? complaint.answerBy),
  days: Math.max(complaint.daysLeft, 0),
  state: stateWords(locale, complaint),
  late: text(locale, 'state.late'),
  ground: text(locale, `sms.ground.${complaint.ground ?? 'other_authority'}`),
  reason: complaint.refusal ?? '',
  direction: complaint.ground ? own(locale, text(locale, `direction.${complaint.ground}`)) : '',
  question: complaint.question ?? '',
  answer: [answerLanguage(locale, complaint.answerIn), complaint.answer].filter(Boolean).join(' '),
  interim: complaint.interim ?? '',
  into: complaint.mergedInto ?? 'none',
})

const named = (locale: Locale, names: KnownOffice['names']): string => own(locale, nameIn(names, locale))

/** Names with their numbers, none longer than what is given to each. */
const listed = (names: readonly string[], most: number): string =>
  names.map((name, nth) => `${nth + 1} ${shortened(name, most)}`).join(' ')

const shortened = (name: string, most: number): string =>
  [...name].length <= most
    ? name
    : `${[...name]
        .slice(0, Math.max(most - 1, 1))
        .join('')
        .trim()}.`

/** The fullest wording that stays in one segment: names give way first, then the hotline. */
const fullest = (
  write: (most: number, hotline: string) => string,
  names: readonly string[],
  hotline: string,
) => {
  const longest = Math.max(1, ...names.map((name) => [...name].length))
  for (const line of new Set([hotline, 'none']))
    for (let most = longest; most >= Math.min(longest, SHORTEST_NAME); most -= 1) {
      const written = write(most, line)
      if (fitsOneSegment(written)) return written
    }
  return write(SHORTEST_NAME, 'none')
}

/** A name cut shorter says nothing. */
const SHORTEST_NAME = 6

/**
 * Gives the way to put sayings into words, for one hotline. The text is one segment in the encoding of its language, by the
 * real count, unless the words of an office are part of it.
 */
export const createTextWriter =
  (hotline: string | undefined, publicUrl?: string): WriteText =>
  (locale: Locale, say: Saying, { complaint, accessCode = '', link = '', offices = [] }: SayingValues) => {
    const office = complaint?.office === undefined ? [] : [named(locale, complaint.office)]
    const choices = offices.map(({ names }) => named(locale, names))
    const key = keyOf(say, complaint)
    const spoken = (line: string): string => {
      if (say !== 'answer' || !complaint?.isSpoken) return ''
      const page = publicUrl ? `${publicUrl}/${locale}/track?reference=${complaint.reference}` : 'none'
      return ` ${text(locale, 'sms.answer.spoken', { page, hotline: line })}`
    }
    const facts = complaint ? complaintValues(locale, complaint) : {}
    const write = (most: number, line: string): string => {
      const values = {
        ...facts,
        code: accessCode,
        link,
        hotline: line,
        office: shortened(office[0] ?? '', most),
        offices: listed(choices, most),
      }
      const written = `${text(locale, key, values)}${spoken(line)}`
      return WHOLE.has(say) ? written : own(locale, written)
    }
    const dial = hotline === undefined ? 'none' : dialled(hotline)
    if (WHOLE.has(say)) return write(Number.POSITIVE_INFINITY, dial).replace(/ {2,}/g, ' ').trim()
    return fullest(write, say === 'pick' ? choices : say === 'routed' ? office : [], dial)
  }
