import { html } from 'ghtml'
import { type Locale, type Names, nameIn } from '../core/locale.ts'
import type { Topic } from '../core/topics.ts'
import { text } from '../html/text.ts'
import type { Cell } from './table.ts'

/** What a message of the outbox is, in words. */
export const topicName = (locale: Locale, topic: Topic): string => text(locale, `topic.${topic}`)

const WAYS = ['email', 'phone', 'sms', 'whatsapp', 'staff'] as const

/** Towards whom it goes: the body by name, a way by its word, a number or address as it is. */
export const destination = (
  locale: Locale,
  { to, body }: { readonly to: string; readonly body: Names | null },
): Cell => {
  if (body !== null) return nameIn(body, locale)
  if (/^\+\d+$|@/.test(to)) return { html: html`<bdi dir="ltr">${to}</bdi>` }
  const way = WAYS.find((known) => to.split(':').includes(known))
  return text(locale, `toward.${way ?? 'house'}`)
}
