import type { CitizenState } from '../../src/core/complaint.ts'
import type { TextLocale } from '../../src/core/locale.ts'

/** Everything the hotline says in fixed words; each is one clip a language (src/html/catalogue/voice.ts). */
export const PROMPTS = [
  'welcome',
  'language',
  'menu',
  'change_language',
  'consent',
  'consent_other',
  'privacy',
  'record',
  'add',
  'voicemail',
  'too_short',
  'review',
  'review_full',
  'your_takes',
  'registered',
  'your_code',
  'answer_before',
  'again',
  'sent_to_you',
  'receipt_options',
  'receipt_repeat',
  'other_number',
  'number_wrong',
  'texted',
  'not_texted',
  'reference',
  'reference_wrong',
  'code',
  'code_wrong',
  'locked',
  'no_cases',
  'case_number',
  'case_review_before',
  'case_answer_before',
  'case_late',
  'hear_option',
  'satisfied_option',
  'resubmit_option',
  'case_options',
  'answer_is',
  'rated',
  'cannot_now',
  'person',
  'nobody_free',
  'closed',
  'hours_from',
  'hours_to',
  'wrong_key',
  'not_heard',
  'one_minute',
  'time_over',
  'other_ways',
  'bye',
  'goodbye',
  'wait',
] as const
export type Prompt = (typeof PROMPTS)[number]

/** The texts of the catalogue the clips are recorded from. */
export type VoiceWord = `voice.${Prompt}` | `state.${CitizenState}`

/** Gives a text in a language; undefined where it has not been translated. */
export type Words = (locale: TextLocale, key: VoiceWord) => string | undefined
