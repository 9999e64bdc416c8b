import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReportFiles } from '../../src/composition/report-files.ts'
import type { FigureTable } from '../../src/core/figure-table.ts'
import type { ReportContent } from '../../src/core/report.ts'
import type { Database } from '../../src/db/client.ts'
import { reportDocument } from '../../src/html/report-document.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
import { publishedKeys, publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { seedComplaints } from '../../src/seed/complaints.ts'
import { type Actor, treeOf } from '../../src/staff/rights.ts'
import { buildReport } from '../../src/supervision/build-report.ts'
import { compareWithToday } from '../../src/supervision/compare-report.ts'
import { writeCommentary, writeMeasure } from '../../src/supervision/fill-report.ts'
import { acceptReport, returnReport, submitReport } from '../../src/supervision/hand-report.ts'
import {
  listPublished,
  publishReport,
  readPublishedFile,
  verifyReport,
} from '../../src/supervision/publish-report.ts'
import { readCommentaries, readRemarks, readReport } from '../../src/supervision/read-reports.ts'
import { recomputePublished } from '../../src/supervision/recompute-published.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'

let db: Database
let close: () => Promise<void>
const pdf = createPdfRenderer()
const zone = 'Africa/Casablanca'
const YEAR = systemClock.now().getUTCFullYear()
const deps = () => ({
  db,
  clock: systemClock,
  newId: newUuidV7,
  officeZone: zone,
  origins: ['file', 'seed'] as const,
  secrets: testSecrets,
  publicUrl: 'https://wasl.test',
  render: renderReportFiles(pdf),
})
let manager: Actor
const chief: Actor = { id: 'staff:chief', role: 'ministry-supervisor', administrationId: null }

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  const seeding = { ...deps(), besideFilings: false }
  await seedAdministrations(seeding)
  await seedComplaints(seeding)
  await publishReceiptKey({ orm: db.orm, secrets: testSecrets, clock: systemClock })
  await refreshCells(deps())
  const [sante] = await db.sql<{ id: string }[]>`select id from administrations where code = 'SANTE'`
  manager = { id: 'staff:manager', role: 'manager', administrationId: sante?.id ?? '' }
})
afterAll(async () => {
  await pdf.close()
  await close()
})

/** The way of a sector report to its acceptance. */
const accept = async (administration: string) => {
  const { id } = await buildReport(deps(), chief, { year: YEAR, administration })
  await submitReport(deps(), { ...chief, id: 'staff:other' }, id)
  await acceptReport(deps(), chief, id)
  return id
}

const filesOf = (id: string) => db.sql<{ name: string; sha256: string; bytes: Buffer }[]>`
  select name, sha256, bytes from report_files where report_id = ${id} order by name`

describe('a sector report', () => {
  let id: string

  it('opens four fifths filled: every table but the register, with the year before beside', async () => {
    ;({ id } = await buildReport(deps(), manager, { year: YEAR, administration: 'SANTE' }))
    const { tables, state } = await readReport(db.sql, manager, id)
    expect(state).toBe('draft')
    const filled = tables.filter(({ rows }) =>
      rows.some(({ values }) => values.some((value) => value !== null)),
    )
    expect(filled.length / tables.length).toBeGreaterThanOrEqual(0.8)
    expect(tables.every(({ columns }) => columns.some(({ before }) => before))).toBe(true)
    const today = systemClock.now().toISOString()
    for (const { key, values } of tables.find(({ code }) => code === 'months')?.rows ?? [])
      expect(values[0] === null, `${key} has not come: no number, not nought`).toBe(key > today)
  })

  it('is written, handed in, given back with remarks, mended and handed in again', async () => {
    await writeCommentary(deps(), manager, id, {
      section: 'causes',
      ar: 'تعليق بالعربية.',
      fr: 'Un commentaire.',
    })
    await writeMeasure(deps(), manager, id, {
      cause: 'delay',
      ar: 'فتح شباك إضافي للمواعيد',
      fr: 'Ouvrir un guichet de rendez-vous de plus',
      owner: 'Direction des hôpitaux',
      dueOn: `${YEAR}-06-30`,
      state: 'under_way',
    })
    await submitReport(deps(), manager, id)
    await expect(
      writeCommentary(deps(), manager, id, { section: 'causes', ar: '', fr: 'x' }),
    ).rejects.toThrow()
    await expect(returnReport(deps(), chief, id, { remarks: [] })).rejects.toThrow()
    await returnReport(deps(), chief, id, {
      remarks: [{ section: 'causes', text: 'Dites pourquoi les délais montent.' }],
    })
    expect((await readRemarks(db.sql, id)).map(({ section, settledAt }) => [section, settledAt])).toEqual([
      ['causes', null],
    ])
    await writeCommentary(deps(), manager, id, {
      section: 'causes',
      ar: 'ارتفع التأخير بسبب نقص الأطر في المستعجلات.',
      fr: 'Les délais montent parce que des postes manquent aux urgences.',
    })
    expect((await readRemarks(db.sql, id))[0]?.settledAt).not.toBeNull()
    await submitReport(deps(), manager, id)
  })

  it('is accepted by other eyes, and frozen', async () => {
    await expect(acceptReport(deps(), { ...chief, id: manager.id }, id)).rejects.toThrow()
    await expect(acceptReport(deps(), manager, id)).rejects.toThrow()
    const { sha256 } = await acceptReport(deps(), chief, id)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    await expect(db.sql`update reports set content = '{}' where id = ${id}`).rejects.toThrow(/frozen/)
    const { content } = await readReport(db.sql, manager, id)
    expect(content?.measures[0]).toMatchObject({ cause: 'delay', notKept: true })
    const tree = await treeOf(db.sql, manager.administrationId ?? '')
    const [truth] = await db.sql<{ before: number; after: number }[]>`
      select count(*) filter (where received_at < ${`${YEAR}-01-01T00:00:00+01:00`})::int as before,
             count(*) filter (where received_at >= ${`${YEAR}-01-01T00:00:00+01:00`})::int as after
      from complaints where administration_id = any(${tree as string[]}::uuid[]) and cause = 'delay'
        and received_at >= ${`${YEAR - 1}-01-01T00:00:00+01:00`}`
    expect(content?.measures[0]).toMatchObject({ ...truth })
  })

  it('is published signed, and no byte of it changes when the data do; what differs is listed (U30)', async () => {
    await publishReport(deps(), chief, id)
    const before = await filesOf(id)
    expect(before.map(({ name }) => name)).toEqual([
      'page-ar.html',
      'page-en.html',
      'page-fr.html',
      'report-ar.pdf',
      'report-fr.pdf',
      'report.json',
      'tables.csv',
    ])
    for (const { bytes, sha256 } of before)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    if (process.env['SHOW_PDF'])
      for (const { name, bytes } of before)
        fs.writeFileSync(`${process.env['SHOW_PDF']}/sector-${name}`, bytes)
    await db.sql`
      delete from complaints where id in (
        select c.id from complaints c join administrations a on a.id = c.administration_id
        where a.code = 'SANTE' order by c.received_at desc limit 25)`
    const { reproducible, differences } = await compareWithToday(deps(), manager, id)
    expect(reproducible).toBe(true)
    expect(differences).toContainEqual(
      expect.objectContaining({ table: 'kinds', row: 'complaint', column: 'received' }),
    )
    expect(await filesOf(id)).toEqual(before)
    await expect(db.sql`update report_files set bytes = '' where report_id = ${id}`).rejects.toThrow(
      /never changes/,
    )
    await expect(db.sql`update reports set reason = 'x' where id = ${id}`).rejects.toThrow(/never changes/)
  })

  it('carries a signature that anyone can check, and that fails for anything else', async () => {
    const [published] = await listPublished(db.sql)
    const keys = await publishedKeys(db.orm)
    const check = verifyReport(published?.signature ?? '', keys)
    expect(check.ok && check.claims.report).toBe(`${YEAR}/SANTE/1`)
    const file = await readPublishedFile(db.sql, id, 'report-fr.pdf')
    const sha256 = createHash('sha256')
      .update(file?.bytes ?? '')
      .digest('hex')
    expect(check.ok && check.claims.files['report-fr.pdf']).toBe(sha256)
    expect(verifyReport(`${published?.signature.slice(0, -4)}AAAA`, keys).ok).toBe(false)
  })

  it('shows no small group once published', async () => {
    const file = await readPublishedFile(db.sql, id, 'tables.csv')
    const counts = Buffer.from(file?.bytes ?? '')
      .toString()
      .split('\r\n')
      .map((line) => line.split(','))
      .filter((cells) => cells.at(-3) === 'count')
    expect(counts.length).toBeGreaterThan(50)
    const values = counts.map((cells) => Number(cells.at(-2)))
    expect(values.filter((value) => value > 0 && value < 5)).toEqual([])
  })

  it('is corrected by a new version with its reason, and never without one', async () => {
    await expect(buildReport(deps(), manager, { year: YEAR, administration: 'SANTE' })).rejects.toThrow()
    const second = await buildReport(deps(), manager, {
      year: YEAR,
      administration: 'SANTE',
      reason: 'Doublons retirés',
    })
    const report = await readReport(db.sql, manager, second.id)
    expect(report).toMatchObject({ version: 2, reason: 'Doublons retirés', state: 'draft' })
    const first = await readCommentaries(db.sql, id)
    expect(first.causes?.fr).toMatch(/urgences/)
    expect(await readCommentaries(db.sql, second.id), 'begins with what was written').toEqual(first)
  })

  it('keeps its register for the year after', async () => {
    const { content } = await readReport(db.sql, manager, id)
    const next = await buildReport(deps(), manager, { year: YEAR + 1, administration: 'SANTE' })
    await submitReport(deps(), manager, next.id)
    await acceptReport(deps(), chief, next.id)
    const after = (await readReport(db.sql, manager, next.id)).content
    expect(after?.measures.map(({ id: one }) => one)).toEqual(content?.measures.map(({ id: one }) => one))
    expect(after?.measures[0]?.before).toBeLessThanOrEqual(Number(content?.measures[0]?.after))
  })

  it('tells services of the same name apart by their office', async () => {
    const { id } = await buildReport(deps(), chief, { year: YEAR, administration: 'INTERIEUR' })
    const { tables } = await readReport(db.sql, chief, id)
    const named = tables
      .find(({ code }) => code === 'services')
      ?.rows.flatMap(({ names }) => names?.['fr'] ?? [])
    expect(named).toContain('État civil – Commune de Casablanca')
    expect(named).toHaveLength(new Set(named).size)
  })

  it('is nobody else’s to see', async () => {
    const [onee] = await db.sql<{ id: string }[]>`select id from administrations where code = 'ONEE'`
    const other: Actor = { id: 'staff:onee', role: 'manager', administrationId: onee?.id ?? '' }
    await expect(readReport(db.sql, other, id)).rejects.toThrow()
    await expect(buildReport(deps(), other, { year: YEAR, administration: 'SANTE' })).rejects.toThrow()
  })
})

describe('the synthesis', () => {
  it('adds up what was accepted, names who is missing, and is published', async () => {
    await accept('ONEE')
    await accept('EDUCATION')
    const { id } = await buildReport(deps(), chief, { year: YEAR })
    await writeCommentary(deps(), chief, id, {
      section: 'recommendations',
      ar: 'توصية.',
      fr: 'Une recommandation.',
    })
    await submitReport(deps(), { ...chief, id: 'staff:author' }, id)
    await acceptReport(deps(), chief, id)
    const { content } = await readReport(db.sql, chief, id)
    expect(content?.sectors.map(({ code }) => code)).toEqual(['EDUCATION', 'ONEE', 'SANTE'])
    expect(content?.missing.map(({ code }) => code)).toContain('JUSTICE')
    const received = (tables: NonNullable<typeof content>['tables'] = []) =>
      tables
        .find(({ code }) => code === 'kinds')
        ?.rows.reduce((sum, { values }) => sum + Number(values[0]), 0) ?? 0
    const parts = content?.sectors.reduce((sum, { tables }) => sum + received(tables), 0)
    expect(received(content?.tables)).toBe(parts)
    await accept('AGRICULTURE')
    expect((await readReport(db.sql, chief, id)).content?.sectors).toHaveLength(3)
    expect(content?.ranking.flatMap(({ codes }) => codes).toSorted()).toEqual(['EDUCATION', 'ONEE', 'SANTE'])
    await publishReport(deps(), chief, id)
    const onPaper = reportDocument('fr', content as ReportContent, {
      ...{ sha256: '', url: 'https://wasl.test', date: '2026-01-01T00:00:00Z', number: '1' },
    }).sections.flatMap(({ tables }) => tables.filter(({ title }) => title.startsWith('Par secteur')))
    expect(Math.max(...onPaper.map(({ heads }) => heads.length)), 'no column is cut').toBeLessThanOrEqual(8)
    const months = onPaper.filter(({ title }) => title.includes('Mois par mois'))
    expect(
      months.flatMap(({ heads }) => heads.slice(1)),
      'and none left out',
    ).toHaveLength(12)
    const medians = content?.sectors.map(({ tables }) => {
      const days = tables.flatMap(({ rows }) => rows).find(({ key }) => key === 'median')?.values[1]
      return `${days ?? '–'}`
    })
    const [time] = onPaper.filter(({ heads }) => heads.includes('La moitié (médiane) – Jours'))
    const column = time?.heads.indexOf('La moitié (médiane) – Jours') ?? 0
    expect(time?.rows.slice(0, -1).map((row) => row[column])).toEqual(medians)
    expect(onPaper.find(({ title }) => title.includes('service'))?.rows).toContainEqual([
      'Ministère de la Santé',
      'Urgences',
      expect.any(String),
    ])
    const opened = Buffer.from((await readPublishedFile(db.sql, id, 'sectors.csv'))?.bytes ?? '').toString()
    for (const code of ['EDUCATION', 'ONEE', 'SANTE'])
      expect(opened).toContain(`${code},kinds,complaint,شكاية,Plainte,received,count,`)
    const file = Buffer.from((await readPublishedFile(db.sql, id, 'report.json'))?.bytes ?? '').toString()
    const anybody = recomputePublished(JSON.parse(file).content)
    expect(anybody.wrong).toEqual([])
    expect(anybody.same).toBeGreaterThan(150)
    const [total] = JSON.parse(file).content.tables.find(({ code }: FigureTable) => code === 'kinds').rows
    const tampered = file.replaceAll(
      JSON.stringify(total.values),
      JSON.stringify([1, ...total.values.slice(1)]),
    )
    expect(recomputePublished(JSON.parse(tampered).content).wrong).toContainEqual({
      place: 'kinds complaint received',
      published: 1,
      again: total.values[0],
    })
    if (process.env['SHOW_PDF'])
      for (const { name, bytes } of await filesOf(id))
        fs.writeFileSync(`${process.env['SHOW_PDF']}/synthesis-${name}`, bytes)
    expect((await compareWithToday(deps(), chief, id)).reproducible).toBe(true)
  })
})
