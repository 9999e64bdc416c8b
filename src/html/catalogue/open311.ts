import { texts } from './define.ts'

/** What a program that files by Open311 shows to the person behind it. */
export const open311 = texts({
  ar: { 'open311.notice': 'الرقم {reference}، الرمز {code}. الجواب قبل {day}.' },
  fr: { 'open311.notice': 'Numéro {reference}, code {code}. Réponse avant le {day}.' },
  en: { 'open311.notice': 'Number {reference}, code {code}. Answer due by {day}.' },
})
