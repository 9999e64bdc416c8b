import type { AdditionFacts, Letter, LetterCase, NoticeFacts, NoticeKind } from '../core/letter.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { arrivedFiles, letterOf, listed, type Paragraph, threadSubject } from './letter.ts'
import { answerLanguage, nextInWords, noticeInWords, stateInWords } from './state-words.ts'
import { byteSize, ltr, type TextKey, text } from './text.ts'

/** Where the complaint stands: state, office, and what comes next. */
const standing = (locale: Locale, about: LetterCase): string => {
  const late = about.late ? ` · ${text(locale, 'state.late')}` : ''
  const office = about.office && nameIn(about.office, locale)
  return [
    `${stateInWords(locale, about)}${late}`,
    ...(office === undefined ? [] : [text(locale, 'mail.notice.office', { office })]),
    nextInWords(locale, about),
  ].join('\n')
}

const isEnded = ({ state }: LetterCase): boolean => state === 'answered' || state === 'closed'

/** What stands over the words of a body. */
const TITLES: Readonly<Partial<Record<NoticeKind, TextKey>>> = {
  need_info: 'follow.question',
  answered: 'track.answer',
}

/** What a reply to the letter does. */
const ASKS: Readonly<Partial<Record<NoticeKind, TextKey>>> = {
  need_info: 'mail.notice.reply',
  answered: 'mail.notice.rate',
  refused: 'mail.notice.again',
}

/** What the body wrote, or where it can be read when the address is nobody's for certain. */
const wordsOfBody = (
  locale: Locale,
  { notice, about, isProven, isVoiceAttached }: NoticeFacts,
): Paragraph[] => {
  const { answer, question, refusal, interim } = about
  const said = { answered: answer, need_info: question, refused: refusal, interim } as Partial<
    Record<NoticeKind, string | undefined>
  >
  const words = said[notice]
  if (words === undefined) return []
  if (!isProven) return [text(locale, 'mail.notice.online')]
  const heard = isVoiceAttached ? 'mail.notice.attached' : 'mail.notice.spoken'
  const spoken = notice === 'answered' && about.isSpoken ? [text(locale, heard)] : []
  const lead = notice === 'answered' ? answerLanguage(locale, about.answerIn) : undefined
  const title = text(locale, TITLES[notice] ?? 'mail.notice.reason')
  return [...(lead === undefined ? [] : [lead]), { title, said: words }, ...spoken]
}

/** Where what was refused belongs; the words are the list's, so they go to any address. */
const whereTo = (locale: Locale, { notice, about }: NoticeFacts): Paragraph[] =>
  notice === 'refused' && about.ground ? [text(locale, `direction.${about.ground}`)] : []

const filesOf = (locale: Locale, { files, isProven }: NoticeFacts): string[] =>
  isProven
    ? listed(
        locale,
        text(locale, 'track.media'),
        files.map(({ name, bytes, state }) =>
          text(locale, 'mail.files.state', {
            name: ltr(name),
            size: byteSize(locale, bytes),
            state: text(locale, `track.media.${state}`),
          }),
        ),
      )
    : []

const waysOn = (locale: Locale, about: LetterCase): Paragraph[] => [
  // That it can be sent again is said where it stands.
  ...(isEnded(about) ? [text(locale, 'receipt.remedies')] : []),
  { words: text(locale, 'mail.track'), url: about.links.track },
  { words: text(locale, 'mail.data'), url: about.links.privacy },
]

/** A notice that a person's words are part of is not the machine's alone. */
const closing = (locale: Locale, facts: NoticeFacts): string =>
  `${isWrittenByPerson(facts) ? '' : `${text(locale, 'mail.machine')} `}${text(locale, 'mail.person')}`

/** Whether a person wrote what the notice brings: then no header calls it automatic (RFC 3834, 5). */
export const isWrittenByPerson = ({ notice, about }: Pick<NoticeFacts, 'notice' | 'about'>): boolean =>
  ['need_info', 'answered', 'interim'].includes(notice) ||
  (notice === 'refused' && about.refusal !== undefined)

/** Before a body has it, it is the check that is late. */
const happenedInWords = (locale: Locale, { notice, about }: NoticeFacts): string =>
  notice === 'late' && about.state !== 'with_office'
    ? text(locale, 'event.review_late')
    : noticeInWords(locale, notice)

/** Tells a complainant what happened, in the words of the tracking page. */
export const noticeLetter = (facts: NoticeFacts): Letter => {
  const { about, language: locale, notice, subject } = facts
  const { kind, reference } = about
  const happened = happenedInWords(locale, facts)
  const ours = `[${reference}] ${happened}`
  const paragraphs: Paragraph[] = [
    text(locale, 'mail.notice.hello', { kind, reference }),
    happened,
    ...wordsOfBody(locale, facts),
    ...whereTo(locale, facts),
    standing(locale, about),
    text(locale, ASKS[notice] ?? 'mail.reply'),
    ...filesOf(locale, facts),
    ...waysOn(locale, about),
    closing(locale, facts),
  ]
  return letterOf(threadSubject(ours, subject, reference), [{ locale, paragraphs }])
}

/** Tells the sender of a mail that it joined a complaint, and what of it arrived. */
export const additionLetter = (facts: AdditionFacts): Letter => {
  const { about, subject } = facts
  const { kind, reference } = about
  const [first = 'ar', ...others] = facts.languages
  const ours = text(first, 'mail.added.subject', { reference })
  return letterOf(
    threadSubject(ours, subject, reference),
    [first, ...others].map((locale) => ({
      locale,
      paragraphs: [
        text(locale, 'mail.added.hello', { kind, reference }),
        ...arrivedFiles(locale, facts),
        standing(locale, about),
        ...(isEnded(about) ? [text(locale, 'mail.added.ended')] : [text(locale, 'mail.reply')]),
        ...waysOn(locale, about),
        `${text(locale, 'mail.machine')} ${text(locale, 'mail.person')}`,
      ],
    })),
  )
}
