import { publishReceiptKey } from '../receipts/publish-keys.ts'
import { buildReport } from '../supervision/build-report.ts'
import { acceptReport, returnReport, submitReport } from '../supervision/hand-report.ts'
import { publishReport } from '../supervision/publish-report.ts'
import { type Command, OPERATOR, requiredText, textOf } from './command.ts'
import { withParts } from './open-parts.ts'
import { fillingCommands } from './report-fill.ts'
import { step, WHICH, withReports, yearOf } from './report-parts.ts'
import { readingCommands } from './report-read.ts'

const reportBuild: Command = {
  name: 'report build',
  summary: 'freeze the numbers of a year and open the report for writing; says how far it is',
  options: {
    ...WHICH,
    reason: { type: 'string', about: 'why a published report is corrected' },
  },
  examples: ['report build --year 2026 --administration SANTE', 'report build --year 2026 --json'],
  run: ({ values, config, say }) => {
    const wish = {
      year: yearOf(values),
      administration: textOf(values, 'administration'),
      reason: textOf(values, 'reason'),
      progress: (at: string) => say(at),
    }
    return withParts(config(), (parts) =>
      withReports(parts, async (deps) => {
        const built = await buildReport(deps, OPERATOR, wish)
        return { json: built, text: built.id }
      }),
    )
  },
}

/** `wasl report …`: the whole way of a report. */
export const reportCommands: readonly Command[] = [
  reportBuild,
  step('submit', 'hand a report in to the ministry', async (deps, { id }) => {
    await submitReport(deps, OPERATOR, id)
    return { state: 'submitted' }
  }),
  step(
    'return',
    'give a report back with a remark on one section',
    async (deps, { id }, values) => {
      const remark = { section: requiredText(values, 'section'), text: requiredText(values, 'remark') }
      await returnReport(deps, OPERATOR, id, { remarks: [remark] })
      return { state: 'returned' }
    },
    {
      section: {
        type: 'string',
        about: 'what the remark is about: received, causes, measures…',
        required: true,
      },
      remark: { type: 'string', about: 'what is to be mended', required: true },
    },
  ),
  step('accept', 'accept a report: what it says is frozen with its hash', async (deps, { id }) => {
    const { sha256 } = await acceptReport(deps, OPERATOR, id)
    return { state: 'accepted', sha256 }
  }),
  step(
    'publish',
    'publish an accepted report: its files are made, signed, and never change',
    async (deps, { id }) => {
      await publishReceiptKey({ orm: deps.db.orm, secrets: deps.secrets, clock: deps.clock })
      const { url, contentSha256 } = await publishReport(deps, OPERATOR, id)
      return { state: 'published', url, sha256: contentSha256 }
    },
  ),
  ...fillingCommands,
  ...readingCommands,
]
