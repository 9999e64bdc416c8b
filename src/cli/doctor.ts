import type { Command } from './command.ts'
import { checks, type Finding } from './doctor-checks.ts'

const SIGNS: Readonly<Record<Finding['state'], string>> = { ok: 'ok', warning: 'warning', failed: 'FAILED' }

export const doctor: Command = {
  name: 'doctor',
  summary: 'check every part and say the fix; exit 1 when one fails',
  options: {},
  examples: ['doctor', 'doctor --json'],
  run: async ({ config: read }) => {
    const config = read()
    const findings: (Finding & { name: string })[] = []
    // One after another: two checks that start the embedded database at once would wait for each other.
    for (const { name, run } of checks) findings.push({ name, ...(await run(config)) })
    const width = Math.max(...findings.map(({ name }) => name.length))
    const text = findings.map(
      (finding) =>
        `${SIGNS[finding.state].padEnd(7)}  ${finding.name.padEnd(width)}  ${finding.found}` +
        ('fix' in finding ? `\n${' '.repeat(width + 11)}→ ${finding.fix}` : ''),
    )
    return {
      json: findings,
      text: text.join('\n'),
      failed: findings.some(({ state }) => state === 'failed'),
    }
  },
}
