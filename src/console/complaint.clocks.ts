import { html } from 'ghtml'
import { longDay, longInstant, text } from '../html/text.ts'
import { whyDate } from '../html/why-date.ts'
import { may, type View } from './complaint.view.ts'

/** Both legal clocks: the day, whether it runs, and why it is this day. */
export const clocks = (view: View): string => {
  const { locale, record, officeZone: zone } = view
  const one = (kind: 'review' | 'answer', day: string | null): string => {
    if (day === null) return ''
    const runs = record.runs === kind
    const tone = runs && record.late ? 'over' : runs ? 'soon' : 'none'
    const words = text(locale, `console.${kind}_by`, { day: longDay(locale, day) })
    const state = runs
      ? text(locale, record.late ? 'state.late' : 'desk.clock.runs')
      : text(locale, 'desk.clock.rests')
    return html`<div class="clock ${tone}"><strong>${words}</strong> <small>${state}</small><details class="why"><summary>${text(locale, 'why')}</summary><p>${whyDate(locale, record.handling.counting, { kind, zone })}</p></details></div>`
  }
  return html`<div class="clocks">!${one('review', record.reviewBy)}!${one('answer', record.answerBy)}</div>`
}

/** Who has it, and the one thing the law wants next. */
export const nextAct = (view: View): string => {
  const { locale, record, home } = view
  if (record.handedOnAt !== null) {
    const day = longInstant(locale, record.handedOnAt, view.officeZone)
    return html`<p class="notice">${text(locale, 'desk.handed_on', { day })}</p>`
  }
  const { assignee } = record.handling
  const owner =
    assignee === null
      ? text(locale, 'desk.owner.none')
      : html`${text(locale, 'desk.owner')} <bdi dir="ltr">${assignee.email}</bdi>`
  const isMine = assignee !== null && assignee.id === view.viewer.session?.staffId
  const ended = ['answered', 'closed'].includes(record.status)
  const take =
    ended || isMine || !may(view, 'complaint.take')
      ? ''
      : html`<form class="inline" id="take" method="post" action="${home}/take"><input type="hidden" name="seen" value="${record.handling.version}"><button class="button">${text(locale, 'desk.take')}</button></form>`
  return html`<div class="next"><p>!${owner} · ${text(locale, `desk.next.${record.status}`)}</p>!${take}</div>`
}
