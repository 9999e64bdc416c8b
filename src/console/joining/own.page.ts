import { html } from 'ghtml'
import { blockersOf } from '../../administrations/joining/checklist.ts'
import { CHECKLIST, type Tick } from '../../core/joining.ts'
import { errorSummary } from '../../html/form.ts'
import { text } from '../../html/text.ts'
import { deskPage, type Viewer } from '../layout.ts'
import { calendar, connector, people, services, templates, units } from './own.parts.ts'
import { conformance, practice, score } from './own.proof.ts'
import { type JoiningView, PATH } from './own.view.ts'

/** Where on the page each tick is earned. */
const PLACE_OF: Readonly<Record<Tick, string>> = {
  approved: 'checklist',
  names: 'checklist',
  units: 'units',
  manager: 'people',
  deputy: 'people',
  agents: 'practice',
  services: 'services',
  calendar: 'calendar',
  templates: 'templates',
  connector: 'connector',
  practice: 'practice',
  conformance: 'conformance',
}

const checklist = ({ viewer: { locale }, affiliation, ticks }: JoiningView): string => {
  const missing = blockersOf(ticks)
  const done = CHECKLIST.length - missing.length
  const said = affiliation.liveAt
    ? text(locale, 'join.is_live')
    : missing.length === 0
      ? text(locale, 'join.ready')
      : text(locale, 'join.progress', { done })
  const one = (tick: Tick) =>
    html`<li class="!${ticks[tick] ? 'done' : 'open'}"><span aria-hidden="true">${ticks[tick] ? '✓' : '○'}</span> <a href="#${PLACE_OF[tick]}">${text(locale, `join.tick.${tick}`)}</a> <small>${text(locale, ticks[tick] ? 'join.tick.done' : 'join.tick.open')}</small></li>`
  return html`<section id="checklist"><p class="lead" role="status">${said}</p><ol class="ticks">!${CHECKLIST.map(one)}</ol></section>`
}

/** A body sets itself up: the twelve ticks, and beneath them what earns each. */
export const joiningPage = (view: JoiningView): string => {
  const { viewer, problems } = view
  const parts = [
    checklist,
    score,
    units,
    people,
    services,
    calendar,
    templates,
    connector,
    practice,
    conformance,
  ]
  const body = errorSummary(viewer.locale, problems) + parts.map((draw) => draw(view)).join('')
  return deskPage(viewer, { title: text(viewer.locale, 'join.own'), path: PATH, body })
}

export const nothingToDoPage = (viewer: Viewer): string => {
  const body = html`<p class="lead">${text(viewer.locale, 'join.own.none')}</p>`
  return deskPage(viewer, { title: text(viewer.locale, 'join.own'), path: PATH, body })
}
