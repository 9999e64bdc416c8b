import { html } from 'ghtml'
import { LIMITS } from '../core/limits.ts'
import { ANSWER_OUTCOMES } from '../core/referral.ts'
import { measure } from '../core/segments.ts'
import { hidden, submit, textArea } from '../html/form.ts'
import { byteSize, type TextKey, text } from '../html/text.ts'
import { fold, form, readyWords, words } from './act.form.ts'
import { classFields } from './complaint.class.ts'
import { player } from './complaint.media.ts'
import { may, section, type View, when } from './complaint.view.ts'
import { channelName } from './inbox.page.ts'
import { actionButton } from './table.ts'

/** The answer of a round as it was spoken, to be listened to. */
export const spoken = (view: View, round: number): string => {
  const recording = view.record.media.find((asset) => asset.ofAnswer && asset.round === round)
  if (recording === undefined) return ''
  const { locale } = view
  const heard = player(view, { ...recording, name: text(locale, 'desk.voice') })
  return html`<figure class="voice"><figcaption>${text(locale, 'desk.voice')} · ${text(locale, `dossier.media.${recording.state}` as TextKey)}</figcaption>!${heard}</figure>`
}

/** Answering by voice beside the words: recorded here or taken from a file. */
const voice = (view: View): string => {
  const { locale, record, home } = view
  const { version } = record.handling
  const has = record.media.some(({ ofAnswer, round }) => ofAnswer && round === record.round)
  const limit = text(locale, 'desk.voice.hint', { size: byteSize(locale, LIMITS.answerVoiceBytes) })
  const away = has ? actionButton(`${home}/answer/voice/drop`, text(locale, 'desk.voice.drop'), 'second') : ''
  return html`<fieldset class="voice" id="voice"><legend>${text(locale, 'desk.voice.add')}</legend>!${spoken(view, record.round)}!${away}
<form method="post" enctype="multipart/form-data" action="${home}/answer/voice" data-speak="${text(locale, 'desk.voice.start')}" data-stop="${text(locale, 'desk.voice.stop')}" data-denied="${text(locale, 'desk.voice.denied')}">!${hidden('seen', version)}
<div class="field"><label for="voice-file">${text(locale, 'desk.voice.file')}</label><span class="hint">${limit}</span><input id="voice-file" type="file" name="voice" accept="audio/*" required></div>
<p class="status" role="status"></p>!${submit(text(locale, 'desk.voice.send'))}</form></fieldset>`
}

/** How the answer travels and what it costs, and its words as the person gets them. */
export const answerPreview = (
  { locale, way, record }: Pick<View, 'locale' | 'way' | 'record'>,
  typed: string,
): string => {
  const isText = way.channel === 'sms' || way.channel === 'whatsapp'
  const said = text(record.language, 'sms.answer', { reference: record.reference, answer: typed })
  // The words of an office travel as they were written: one accent too many may cost a part more.
  const shown = isText ? said : typed
  const cost =
    way.channel === 'sms' ? ` · ${text(locale, 'desk.segments', { count: measure(shown).segments })}` : ''
  return html`<p><strong>${text(locale, 'desk.preview')}</strong><small>${cost}</small></p><p class="said out" lang="${record.language}" dir="auto">${shown}</p>`
}

const LANGUAGES = { ar: 'العربية', fr: 'Français', en: 'English' } as const

/** Others read the answer too, and some of them in another language. */
const alsoReading = ({ locale, record }: View): string => {
  const { others } = record.merging
  if (others.length === 0) return ''
  const elsewhere = others.flatMap(({ language }) =>
    language === null || language === record.language ? [] : [language],
  )
  const counted = [...Map.groupBy(elsewhere, (language) => language)].map(
    ([language, all]) => html`<span lang="${language}">${LANGUAGES[language]}</span> (${all.length})`,
  )
  const said =
    counted.length === 0
      ? ''
      : html`<p>!${text(locale, 'desk.merged.languages', { languages: counted.join(' · ') })}</p>`
  return html`<div class="notice"><p>${text(locale, 'desk.merged.read', { count: others.length })}</p>!${said}</div>`
}

const wayLine = ({ locale, way, record }: View): string => {
  const channel = way.channel === 'none' ? text(locale, 'desk.way.none') : channelName(locale, way.channel)
  const stopped = way.stopped
    ? html` · <strong class="late">${text(locale, 'desk.way.stopped')}</strong>`
    : ''
  return html`<p>${text(locale, 'desk.way')} ${channel} · ${text(locale, 'desk.language')} : <span lang="${record.language}">${LANGUAGES[record.language]}</span>!${stopped}</p>`
}

/** The composer: the way, the words, what they cost, the voice. */
export const answer = (view: View): string => {
  const { locale, record, typed, home } = view
  const { draft, approvesAnswers } = record.handling
  const mayAnswer = !['answered', 'closed', 'triage', 'answer_in_approval'].includes(record.status)
  if (!mayAnswer || !may(view, 'complaint.answer')) return ''
  const value = typed['text'] ?? draft?.text
  const outcome = typed['outcome'] ?? draft?.outcome ?? ''
  const outcomes = ['', ...ANSWER_OUTCOMES].map(
    (one) =>
      html`<option value="${one}"!${one === outcome ? ' selected' : ''}>${one === '' ? '' : text(locale, `desk.outcome.${one as (typeof ANSWER_OUTCOMES)[number]}`)}</option>`,
  )
  const waits = approvesAnswers && !may(view, 'complaint.approve')
  const remark = draft?.remark
    ? html`<p class="notice">${text(locale, 'desk.returned')} ${draft.remark}</p>`
    : ''
  const body = html`!${wayLine(view)}!${remark}!${alsoReading(view)}<form method="post" action="${home}/answer" data-preview="${home}/answer/preview">!${hidden('seen', record.handling.version)}!${readyWords(view, 'answer')}
!${textArea({ locale, name: 'text', label: text(locale, 'desk.answer.text'), value, attributes: { required: true, maxlength: 20000, dir: 'auto', rows: 8, lang: record.language } })}
<div class="field"><label for="outcome">${text(locale, 'desk.answer.outcome')}</label><select id="outcome" name="outcome">!${outcomes}</select></div>
!${classFields(view, 'answer')}
<output>!${view.previews && value ? answerPreview(view, value) : ''}</output>
<div class="buttons"><button class="button" name="step" value="send">${text(locale, waits ? 'desk.answer.propose' : 'desk.answer.send')}</button> <button class="button small" name="step" value="preview">${text(locale, 'desk.preview')}</button></div></form>!${voice(view)}`
  return fold(view, 'answer', text(locale, 'desk.answer'), body, draft !== null)
}

/** An answer that waits for a second person. */
export const approval = (view: View): string => {
  const { locale, record } = view
  const { draft } = record.handling
  if (record.status !== 'answer_in_approval' || draft === null) return ''
  const shown = html`!${wayLine(view)}!${answerPreview(view, draft.text)}!${spoken(view, record.round)}<p><small><bdi dir="ltr">${view.names.get(draft.writtenBy) ?? draft.writtenBy}</bdi> · !${when(view, draft.writtenAt)}</small></p>`
  const acts = may(view, 'complaint.approve')
    ? html`!${form(view, 'approve', submit(text(locale, 'desk.approve')))}!${form(view, 'return', html`!${words(view, 'remark', text(locale, 'desk.return.remark'), 4000)}!${submit(text(locale, 'desk.return'))}`)}`
    : ''
  return section(text(locale, 'desk.approval'), html`!${shown}!${acts}`)
}
