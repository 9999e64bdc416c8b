import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import { checkReportHash, type ReportCheck } from '../supervision/check-report.ts'
import { verifyReport } from '../supervision/publish-report.ts'
import { type Command, type Outcome, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'
import { keysFrom } from './receipt-command.ts'

const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await fs.readFile(file))
    .digest('hex')

const told = (check: ReportCheck, sha256: string): Outcome => {
  if (check.found !== 'genuine')
    return { json: { ...check, sha256 }, text: `The file does not hold: ${check.found}`, failed: true }
  const { report, file, newest } = check
  const { year, code, version } = report
  const json = {
    found: check.found,
    sha256,
    year,
    administration: code,
    version,
    file,
    newest: newest?.version,
  }
  const later = newest ? `\nA newer version was published: ${newest.version}.` : ''
  return {
    json,
    text: `The file is ${file ?? 'the report'} of ${year} ${code} v${version}, as published.${later}`,
  }
}

export const reportVerify: Command = {
  name: 'report verify',
  summary: 'check that a file is one of a published report, byte for byte; exit 1 when it is not',
  options: {
    signature: {
      type: 'string',
      value: 'FILE',
      about: 'the signature.jws beside the report: checks offline; absent: the record of this gateway',
    },
    keys: {
      type: 'string',
      value: 'FILE',
      about: 'the keys of /.well-known/jwks.json; absent: those of this gateway',
    },
  },
  arguments: ['FILE'],
  examples: [
    'report verify report-fr.pdf',
    'report verify report-fr.pdf --signature signature.jws --keys jwks.json',
  ],
  run: async ({ values, positionals: [file = ''], config }) => {
    const sha256 = await hashOf(file).catch(() => {
      throw new UsageError(`cannot read ${file}`)
    })
    const signature = textOf(values, 'signature')
    if (signature === undefined)
      return withParts(config(), async ({ db }) => told(await checkReportHash(db, sha256), sha256))
    const keys = await keysFrom(textOf(values, 'keys'), config)
    const check = verifyReport(await fs.readFile(signature, 'utf8'), keys)
    const name = check.ok && Object.entries(check.claims.files).find(([, hash]) => hash === sha256)?.[0]
    if (!check.ok || !name) {
      const reason = check.ok ? 'not among the signed files' : check.reason
      return {
        json: { found: 'unknown', reason, sha256 },
        text: `The file does not hold: ${reason}`,
        failed: true,
      }
    }
    const { report, publishedAt } = check.claims
    const json = { found: 'genuine', sha256, report, file: name, publishedAt, kid: check.kid }
    return { json, text: `The file is ${name} of ${report}, published ${publishedAt}. The signature holds.` }
  },
}
