import { officeDay } from '../core/deadlines.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { fillTemplate, TEMPLATE_VARIABLES, type TemplateAct } from '../core/template.ts'
import { longDay, ltr, text } from '../html/text.ts'
import type { View } from './complaint.view.ts'

/** The field of the page into which ready words of an act go. */
const FIELDS: Readonly<Record<TemplateAct, string>> = {
  answer: 'text',
  question: 'question',
  refusal: 'reason',
  interim: 'interim',
}

type Typed = Readonly<Record<string, string>>

/** What was typed, with the ready words that were asked for in their field, filled from the complaint in its language. */
export const withReadyWords = (
  typed: Typed,
  { record, templates, officeZone }: Pick<View, 'record' | 'templates' | 'officeZone'>,
): Typed => {
  if (typed['step'] !== 'template') return typed
  const chosen = templates.find(({ id }) => id === typed['template'])
  if (chosen === undefined) return typed
  const { language, administration, handling, answerBy, reference, receivedAt } = record
  const words = fillTemplate(chosen.text, {
    reference,
    administration: administration === null ? '' : nameIn(administration.names, language),
    service: handling.service === null ? '' : nameIn(handling.service.names, language),
    filed: longDay(language, officeDay(receivedAt, officeZone)),
    answer_by: answerBy === null ? '' : longDay(language, answerBy),
  })
  return { ...typed, [FIELDS[chosen.act]]: words }
}

/** What is wrong with words that leave open what nothing fills, and what may be left open. */
export const unknownWords = (locale: Locale, names = ''): string =>
  text(locale, 'ready.unknown', {
    names: names
      .split(', ')
      .map((name) => ltr(`{${name}}`))
      .join(' '),
    known: TEMPLATE_VARIABLES.map((name) => ltr(`{${name}}`)).join(' '),
  })
