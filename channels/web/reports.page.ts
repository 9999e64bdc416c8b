import { html } from 'ghtml'
import type { Locale } from '../../src/core/locale.ts'
import { REPORT_LOCALES } from '../../src/core/report.ts'
import { page } from '../../src/html/layout.ts'
import { reportName } from '../../src/html/report-words.ts'
import { longDay, text } from '../../src/html/text.ts'
import { type PublishedReport, addressOf as pathOf } from '../../src/supervision/publish-report.ts'

export const addressOf = (locale: Locale, report: PublishedReport): string => `/${locale}${pathOf(report)}`

const dayOf = (locale: Locale, { publishedAt }: PublishedReport): string =>
  text(locale, 'reports.published', { day: longDay(locale, publishedAt.toISOString().slice(0, 10)) })

/** The newest version of each, or the word that there is none. */
export const reportList = (locale: Locale, reports: readonly PublishedReport[]): string => {
  const newest = reports.filter(
    ({ year, code, version }) =>
      !reports.some((other) => other.year === year && other.code === code && other.version > version),
  )
  return html`<h2 id="reports">${text(locale, 'reports.title')}</h2>!${
    newest.length === 0
      ? html`<p>${text(locale, 'reports.none')}</p>`
      : html`<ul>!${newest.map((report) => html`<li><a href="${addressOf(locale, report)}">${reportName(locale, report)}</a> <small class="soft">${dayOf(locale, report)}</small></li>`)}</ul>`
  }`
}

export const reportListPage = (locale: Locale, reports: readonly PublishedReport[]): string => {
  const title = text(locale, 'reports.title')
  const body = html`<h1>${title}</h1>!${reportList(locale, reports)}`
  return page({ locale, title, path: '/reports', body, back: '/statistics' })
}

const files = (locale: Locale, report: PublishedReport): string => {
  const address = addressOf(locale, report)
  const papers = REPORT_LOCALES.map(
    (language) =>
      html`<li><a href="${address}/report-${language}.pdf">${text(locale, 'reports.file.pdf', { language: text(locale, `figures.language.${language}`) })}</a></li>`,
  )
  return html`<h2>${text(locale, 'reports.files')}</h2><ul>!${papers}<li><a href="${address}/tables.csv">${text(locale, 'reports.file.csv')}</a></li>!${report.kind === 'synthesis' ? html`<li><a href="${address}/sectors.csv">${text(locale, 'reports.file.sectors')}</a></li>` : ''}<li><a href="${address}/report.json">${text(locale, 'reports.file.json')}</a></li></ul>`
}

const versions = (locale: Locale, report: PublishedReport, all: readonly PublishedReport[]): string => {
  const own = all.filter(({ year, code }) => year === report.year && code === report.code)
  const line = (one: PublishedReport): string => {
    const words =
      one.reason === null
        ? text(locale, 'report.version', { version: one.version })
        : text(locale, 'report.version.reason', { version: one.version, reason: one.reason })
    return html`<li>!${one.id === report.id ? html`<strong>${words}</strong>` : html`<a href="${addressOf(locale, one)}">${words}</a>`} <small class="soft">${dayOf(locale, one)}</small></li>`
  }
  return html`<h2>${text(locale, 'reports.versions')}</h2><ul>!${own.map(line)}</ul>`
}

/** A published report: the inside as it was frozen, with what proves it and every version there is. */
export const reportPage = (
  locale: Locale,
  report: PublishedReport,
  { inside, genuine, all }: { inside: string; genuine: boolean; all: readonly PublishedReport[] },
): string => {
  const title = reportName(locale, report)
  const isOld = all.some(
    ({ year, code, version }) => year === report.year && code === report.code && version > report.version,
  )
  const proof = html`<div class="verdict !${genuine ? 'good' : 'bad'}"><p><strong>${text(locale, genuine ? 'reports.genuine' : 'reports.forged')}</strong></p>
<p>${text(locale, 'report.proof')} <bdi dir="ltr" class="digest">${report.contentSha256}</bdi></p></div>`
  const body = html`<h1>${title}</h1>!${isOld ? html`<p class="note clock">${text(locale, 'reports.superseded')}</p>` : ''}
!${inside}!${files(locale, report)}!${versions(locale, report, all)}!${proof}<p><a href="/${locale}/verify?receipt=${report.contentSha256}">${text(locale, 'verify.title')}</a></p><p class="soft"><a href="${addressOf(locale, report)}/signature.jws">JWS</a> · <a href="/.well-known/jwks.json">${text(locale, 'verify.keys')}</a></p>`
  return page({
    locale,
    title,
    path: pathOf(report),
    body,
    back: '/statistics',
  })
}
