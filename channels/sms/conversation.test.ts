import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  Conversation,
  KnownComplaint,
  KnownOffice,
  MessageHeard,
  WaitingFor,
} from '../../src/core/conversation.ts'
import { composeReference } from '../../src/core/reference.ts'
import { afterNotice, converse } from './conversation.ts'

const AT = new Date('2026-11-21T10:00:00Z')
const inMinutes = (minutes: number) => new Date(AT.getTime() + minutes * 60_000)
const REFERENCE = composeReference(2026, 1234567)
const SENTENCE = 'Le guichet est fermé depuis lundi'

const complaint = (facts: Partial<KnownComplaint> = {}): KnownComplaint => ({
  id: 'c1',
  reference: REFERENCE,
  kind: 'complaint',
  state: 'with_office',
  late: false,
  round: 1,
  answerBy: '2027-02-04',
  daysLeft: 75,
  ...facts,
})
const office = (code: string): KnownOffice => ({ code, names: { fr: code } })

const quiet: Conversation = { stopped: false, language: 'fr' }
const joining: Conversation = {
  ...quiet,
  joining: { complaintId: 'c1', until: inMinutes(60).toISOString() },
}
const noted: Conversation = {
  ...quiet,
  joining: { complaintId: 'c1', until: inMinutes(60).toISOString(), notedAt: inMinutes(-5).toISOString() },
}
const waiting = (purpose: WaitingFor, more: object = {}): Conversation => ({
  ...quiet,
  waiting: { for: purpose, complaintId: 'c1', until: inMinutes(60).toISOString(), ...more },
})
const picking = waiting('pick', { offices: ['A', 'B', 'C'] })
const stopped: Conversation = { ...quiet, stopped: true }

const hear = (conversation: Conversation, text: string, more: Partial<MessageHeard> = {}) =>
  converse(conversation, { type: 'message', at: AT, text, files: 0, optOutUpstream: false, ...more })

/** What came of it in one line: effects, then what is said, then what is awaited. */
const told = (turn: ReturnType<typeof converse>): string => {
  const effects = turn.effects.map((effect) =>
    [
      effect.do,
      ...('code' in effect ? [effect.code] : []),
      ...('as' in effect ? [effect.as] : []),
      ...('reason' in effect ? [effect.reason] : []),
    ].join(':'),
  )
  const says = turn.replies.map(({ say }) => say)
  return `${effects.join(' ')} > ${says.join(' ')} > ${turn.conversation.waiting?.for ?? ''}`.trim()
}

type Case = readonly [string, Conversation, string, string, Partial<MessageHeard>?]

const answered = { latest: complaint({ state: 'answered' }) }
const askedFor = { latest: complaint({ state: 'waiting_for_you' }) }
const closed = { latest: complaint({ state: 'closed' }) }
const open = { latest: complaint() }
const FILED = 'file > filed ask_administration > administration'

const cases: readonly Case[] = [
  // The first message is the complaint.
  ['a sentence is a complaint', quiet, SENTENCE, FILED],
  ['ten characters are enough', quiet, '1234567 ab', FILED],
  ['nine are not', quiet, 'trop bref', ' > unclear > '],
  ['white space is not counted', quiet, '   court     ', ' > unclear > '],
  ['ten Arabic letters', quiet, 'الماء مقطوع', FILED],
  ['emoji are characters', quiet, '🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍', FILED],
  ['Stop in a sentence', quiet, "Stop aux coupures d'eau dans mon quartier", FILED],
  ['توقف in a sentence', quiet, 'توقف الماء في حينا منذ يومين', FILED],
  ['Suivi in a sentence', quiet, 'Suivi médical impossible ici', FILED],
  ['a photo without a word', quiet, '', FILED, { files: 1 }],
  ['a photo with a keyword', quiet, 'stop', FILED, { files: 1 }],
  ['unclear once', { ...quiet, puzzled: true }, 'ok', ' >  > '],
  ['nothing at all', quiet, '', ' > unclear > '],
  ['a sign', quiet, '?', ' > unclear > '],
  // Status, whichever way it is written.
  ['STATUS', quiet, 'STATUS', ' > status > ', open],
  ['status', quiet, 'status', ' > status > ', open],
  ['with a dot', quiet, 'Status.', ' > status > ', open],
  ['SUIVI', quiet, 'SUIVI', ' > status > ', open],
  ['Suivi with space', quiet, '  suivi \n', ' > status > ', open],
  ['ÉTAT', quiet, 'ÉTAT', ' > status > ', open],
  ['état, decomposed', quiet, 'e\u0301tat', ' > status > ', open],
  ['تتبع', quiet, 'تتبع', ' > status > ', open],
  ['with vowels', quiet, 'تَتَبُّع', ' > status > ', open],
  ['with tatweel', quiet, 'تتبـــع', ' > status > ', open],
  ['without any complaint', quiet, 'STATUS', ' > none > '],
  ['of an answered one', quiet, 'STATUS', ' > status > read', answered],
  ['of one that waits for the person', quiet, 'STATUS', ' > status > question', askedFor],
  ['of a closed one', quiet, 'STATUS', ' > status > again', closed],
  ['by reference', quiet, REFERENCE, ' > status > ', { named: complaint() }],
  [
    'by a reference in groups',
    quiet,
    REFERENCE.replace(/(..)(....)/, '$1 $2-'),
    ' > status > ',
    { named: complaint() },
  ],
  ["another person's reference", quiet, REFERENCE, ' > unclear > '],
  [
    'a mistyped reference',
    quiet,
    `${REFERENCE.slice(0, 9)}${(Number(REFERENCE[9]) + 1) % 10}`,
    ' > unclear > ',
  ],
  ['a telephone number while telling', joining, '0612345678', 'append:addition > added > '],
  // Help and language.
  ['HELP', quiet, 'HELP', ' > help > '],
  ['AIDE', quiet, 'aide', ' > help > '],
  ['مساعدة', quiet, 'مساعدة', ' > help > '],
  ['مساعده', quiet, 'مساعده', ' > help > '],
  ['عاونوني', quiet, 'عاونوني', ' > help > '],
  ['0', quiet, '0', ' > help > '],
  ['٠', quiet, '٠', ' > help > '],
  ['Persian zero', quiet, '۰', ' > help > '],
  ['AR', quiet, 'AR', ' > help > '],
  ['en', quiet, 'en', ' > help > '],
  ['FR', quiet, 'Fr', ' > help > '],
  // Joining and NEW.
  ['a later message', joining, 'Rue Oum Rabia', 'append:addition > added > '],
  ['a short one too', joining, 'Rabat', 'append:addition > added > '],
  ['noted once in ten minutes', noted, 'Rue Oum Rabia', 'append:addition >  > '],
  ['a later photo', joining, '', 'append:addition > added > ', { files: 2 }],
  ['after the hour', joining, SENTENCE, FILED, { at: inMinutes(60) }],
  ['just before the hour', joining, SENTENCE, 'append:addition > added > ', { at: inMinutes(59) }],
  ['NEW', joining, 'NEW', ' > help > '],
  ['NOUVEAU', joining, 'nouveau', ' > help > '],
  ['جديد', joining, 'جديد', ' > help > '],
  ['a keyword inside the hour is a keyword', joining, 'STATUS', ' > status > ', open],
  // Which office.
  [
    'one office fits',
    waiting('administration'),
    'Santé',
    'name_administration:SANTE > routed > ',
    { offices: [office('SANTE')] },
  ],
  [
    'several fit',
    waiting('administration'),
    'Rabat',
    'append:addition > pick > pick',
    { offices: [office('A'), office('B')] },
  ],
  ['the person does not know', waiting('administration'), '0', ' > status > ', open],
  [
    'no office fits',
    { ...waiting('administration'), joining: joining.joining! },
    'blabla',
    'append:addition > added > administration',
  ],
  ['1', picking, '1', 'name_administration:A > routed > '],
  ['٢', picking, '٢', 'name_administration:B > routed > '],
  ['۳', picking, '۳', 'name_administration:C > routed > '],
  ['3.', picking, '3.', 'name_administration:C > routed > '],
  ['4 is not offered', picking, '4', ' > unclear > pick'],
  ['none of them', picking, '0', ' > status > '],
  ['another name', picking, 'Justice', 'name_administration:J > routed > ', { offices: [office('J')] }],
  ['after a day the number means nothing', picking, '1', ' > unclear > ', { at: inMinutes(61) }],
  ['after a day zero is help', waiting('administration'), '0', ' > help > ', { at: inMinutes(61) }],
  // Reading, rating, sending again.
  ['read the answer', waiting('read'), '1', ' > answer rate > rate'],
  ['satisfied', waiting('rate'), '1', 'rate > satisfied > '],
  ['not satisfied', waiting('rate'), '2', ' > why > why'],
  ['٢ in Arabic', waiting('rate'), '٢', ' > why > why'],
  ['3 is no answer', waiting('rate'), '3', ' > unclear > rate'],
  ['why', waiting('why'), 'Rien', 'resubmit:Rien > resubmitted > '],
  ['why, at length', waiting('why'), SENTENCE, `resubmit:${SENTENCE} > resubmitted > `],
  ['why, by a voice note', waiting('why'), '', 'resubmit: > resubmitted > ', { files: 1 }],
  ['no reason', waiting('why'), '0', 'resubmit: > resubmitted > '],
  ['no reason in Arabic digits', waiting('why'), '٠', 'resubmit: > resubmitted > '],
  ['a keyword instead of a reason', waiting('why'), 'STATUS', ' > status > why', open],
  [
    'a reason that never came',
    waiting('why'),
    'STATUS',
    'resubmit: > resubmitted status > ',
    { ...open, at: inMinutes(61) },
  ],
  ['not satisfied, in words', waiting('rate'), 'Pas satisfait', ' > why > why'],
  ['لا', waiting('rate'), 'لا', ' > why > why'],
  [
    'not satisfied, and why',
    waiting('rate'),
    'Non, le guichet est fermé',
    'resubmit:Non, le guichet est fermé > resubmitted > ',
  ],
  ['satisfied, in words', waiting('rate'), 'Oui', 'rate > satisfied > '],
  ['not satisfied, a day later', quiet, 'غير راض', ' > why > why', answered],
  ['yes to one that is closed', waiting('again'), 'Oui', ' > unclear > again'],
  ['a sentence instead of a mark is a new complaint', waiting('rate'), SENTENCE, FILED],
  ['why it was refused', waiting('details'), '1', ' > details rate > rate'],
  ['send a closed one again', waiting('again'), '2', ' > why > why'],
  // What the office asks.
  ['see the question', waiting('question'), '1', ' > question > question'],
  ['answer it', waiting('question'), 'Oui', 'append:information > added > '],
  ['answer it without having looked', quiet, SENTENCE, 'append:information > added > ', askedFor],
  ['answer it by a photo', quiet, '', 'append:information > added > ', { ...askedFor, files: 1 }],
  ['NEW keeps apart', { ...quiet, fresh: true }, SENTENCE, FILED, askedFor],
  // Pictures where no MMS is.
  ['PHOTO', quiet, 'Photo', ' > upload > ', open],
  ['صورة', quiet, 'صورة', ' > upload > ', open],
  ['VIDÉO in the hour', joining, 'vidéo', ' > upload > '],
  ['a picture for nothing', quiet, 'film', ' > none > '],
  ['a picture for a closed one', quiet, 'film', ' > status > again', closed],
  // Withdrawing.
  ['WITHDRAW', quiet, 'WITHDRAW', ' > withdraw > withdraw', open],
  ['RETRAIT', quiet, 'Retrait', ' > withdraw > withdraw', open],
  ['سحب', quiet, 'سحب', ' > withdraw > withdraw', open],
  ['nothing to withdraw', quiet, 'RETRAIT', ' > none > '],
  ['a closed one', quiet, 'RETRAIT', ' > status > again', closed],
  ['yes', waiting('withdraw'), '1', 'withdraw > withdrawn > '],
  ['no', waiting('withdraw'), '0', ' > status > '],
  // Silence.
  ['STOP', quiet, 'STOP', ' > stopped > '],
  ['Stop!', quiet, 'Stop!', ' > stopped > '],
  ['ARRÊT', quiet, 'ARRÊT', ' > stopped > '],
  ['توقف', quiet, 'توقف', ' > stopped > '],
  ['STOP that the network took', quiet, 'STOP', ' >  > ', { optOutUpstream: true }],
  ['ARRET that the network took', quiet, 'arret', ' >  > ', { optOutUpstream: true }],
  ['توقف is unknown to the network', quiet, 'توقف', ' > stopped > ', { optOutUpstream: true }],
  ['STOP twice', stopped, 'STOP', ' >  > '],
  ['a complaint after STOP is filed in silence', stopped, SENTENCE, 'file >  > administration'],
  ['STATUS after STOP', stopped, 'STATUS', ' >  > ', open],
  ['START', stopped, 'START', ' > help > '],
  ['START that the network took', stopped, 'start', ' >  > ', { optOutUpstream: true }],
]

describe('the conversation', () => {
  it.each(cases.map(([name, ...rest]) => ({ name, rest })))('$name', ({ rest }) => {
    const [before, text, expected, more] = rest
    expect(told(hear(before, text, more)).trim()).toBe(expected.trim())
  })

  it('takes the language of the first message and keeps it', () => {
    const first = hear({ stopped: false }, SENTENCE, { detected: 'fr' }).conversation
    expect(first.language).toBe('fr')
    expect(hear(first, 'الماء مقطوع عندنا', { detected: 'ar' }).conversation.language).toBe('fr')
    expect(hear(first, 'AR').conversation.language).toBe('ar')
  })

  it('opens the joining window with a filing, moves it on with each message, and NEW shuts it', () => {
    const filed = hear(quiet, SENTENCE).conversation
    expect(filed.joining).toEqual({ complaintId: 'this', until: inMinutes(60).toISOString() })
    expect(hear(joining, 'encore', { at: inMinutes(50) }).conversation.joining?.until).toBe(
      inMinutes(110).toISOString(),
    )
    const fresh = hear(joining, 'NEW').conversation
    expect(fresh.joining).toBeUndefined()
    expect(told(hear(fresh, SENTENCE, askedFor))).toBe(FILED)
    expect(hear(fresh, SENTENCE).conversation.fresh).toBeUndefined()
  })

  it('says "added" again ten minutes later', () => {
    expect(told(hear(noted, 'encore', { at: inMinutes(5) }))).toBe('append:addition > added >')
  })

  it('re-submits without a reason when none comes within the day', () => {
    const late = converse(waiting('why'), { type: 'time', at: inMinutes(61) })
    expect(told(late)).toBe('resubmit: > resubmitted >')
    expect(told(converse(waiting('why'), { type: 'time', at: inMinutes(59) }))).toBe('>  > why')
    expect(told(converse({ ...waiting('why'), stopped: true }, { type: 'time', at: inMinutes(61) }))).toBe(
      'resubmit: >  >',
    )
  })

  it.each([
    ['answered', 'read'],
    ['refused', 'details'],
    ['need_info', 'question'],
    ['late', undefined],
  ] as const)('after the notice %s a digit means %s', (say, purpose) => {
    expect(afterNotice(quiet, say, 'c9', AT).waiting?.for).toBe(purpose)
  })

  it('is not interrupted by a notice while a reason is awaited', () => {
    expect(afterNotice(waiting('why'), 'answered', 'c9', AT)).toEqual(waiting('why'))
  })

  it('never changes what it was given, never repeats a notice to someone silent, and loses no long message', () => {
    const states = [
      quiet,
      joining,
      noted,
      picking,
      stopped,
      ...(['read', 'rate', 'why', 'question', 'withdraw'] as const).map((w) => waiting(w)),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...states),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        (before, text) => {
          const frozen = structuredClone(before)
          const result = hear(before, text)
          expect(before).toEqual(frozen)
          if (before.stopped && result.conversation.stopped) expect(result.replies).toEqual([])
          const kept = result.effects.some(({ do: what }) => ['file', 'append', 'resubmit'].includes(what))
          const isWords = (text.match(/\p{L}+/gu) ?? []).length > 1 && [...text.trim()].length >= 10
          if (isWords) expect(kept).toBe(true)
        },
      ),
    )
  })
})
