import { createHash } from 'node:crypto'
import type { MultipartFile } from '@fastify/multipart'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import { reportName } from '../html/report-words.ts'
import type { FoundReport, Verdict } from '../html/verify-page.ts'
import type { CheckedReport, ReportCheck } from '../supervision/check-report.ts'
import { addressOf } from '../supervision/publish-report.ts'

/** Much larger than any report, and no burden: the file is hashed as it comes and not kept. */
export const LARGEST_FILE = 64 * 1024 * 1024
/** A receipt is smaller: so much is looked through for one. */
const LOOKED_THROUGH = 512 * 1024

const IN_PDF = /wasl-receipt:([\w-]+\.[\w-]+\.[\w-]{86})/

/** What a file is known by: its hash, and the signed receipt it may hold. Throws `payload_too_large`. */
export const readHeldUp = async ({ file }: MultipartFile): Promise<{ sha256: string; held: string }> => {
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of file as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
    if (size <= LOOKED_THROUGH) chunks.push(chunk)
  }
  if (file.truncated) throw new AppError('payload_too_large')
  const text = Buffer.concat(chunks).toString('latin1')
  const held = text.startsWith('%PDF') ? (IN_PDF.exec(text)?.[1] ?? '') : text
  return { sha256: hash.digest('hex'), held }
}

export const reportVerdict = (check: ReportCheck): Verdict => {
  if (check.found !== 'genuine')
    return { key: check.found === 'forged' ? 'verify.report.forged' : 'verify.report.unknown', isGood: false }
  return { key: check.file === null ? 'verify.report.genuine' : 'verify.report.file_genuine', isGood: true }
}

export const reportStatus = ({ found }: ReportCheck): number =>
  found === 'genuine' ? 200 : found === 'unknown' ? 404 : 422

/** The facts of a report for its page. */
export const foundReport = (locale: Locale, { report, file, newest, kid }: CheckedReport): FoundReport => ({
  path: addressOf(report),
  title: reportName(locale, report),
  version: String(report.version),
  publishedOn: report.publishedAt.toISOString().slice(0, 10),
  file,
  contentSha256: report.contentSha256,
  kid,
  newest: newest && addressOf(newest),
})

/** The same for a program. */
export const reportJson = (check: ReportCheck) => {
  if (check.found !== 'genuine') return { found: check.found }
  const { report, file, newest, kid } = check
  const { year, code, version, publishedAt, contentSha256 } = report
  return {
    found: check.found,
    report: { year, administration: code, version, publishedAt, contentSha256, url: addressOf(report) },
    file,
    newest: newest?.version ?? version,
    signature: { valid: true, kid },
  }
}
