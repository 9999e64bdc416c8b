import { CAUSES } from '../core/cause.ts'
import { MEASURE_STATES } from '../core/report.ts'
import { answerRemark, writeCommentary, writeMeasure } from '../supervision/fill-report.ts'
import { contentOf } from '../supervision/read-reports.ts'
import { readWriting } from '../supervision/read-writing.ts'
import { type Command, OPERATOR, requiredText, textOf, UsageError } from './command.ts'
import { step } from './report-parts.ts'

const text = (about: string) => ({ type: 'string', about }) as const
const required = (about: string) => ({ type: 'string', about, required: true }) as const
const SEEN = { seen: text('version as it was read: refused when somebody wrote since') } as const

const reportWrite = step(
  'write',
  'write the commentary of a section; a language that is not given stays as it was',
  async (deps, report, values) => {
    const section = requiredText(values, 'section')
    const { sections } = await readWriting(deps.db.sql, report, await contentOf(deps.db.sql, report))
    const was = sections.find((one) => one.section === section)
    if (was === undefined)
      throw new UsageError(`--section is one of ${sections.map((one) => one.section).join(', ')}`)
    const said = { ar: textOf(values, 'ar') ?? was.ar, fr: textOf(values, 'fr') ?? was.fr }
    const seen = textOf(values, 'seen') ?? was.version
    return writeCommentary(deps, OPERATOR, report.id, { section, ...said, seen })
  },
  { section: required('received, causes, quality…'), ar: text('in Arabic'), fr: text('in French'), ...SEEN },
)

const reportMeasure = step(
  'measure',
  'promise a measure, or say how one stands; what is not given of a known one stays as it was',
  async (deps, report, values) => {
    const id = textOf(values, 'id')
    const { measures } = await readWriting(deps.db.sql, report, await contentOf(deps.db.sql, report))
    const was = measures.find((one) => one.id === id)
    if (id !== undefined && was === undefined)
      throw new UsageError('--id is none of this register: see report status')
    const said = (option: string, kept: string | undefined): string => textOf(values, option) ?? kept ?? ''
    const { version, ...written } = await writeMeasure(deps, OPERATOR, report.id, {
      id,
      seen: textOf(values, 'seen') ?? was?.version,
      cause: said('cause', was?.cause),
      ar: said('ar', was?.ar),
      fr: said('fr', was?.fr),
      owner: said('owner', was?.owner),
      dueOn: said('due', was?.dueOn),
      state: said('state', was?.state ?? 'planned'),
    })
    return { measure: written.id, version }
  },
  {
    id: { type: 'string', value: 'ID', about: 'a measure of the register; absent: a new one' },
    cause: { type: 'string', choices: CAUSES, about: 'what it mends' },
    ar: text('the measure in Arabic'),
    fr: text('the measure in French'),
    owner: text('who does it'),
    due: { type: 'string', value: 'YYYY-MM-DD', about: 'by when' },
    state: { type: 'string', choices: MEASURE_STATES, about: 'how it stands' },
    ...SEEN,
  },
)

const reportAnswer = step(
  'answer',
  'answer a remark of the ministry, which settles it',
  async (deps, { id }, values) => {
    const remark = requiredText(values, 'remark')
    await answerRemark(deps, OPERATOR, id, { remark, text: requiredText(values, 'text') })
    return { remark }
  },
  {
    remark: { type: 'string', value: 'ID', about: 'the remark: see report status', required: true },
    text: required('what is said to it'),
  },
)

/** `wasl report …`: what is written into a report while it is open. */
export const fillingCommands: readonly Command[] = [reportWrite, reportMeasure, reportAnswer]
