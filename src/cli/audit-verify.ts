import fs from 'node:fs/promises'
import { z } from 'zod'
import type { Parts } from '../composition/parts.ts'
import { publishedKeys } from '../receipts/publish-keys.ts'
import { signingKeyOf } from '../receipts/sign-receipt.ts'
import { type Anchor, readKeptLine } from '../staff/anchor-audit.ts'
import { type ChainVerdict, verifyAudit } from '../staff/verify-audit.ts'
import { type Command, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const Verdicts = z.array(z.object({ tenant: z.string(), entries: z.number(), head: z.string() }))

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Signed lines wherever they stand, in a file of them or a mail as it was saved; or an earlier `--json` of this command. */
const readAnchors = async ({ db, secrets }: Parts, file: string): Promise<readonly Anchor[]> => {
  const text = await fs.readFile(file, 'utf8')
  const verdicts = Verdicts.safeParse(parseJson(text))
  if (verdicts.success) return verdicts.data
  const keys = [signingKeyOf(secrets), ...(await publishedKeys(db.orm))]
  const lines = text.match(/[\w-]+\.[\w-]+\.[\w-]{86}(?![\w-])/g) ?? []
  if (lines.length === 0) throw new UsageError('--anchor holds no signed line and no earlier answer')
  return lines.map((line, nth) => {
    const anchor = readKeptLine(line, keys)
    if (anchor === undefined) throw new UsageError(`--anchor: line ${nth + 1} was not signed by this gateway`)
    return anchor
  })
}

const wordsOf = ({ brokenAt, anchored }: ChainVerdict): string => {
  if (brokenAt !== undefined) return `broken at ${brokenAt}`
  return anchored ? 'holds' : 'cut or rewritten'
}

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'walk the audit chains; with what was kept outside, also find a truncation or a full rewrite',
  options: {
    anchor: {
      type: 'string',
      value: 'FILE',
      about:
        'lines that left the house (AUDIT_ANCHOR_FILE, an attachment), or an earlier --json of this command',
    },
  },
  examples: ['audit verify', 'audit verify --anchor audit-12.jws'],
  run: ({ values, config }) =>
    withParts(config(), async (parts) => {
      const file = textOf(values, 'anchor')
      const kept = file === undefined ? [] : await readAnchors(parts, file)
      const verdicts = await verifyAudit(parts.db, kept)
      const rows = verdicts.map((verdict) => [
        verdict.tenant,
        verdict.entries,
        wordsOf(verdict),
        verdict.head,
      ])
      const text = rows.length === 0 ? 'No entry.' : table(['chain', 'entries', 'verdict', 'head'], rows)
      const failed = verdicts.some(({ brokenAt, anchored }) => brokenAt !== undefined || !anchored)
      return { json: verdicts, text, failed }
    }),
}
