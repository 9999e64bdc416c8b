import { html } from 'ghtml'
import { text } from '../../html/text.ts'
import { actionButton, dataTable } from '../table.ts'
import { type JoiningView, PATH, part } from './own.view.ts'

export const practice = ({ viewer: { locale }, practice: count }: JoiningView): string => {
  const start = count.waiting > 0 ? '' : actionButton(`${PATH}/exercise`, text(locale, 'join.practice.start'))
  const body = html`<p>${text(locale, 'join.practice.lead')}</p><p>${text(locale, 'join.practice.count', count)}</p>!${start}`
  return part(locale, 'practice', 'join.practice', body)
}

export const conformance = ({ viewer: { locale }, affiliation, test }: JoiningView): string => {
  const heads = [text(locale, 'join.rule'), text(locale, 'join.people.result'), '']
  const rows = (test?.results ?? []).map(({ rule, state, detail }) => [
    text(locale, `join.rule.${rule}`),
    {
      html: html`<strong class="!${state === 'failed' ? 'late' : ''}">${text(locale, `join.result.${state}`)}</strong>`,
    },
    { html: html`<code dir="ltr">${detail}</code>` },
  ])
  const failed = (test?.results ?? []).filter(({ state }) => state === 'failed')
  const verdict = !test?.finished
    ? ''
    : test.passed
      ? html`<p role="status"><strong>${text(locale, 'join.conformance.passed')}</strong></p>`
      : html`<p role="status" class="late">${text(locale, 'join.conformance.failed', { rules: failed.map(({ rule }) => text(locale, `join.rule.${rule}`)).join(', ') })}</p>`
  const report = test?.finished
    ? html`<p><a href="${PATH}/conformance/report">${text(locale, 'join.conformance.report')}</a></p>`
    : ''
  const runs = test !== undefined && !test.finished
  const act =
    affiliation.connector === null
      ? ''
      : runs
        ? actionButton(`${PATH}/conformance/end`, text(locale, 'join.conformance.end'))
        : actionButton(`${PATH}/conformance`, text(locale, 'join.conformance.start'))
  const table = test ? dataTable(locale, heads, rows) : ''
  const body = html`<p>${text(locale, 'join.conformance.lead')}</p>!${verdict}!${table}!${report}!${act}`
  return part(locale, 'conformance', 'join.conformance', body)
}

const MEASURES = ['delivered', 'takenUp', 'inTime'] as const

/** How a live body does, by what it is made of; nothing before it is live. */
export const score = ({ viewer: { locale }, affiliation, score: own }: JoiningView): string => {
  if (affiliation.liveAt === null) return ''
  const shown = (value: number | null) =>
    value === null ? text(locale, 'join.score.none') : `${Math.round(value)} / 100`
  const rows = MEASURES.map((measure) => [text(locale, `join.score.${measure}`), shown(own[measure])])
  const heads = [text(locale, 'join.score.measure'), text(locale, 'join.score')]
  const body = html`<p>${text(locale, 'join.score.lead')}</p><p><strong>${shown(own.total)}</strong></p>!${dataTable(locale, heads, rows)}`
  return part(locale, 'score', 'join.score', body)
}
