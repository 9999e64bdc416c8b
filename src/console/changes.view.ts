import { html } from 'ghtml'
import { text } from '../html/text.ts'
import type { TimelineEntry } from '../staff/read-complaint.ts'
import { type View, when } from './complaint.view.ts'

/** Facts of an event that are somebody's words. */
const SAID = ['question', 'text', 'reason'] as const
/** Fields of the acts in which an official writes. */
const WRITTEN = ['text', 'question', 'interim', 'reason', 'remark'] as const

const wordsOf = ({ record }: View, { event, facts, round }: TimelineEntry): string[] => [
  ...SAID.flatMap((name) => (typeof facts[name] === 'string' ? [facts[name]] : [])),
  ...(event === 'answered' ? [record.rounds.find(({ number }) => number === round)?.answer ?? ''] : []),
  ...(event === 'answer_proposed' ? [record.handling.draft?.text ?? ''] : []),
]

const said = (words: string): string => (words === '' ? '' : html`<p class="said" dir="auto">${words}</p>`)

/**
 * What happened since the page was opened from which an act was sent, and what was written there: whatever the complaint allows
 * now, nothing that was typed is lost.
 */
export const changes = (view: View, eventName: (event: string) => string): string => {
  const { locale, record, typed } = view
  const seen = record.timeline.findIndex(({ id }) => id === typed['seen'])
  const since = seen === -1 ? [] : record.timeline.slice(seen + 1)
  if (view.trouble === undefined || since.length === 0) return ''
  const happened = since.map(
    (entry) =>
      html`<li>!${when(view, entry.at)} ${eventName(entry.event)} <small dir="ltr">${entry.actor === null ? '' : (view.names.get(entry.actor) ?? entry.actor)}</small>!${wordsOf(view, entry).map(said).join('')}</li>`,
  )
  const mine = WRITTEN.map((name) => said(typed[name] ?? '')).join('')
  const written = mine === '' ? '' : html`<h3>${text(locale, 'desk.changes.mine')}</h3>!${mine}`
  return html`<div class="notice" id="changes"><h3>${text(locale, 'desk.changes')}</h3><ol>!${happened}</ol>!${written}</div>`
}
