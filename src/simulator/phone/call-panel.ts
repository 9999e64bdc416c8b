import { html } from 'ghtml'
import type { Locale } from '../../core/locale.ts'
import { attributesOf, fileInput, textInput } from '../../html/form.ts'
import { text } from '../../html/text.ts'
import type { Heard } from './execute-call.ts'
import { microphone, PHONE_PATH, type PhoneView, whose } from './view.ts'

const button = (name: string, value: string, label: string): string =>
  html`<button class="button second" name="${name}" value="${value}">${label}</button>`

const heard = (locale: Locale, { kind, text: words, voice }: Heard): string => {
  const label = text(locale, `phone.heard.${kind}`)
  const marks = attributesOf({
    'data-heard': kind,
    'data-words': kind === 'say' || kind === 'pause' ? words : undefined,
    'data-voice': voice?.slice(0, 2),
  })
  if (kind === 'play' && /^https?:\/\//.test(words))
    return html`<li!${marks}><small>${label}</small><br><audio controls preload="none" src="${words}" aria-label="${label}"></audio><br><small dir="ltr">${words}</small></li>`
  return html`<li!${marks}><small>${label}</small><br><span dir="auto">${words}</span></li>`
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

const keypad = (view: PhoneView): string => {
  const { locale } = view
  return html`<form method="post" action="${PHONE_PATH}/keys">!${whose(view)}
<div class="keypad">!${KEYS.map((key) => button('key', key, key))}</div>
!${textInput({ locale, name: 'keys', label: text(locale, 'phone.keys'), optional: true, attributes: { dir: 'ltr', inputmode: 'tel', autocomplete: 'off' } })}
<div class="row">!${button('key', 'typed', text(locale, 'phone.press'))}!${button('key', '', text(locale, 'phone.silent'))}</div>
</form>`
}

const speechForm = (view: PhoneView): string => {
  const { locale } = view
  return html`<form method="post" enctype="multipart/form-data" action="${PHONE_PATH}/speak">!${whose(view)}
!${fileInput({ locale, name: 'speech', label: text(locale, 'phone.speech'), optional: true, attributes: { accept: 'audio/*', capture: true, ...microphone(locale, 'call') } })}
!${textInput({ locale, name: 'seconds', label: text(locale, 'phone.seconds'), value: '8', attributes: { inputmode: 'numeric', dir: 'ltr' } })}
<div class="row">!${button('ending', '#', text(locale, 'phone.speak'))}!${button('ending', 'silence', text(locale, 'phone.speak_silent'))}!${button('ending', 'hangup', text(locale, 'phone.speak_hang_up'))}</div>
</form>`
}

const actions = (view: PhoneView): string => {
  const { locale, call } = view
  if (call === undefined || call.status === 'completed') return ''
  const answer = { keys: keypad, speech: speechForm, nothing: () => '' }[call.awaits.for](view)
  return html`!${answer}<form method="post" action="${PHONE_PATH}/hang-up">!${whose(view)}<button class="button second">${text(locale, 'phone.hang_up')}</button></form>`
}

const dialForm = (view: PhoneView): string =>
  html`<form method="post" action="${PHONE_PATH}/calls">!${whose({ ...view, call: undefined })}<button class="button">${text(view.locale, 'phone.dial')}</button></form>`

/** The call of a phone: what is heard, what can be pressed or said, and the document behind it. */
export const callPanel = (view: PhoneView): string => {
  const { locale, call } = view
  if (call === undefined) return dialForm(view)
  const over = call.status === 'completed'
  return html`<h3>${text(locale, 'phone.hears')}</h3>
<ol class="files" data-prompts="${text(locale, 'phone.listen')}">!${call.heard.map((one) => heard(locale, one))}</ol>
!${over ? html`<p role="status">${text(locale, 'phone.over')}</p>!${dialForm(view)}` : actions(view)}
<details><summary>${text(locale, 'phone.twiml')}</summary><pre class="mail" dir="ltr">${call.twiml}</pre></details>`
}
