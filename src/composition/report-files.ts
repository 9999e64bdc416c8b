import { LOCALES } from '../core/locale.ts'
import { REPORT_LOCALES, type ReportContent, type ReportLocale } from '../core/report.ts'
import { rowText } from '../html/figure-words.ts'
import { indicatorWords } from '../html/indicator-words.ts'
import { reportBody } from '../html/report-body.ts'
import { reportDocument } from '../html/report-document.ts'
import type { PdfRenderer } from '../receipts/pdf/render-pdf.ts'
import { dictionary, sectorsCsv, tablesCsv, type Words } from '../supervision/open-data.ts'
import type { PrintFacts, ReportFile, ReportRenderer } from '../supervision/publish-report.ts'

const encode = (text: string) => Buffer.from(text)
const words: Words = (locale, table, row) => rowText(locale, table.code, row)

const pagesOf = (content: ReportContent): ReportFile[] =>
  LOCALES.map((locale) => ({
    name: `page-${locale}.html`,
    type: 'text/html; charset=utf-8',
    bytes: encode(reportBody({ locale, content })),
  }))

const dataOf = (content: ReportContent, { sha256 }: PrintFacts): ReportFile[] => {
  const csv = (name: string, lines: string): ReportFile => ({
    name,
    type: 'text/csv; charset=utf-8',
    bytes: encode(lines),
  })
  const json = JSON.stringify({ contentSha256: sha256, ...dictionary(indicatorWords), content })
  return [
    csv('tables.csv', tablesCsv(content.tables, words)),
    ...(content.kind === 'synthesis' ? [csv('sectors.csv', sectorsCsv(content.sectors, words))] : []),
    { name: 'report.json', type: 'application/json; charset=utf-8', bytes: encode(json) },
  ]
}

/** Makes every file a report is published as: the inside of its page in each language, print in both, tables, and the content itself. */
export const renderReportFiles = (pdf: Pick<PdfRenderer, 'renderReport'>): ReportRenderer => {
  const paper = async (
    locale: ReportLocale,
    content: ReportContent,
    facts: PrintFacts,
  ): Promise<ReportFile> => {
    const { base, path, ...rest } = facts
    const url = `${base}/${locale}/reports/${path}`
    const bytes = await pdf.renderReport(reportDocument(locale, content, { ...rest, url, number: path }))
    return { name: `report-${locale}.pdf`, type: 'application/pdf', bytes: Buffer.from(bytes) }
  }
  return {
    paper,
    files: async (content, facts) => [
      ...pagesOf(content),
      ...(await Promise.all(REPORT_LOCALES.map((locale) => paper(locale, content, facts)))),
      ...dataOf(content, facts),
    ],
  }
}
