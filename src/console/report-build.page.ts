import { html } from 'ghtml'
import { nameIn } from '../core/locale.ts'
import { BUILD_STEPS } from '../core/report.ts'
import { text } from '../html/text.ts'
import type { ReportBuild } from '../supervision/queue-build.ts'
import { BUILD_ISLAND } from './islands.ts'
import { deskPage, type Viewer } from './layout.ts'
import { actionButton } from './table.ts'

/** How many steps of a build are behind it. */
const stepsDone = ({ state }: ReportBuild): number =>
  state === 'done' ? BUILD_STEPS.length : Math.max(0, (BUILD_STEPS as readonly string[]).indexOf(state))

/** What is told of a build in one line, to people and to the script that asks again. */
export const buildFacts = ({ locale }: Viewer, build: ReportBuild) => ({
  state: build.state,
  done: stepsDone(build),
  words: text(locale, `desk.reports.step.${build.state}`),
  report: build.reportId === null ? null : `/console/reports/${build.reportId}`,
})

const failed = ({ locale }: Viewer, { id, failure }: ReportBuild): string =>
  failure === null
    ? ''
    : html`<div class="problem" role="alert"><p>${text(locale, `error.${failure}`)}</p></div>!${actionButton(`/console/reports/builds/${id}/again`, text(locale, 'desk.reports.again'))}`

const AGAIN_SECONDS = 3

/** How far a build is: the page asks by itself, without a script by being loaded again. */
export const buildPage = (viewer: Viewer, build: ReportBuild): string => {
  const { locale } = viewer
  const path = `/console/reports/builds/${build.id}`
  const { done, words } = buildFacts(viewer, build)
  const label = text(locale, 'desk.reports.progress')
  const body = nameIn(build.names ?? {}, locale) || text(locale, 'desk.reports.synthesis')
  const steps = BUILD_STEPS.map((step) => html`<li>${text(locale, `desk.reports.step.${step}`)}</li>`)
  const running =
    build.state === 'failed'
      ? failed(viewer, build)
      : html`<p><a class="button second" href="${path}">${text(locale, 'desk.reports.refresh')}</a></p>`
  return deskPage(viewer, {
    title: text(locale, 'desk.reports.building', { year: build.year, body }),
    path,
    ...(build.state === 'failed' ? {} : { islands: [BUILD_ISLAND], again: AGAIN_SECONDS }),
    body: html`<div data-build="${path}/state"><p role="status">${words}</p><p><progress max="${BUILD_STEPS.length}" value="${done}" aria-label="${label}"></progress></p></div>
<ol class="steps">!${steps}</ol>!${running}<p><a href="/console/reports">${text(locale, 'desk.reports')}</a></p>`,
  })
}
