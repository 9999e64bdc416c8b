import { LOCALES } from '../core/locale.ts'
import { REPORT_LOCALES, type ReportContent } from '../core/report.ts'
import { rowText } from '../html/figure-words.ts'
import { reportBody } from '../html/report-body.ts'
import { reportDocument } from '../html/report-document.ts'
import type { PdfRenderer } from '../receipts/pdf/render-pdf.ts'
import { dictionary, tablesCsv } from '../supervision/open-data.ts'
import type { PublishDeps, ReportFile } from '../supervision/publish-report.ts'

/** Every file a report is published as: the inside of its page in each language, print in both, tables, and the content itself. */
export const renderReportFiles =
  (pdf: PdfRenderer): PublishDeps['render'] =>
  async (content: ReportContent, facts) => {
    const encode = (text: string) => Buffer.from(text)
    const pages = LOCALES.map(
      (locale): ReportFile => ({
        name: `page-${locale}.html`,
        type: 'text/html; charset=utf-8',
        bytes: encode(reportBody({ locale, content })),
      }),
    )
    const papers: ReportFile[] = []
    for (const locale of REPORT_LOCALES) {
      const bytes = await pdf.renderReport(reportDocument(locale, content, facts))
      papers.push({ name: `report-${locale}.pdf`, type: 'application/pdf', bytes: Buffer.from(bytes) })
    }
    const csv = tablesCsv(content.tables, (locale, table, row) => rowText(locale, table.code, row))
    const json = JSON.stringify({ contentSha256: facts.sha256, ...dictionary(), content })
    return [
      ...pages,
      ...papers,
      { name: 'tables.csv', type: 'text/csv; charset=utf-8', bytes: encode(csv) },
      { name: 'report.json', type: 'application/json; charset=utf-8', bytes: encode(json) },
    ]
  }
