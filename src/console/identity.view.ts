import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { OPENING_REASONS } from '../core/opening.ts'
import { radios, submit } from '../html/form.ts'
import { text } from '../html/text.ts'
import { may, section, type View } from './complaint.view.ts'
import { deskPage, type Viewer } from './layout.ts'

/** The question every opening begins with. */
const reasonForm = (locale: Locale, action: string, button: string): string =>
  html`<form method="post" action="${action}">!${radios({
    locale,
    name: 'reason',
    label: text(locale, 'desk.identity.why'),
    hint: text(locale, 'desk.identity.logged'),
    choices: OPENING_REASONS.map((value) => ({ value, label: text(locale, `opening.${value}`) })),
  })}!${submit(button)}</form>`

const line = (term: string, value: string | null): string =>
  value === null ? '' : html`<div><dt>${term}</dt><dd><bdi>${value}</bdi></dd></div>`

const opened = ({ locale, identity }: View): string => {
  if (identity === undefined) return ''
  const { name, email, phone } = identity
  const lines = [
    line(text(locale, 'desk.identity.name'), name),
    line(text(locale, 'desk.identity.phone'), phone),
    line(text(locale, 'desk.identity.email'), email),
  ].join('')
  return html`!${lines === '' ? html`<p>${text(locale, 'desk.identity.anonymous')}</p>` : html`<dl class="facts">!${lines}</dl>`}<p><small>${text(locale, 'desk.identity.opened')}</small></p>`
}

/** A pseudonym, and behind a reason who it is. */
export const identitySection = (view: View): string => {
  const { locale, home, pseudonym, identity, record } = view
  const shield = html`<p><bdi dir="ltr">${pseudonym}</bdi>!${record.anonymous ? html` · ${text(locale, 'desk.identity.anonymous')}` : ''}</p>`
  const way =
    identity === undefined && may(view, 'complaint.identity')
      ? html`<details class="act"><summary>${text(locale, 'desk.identity.open')}</summary>!${reasonForm(locale, `${home}/identity`, text(locale, 'desk.identity.open'))}</details>`
      : opened(view)
  return html`<div id="identity">!${section(text(locale, 'desk.identity'), shield + way)}</div>`
}

/** Asked before a file or message that shows the person is given; `path` is the address of that. */
export const openingPage = (viewer: Viewer, path: string): string => {
  const { locale } = viewer
  const body = html`<p class="lead">${text(locale, 'desk.opening.lead')}</p>!${reasonForm(locale, path, text(locale, 'desk.opening.go'))}`
  return deskPage(viewer, { title: text(locale, 'desk.opening.title'), path, body })
}
