import fs from 'node:fs/promises'
import { z } from 'zod'
import { listChains, verifyChain } from '../staff/audit.ts'
import { type Command, textOf } from './command.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const anchors = z.array(z.object({ tenant: z.string(), entries: z.number(), head: z.string() }))
type Anchor = z.output<typeof anchors>[number]

const readAnchors = async (file: string | undefined): Promise<readonly Anchor[]> =>
  file === undefined ? [] : anchors.parse(JSON.parse(await fs.readFile(file, 'utf8')))

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'walk the audit chains; with what was kept outside, also find a truncation or a full rewrite',
  options: {
    anchor: { type: 'string', value: 'FILE', about: 'an earlier answer of this command, kept elsewhere' },
  },
  examples: ['audit verify --json > anchor.json', 'audit verify --anchor anchor.json'],
  run: async ({ values, config }) => {
    const kept = await readAnchors(textOf(values, 'anchor'))
    return withParts(config(), async ({ db }) => {
      const tenants = new Set([...(await listChains(db)), ...kept.map(({ tenant }) => tenant)])
      const verdicts = []
      for (const tenant of tenants) {
        const anchor = kept.find((one) => one.tenant === tenant)
        verdicts.push(await verifyChain(db, tenant, anchor))
      }
      const rows = verdicts.map(({ tenant, entries, brokenAt, anchored, head }) => [
        tenant,
        entries,
        brokenAt === undefined && anchored
          ? 'holds'
          : brokenAt === undefined
            ? 'cut or rewritten'
            : `broken at ${brokenAt}`,
        head,
      ])
      const text = rows.length === 0 ? 'No entry.' : table(['chain', 'entries', 'verdict', 'head'], rows)
      const failed = verdicts.some(({ brokenAt, anchored }) => brokenAt !== undefined || !anchored)
      return { json: verdicts, text, failed }
    })
  },
}
