import { html } from 'ghtml'
import { CAUSES } from '../core/cause.ts'
import { nameIn } from '../core/locale.ts'
import { submit } from '../html/form.ts'
import { text } from '../html/text.ts'
import { fold, form } from './act.form.ts'
import { may, type View } from './complaint.view.ts'

type Choice = readonly [value: string, words: string]

/**
 * What a complaint is about, chosen in two lists: the service of its body and the cause. Both may stay open; what nobody said
 * is counted as "not yet classified". `part` keeps the same lists apart where a page has them twice.
 */
export const classFields = (view: View, part: string): string => {
  const { locale, typed, record } = view
  const { service, cause, services } = record.handling
  const one = (name: 'service' | 'cause', chosen: string, choices: readonly Choice[]): string => {
    const value = typed['act'] === part ? (typed[name] ?? chosen) : chosen
    const options = [['', text(locale, 'desk.class.none')] as Choice, ...choices].map(
      ([code, words]) => html`<option value="${code}"!${code === value ? ' selected' : ''}>${words}</option>`,
    )
    return html`<div class="field"><label for="${part}-${name}">${text(locale, `desk.class.${name}`)}</label><select id="${part}-${name}" name="${name}">!${options}</select></div>`
  }
  const named = services.map(({ code, names }): Choice => [code, nameIn(names, locale)])
  const kept: Choice[] =
    service === null || services.some(({ code }) => code === service.code)
      ? []
      : [[service.code, nameIn(service.names, locale)]]
  const causes = CAUSES.map((code): Choice => [code, text(locale, `cause.${code}`)])
  return html`<fieldset class="class"><legend>${text(locale, 'desk.class.hint')}</legend>!${named.length + kept.length === 0 ? '' : one('service', service?.code ?? '', [...kept, ...named])}!${one('cause', cause ?? '', causes)}</fieldset>`
}

/** Service and cause in words. */
export const classWords = ({ locale, record: { handling } }: View): string => {
  const none = text(locale, 'desk.class.none')
  const service = handling.service ? nameIn(handling.service.names, locale) : none
  const cause = handling.cause ? text(locale, `cause.${handling.cause}`) : none
  return html`<p><strong>${text(locale, 'desk.class.service')}</strong> <bdi>${service}</bdi> · <strong>${text(locale, 'desk.class.cause')}</strong> <bdi>${cause}</bdi></p>`
}

/** What one event of the history says of it. */
export const classNoted = (
  { locale }: View,
  { service, cause }: Readonly<Record<string, unknown>>,
): string => {
  const known = CAUSES.find((code) => code === cause)
  const none = text(locale, 'desk.class.none')
  return html` (!${typeof service === 'string' ? html`<bdi>${service}</bdi> · ` : ''}${known ? text(locale, `cause.${known}`) : none})`
}

/** Noting or correcting it without another act, also once the complaint is answered. */
export const classification = (view: View): string => {
  const { locale, record } = view
  const held = record.referrals.some(({ round, state }) => round === record.round && state !== 'transferred')
  if (!held || !may(view, 'complaint.classify')) return ''
  const body = form(
    view,
    'classify',
    html`!${classFields(view, 'class')}!${submit(text(locale, 'desk.class.send'))}`,
  )
  return fold(view, 'class', text(locale, 'desk.class'), body)
}
