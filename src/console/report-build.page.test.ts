import { expect, it } from 'vitest'
import type { ReportBuild } from '../supervision/queue-build.ts'
import { buildPage } from './report-build.page.ts'

const build = { id: 'one', year: 2026, names: null, failure: null, reportId: null }
const pageOf = (more: object) => buildPage({ locale: 'fr' }, { ...build, ...more } as unknown as ReportBuild)
const AGAIN = '<noscript><meta http-equiv="refresh" content="3"></noscript>\n</head>'

it('asks for itself again without a script while it runs, and not once it failed', () => {
  expect(pageOf({ state: 'counting' })).toContain(AGAIN)
  expect(pageOf({ state: 'failed', failure: 'internal' })).not.toContain('http-equiv')
})
