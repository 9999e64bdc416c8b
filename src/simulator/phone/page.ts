import { html } from 'ghtml'
import type { Locale } from '../../core/locale.ts'
import { measure } from '../../core/segments.ts'
import { fileInput, radios, textArea, textInput } from '../../html/form.ts'
import { page } from '../../html/layout.ts'
import { text } from '../../html/text.ts'
import { callPanel } from './call-panel.ts'
import { PHONE_ISLANDS, PHONE_STYLE } from './islands.ts'
import { LINES, type SimulatedMessage } from './state.ts'
import { addressOf, isShown, microphone, PHONE_PATH, type PhoneView, whose } from './view.ts'

const sentFile = (locale: Locale, url: string, type: string): string => {
  const name = text(locale, 'phone.sent_file')
  if (!isShown(type)) return html`<br><small dir="ltr">application/octet-stream</small>`
  const shown = type.startsWith('image/')
    ? html`<img src="${url}" alt="${name}">`
    : type.startsWith('audio/')
      ? html`<audio controls preload="none" src="${url}" aria-label="${name}"></audio>`
      : html`<video controls preload="none" src="${url}" aria-label="${name}"></video>`
  return html`<br>!${shown}<br><small dir="ltr">${type}</small>`
}

const attached = (locale: Locale, { sid, files, links }: SimulatedMessage): string =>
  [
    ...files.map(({ type }, nth) => sentFile(locale, `${PHONE_PATH}/files/${sid}/${nth}`, type)),
    ...links.map((link) => html`<br><a href="${link}" dir="ltr">${link}</a>`),
  ].join('')

const detail = (locale: Locale, message: SimulatedMessage): string => {
  const { direction, body, status, errorCode, template, line } = message
  if (direction === 'inbound') return text(locale, 'phone.in')
  const { encoding, segments, units } = measure(body)
  const name = encoding === 'gsm7' ? 'GSM-7' : 'UCS-2'
  return [
    text(locale, 'phone.out'),
    ...(line === 'sms' ? [text(locale, 'phone.segments', { segments, encoding: name, units })] : []),
    ...(template ? [text(locale, 'phone.template', { template: template.sid })] : []),
    text(locale, 'phone.state', { state: errorCode === undefined ? status : `${status} ${errorCode}` }),
  ].join(' · ')
}

const bubble = (locale: Locale, message: SimulatedMessage): string =>
  html`<li class="${message.direction === 'inbound' ? 'said' : 'heard'}"><p dir="auto">${message.body || message.template?.variables || ''}!${attached(locale, message)}</p><small>${detail(locale, message)}</small></li>`

const thread = ({ locale, messages }: PhoneView): string =>
  messages.length === 0
    ? html`<p>${text(locale, 'phone.empty')}</p>`
    : html`<ol class="thread">!${messages.map((message) => bubble(locale, message))}</ol>`

const numberForm = ({
  locale,
  phone,
  line,
}: PhoneView): string => html`<form method="get" action="${PHONE_PATH}">
!${textInput({ locale, name: 'phone', label: text(locale, 'phone.number'), value: phone, attributes: { dir: 'ltr', inputmode: 'tel' } })}
!${radios({
  locale,
  name: 'line',
  label: text(locale, 'phone.line'),
  chosen: line,
  inRow: true,
  choices: LINES.map((value) => ({ value, label: text(locale, `phone.line.${value}`) })),
})}
<button class="button second">${text(locale, 'phone.use')}</button>
</form>`

const writeForm = (view: PhoneView): string => {
  const { locale } = view
  return html`<form method="post" enctype="multipart/form-data" action="${PHONE_PATH}/messages">!${whose(view)}
!${textArea({ locale, name: 'text', label: text(locale, 'phone.text'), attributes: { dir: 'auto', rows: 3 } })}
!${fileInput({ locale, name: 'file', label: text(locale, 'phone.file'), optional: true, attributes: { accept: 'image/*,audio/*,video/*', ...microphone(locale, 'note') } })}
<button class="button">${text(locale, 'phone.send')}</button>
</form>`
}

const tick = (locale: Locale, name: 'duplicate' | 'reorder' | 'drop', isOn: boolean): string =>
  html`<label class="choice"><input type="checkbox" name="${name}" value="1"!${isOn ? ' checked' : ''}><span>${text(locale, `phone.${name}`)}</span></label>`

const misbehaveForm = (view: PhoneView): string => {
  const { locale, misbehaviour } = view
  const numberOf = (name: 'delay' | 'refuse' | 'not_found_first', value: number) =>
    textInput({
      locale,
      name,
      label: text(locale, `phone.${name}`),
      value: String(value),
      attributes: { inputmode: 'numeric', dir: 'ltr' },
    })
  return html`<details><summary>${text(locale, 'phone.misbehave')}</summary>
<form method="post" action="${PHONE_PATH}/misbehave">!${whose(view)}
!${tick(locale, 'duplicate', misbehaviour.duplicate)}!${tick(locale, 'reorder', misbehaviour.reorder)}!${tick(locale, 'drop', misbehaviour.drop)}
!${numberOf('delay', misbehaviour.delay)}!${numberOf('refuse', misbehaviour.refuse)}!${numberOf('not_found_first', misbehaviour.notFoundFirst)}
<button class="button second">${text(locale, 'phone.apply')}</button>
</form></details>`
}

/** One phone: its thread on one line, its call, and the faults of its operator. */
export const phonePage = (view: PhoneView): string => {
  const { locale, phone, line, call } = view
  const title = text(locale, 'phone.title')
  const here = addressOf({ phone, line, ...(call ? { call: call.sid } : {}) })
  const body = html`<h1>${title}</h1><p class="lead">${text(locale, 'phone.lead')}</p>
!${numberForm(view)}
<h2>${text(locale, 'phone.messages')}</h2>
!${thread(view)}
<p><a href="${here}">${text(locale, 'phone.refresh')}</a></p>
!${writeForm(view)}
<h2>${text(locale, 'phone.call')}</h2>
!${callPanel(view)}
!${misbehaveForm(view)}`
  const islands = PHONE_ISLANDS.map(({ url }) => url)
  const head = html`<link rel="stylesheet" href="${PHONE_STYLE.url}">`
  return page({ locale, title, path: '/', body, islands, head })
}
