import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/client.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'
import { ANSWER_DAYS, addBody, dayAfter, type History, writeHistories } from '../support/histories.ts'

/** A nation in which two bodies are honest and each other one makes its number in one way. */
const TODAY = '2026-11-21'
const clock = { now: () => new Date(`${TODAY}T10:00:00Z`) }
let db: Database
let close: () => Promise<void>
let desk: Awaited<ReturnType<typeof openDesk>>
let page: string

type Fate = Partial<Omit<History, 'id' | 'body' | 'filed'>>

/** One complaint on each of `count` days from 1 April; `fate` tells what became of the nth. */
const living = async (code: string, count: number, fate: (filed: string, nth: number) => Fate) => {
  const body = await addBody(db, code)
  const all = Array.from({ length: count }, (_, nth): History => {
    const filed = dayAfter('2026-04-01', nth)
    return {
      id: newUuidV7(),
      body,
      filed,
      kind: 'complaint',
      channel: 'web',
      language: 'fr',
      ...fate(filed, nth),
    }
  })
  await writeHistories(db, all)
}
const answeredAfter = (filed: string, days: number): Fate => {
  const answered = dayAfter(filed, days)
  return answered <= TODAY ? { reviewed: dayAfter(filed, Math.min(days, 5)), answered } : { reviewed: filed }
}
const refusedAfter = (filed: string, days: number, more: Fate): Fate => ({
  refused: dayAfter(filed, days),
  ...more,
})
const ELSEWHERE = { ground: 'other_authority', direction: 'Agence urbaine' }

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  // Honest: at its own pace, sometimes late, some unhappy, some refused and sent where they belong.
  await living('HONEST', 120, (filed, nth) => {
    if (nth % 12 === 5) return refusedAfter(filed, 9, ELSEWHERE)
    const lived = answeredAfter(filed, 12 + ((nth * 37) % 70))
    return nth % 10 === 3 && lived.answered ? { ...lived, renewed: dayAfter(lived.answered, 9) } : lived
  })
  // Honest, but signs on one day of the month everything that is ready: many on a day, few of them about to be late.
  await living('MONTHLY', 120, (filed) => {
    const next = `${dayAfter(`${filed.slice(0, 7)}-01`, 35).slice(0, 7)}-10`
    return { reviewed: dayAfter(filed, 3), answered: next }
  })
  // Closes everything on the day before it would be late.
  await living('LASTMINUTE', 60, (filed) => answeredAfter(filed, ANSWER_DAYS - 1))
  // Leaves what it got in two days of a month lying, and ends it all at once; the rest at its pace.
  await living('HEAP', 60, (filed, nth) =>
    nth < 20
      ? { filed: '2026-04-12', reviewed: '2026-04-15', answered: dayAfter('2026-04-12', ANSWER_DAYS) }
      : answeredAfter(filed, 20 + (nth % 30)),
  )
  // Ends things that come back at once.
  await living('REVOLVING', 60, (filed, nth) => {
    const lived = answeredAfter(filed, 10)
    return nth % 3 === 0 && lived.answered ? { ...lived, renewed: dayAfter(lived.answered, 4) } : lived
  })
  // Sends people away without a word about where to go.
  await living('BRUSHOFF', 60, (filed, nth) =>
    nth % 4 === 0 ? refusedAfter(filed, 6, { ground: 'other_authority' }) : answeredAfter(filed, 25),
  )
  // Compared from thirty that are ended: 29 answered and 30 answered, with as many open.
  for (const ended of [29, 30])
    await living(`ENDED${ended}`, 60, (filed, nth) =>
      nth < ended ? answeredAfter(filed, 30) : { reviewed: filed },
    )
  // More than 200 in a year: another size.
  await living('BIGGER', 200, (filed) => answeredAfter(filed, 33))
  await refreshCells({ db, clock, officeZone: 'UTC', origins: ['file'] })
  desk = await openDesk(db, createFileStore({ folder: '/tmp/wasl-no-objects' }), undefined, {}, undefined, {
    clock,
    officeZone: 'UTC',
  })
  const chief = await desk.enter('ministry-supervisor')
  page = (await chief.get('/console/indicators?from=2026-04&until=2026-11')).body.replace(
    /&#(\d+);/g,
    (_, code) => String.fromCharCode(Number(code)),
  )
})
afterAll(async () => {
  await desk.close()
  await close()
})

describe('signs that a number is made instead of work', () => {
  const flagged = () => {
    const list = /<ul>((?:<li>(?:(?!<\/li>).)*<\/li>)+)<\/ul><\/section>/s.exec(page)?.[1] ?? ''
    return [...list.matchAll(/<li>(.*?)<\/li>/gs)].map(([, line = '']) => line.replace(/<[^>]*>/g, ''))
  }

  it.each([
    ['closing everything at the last minute', 'LASTMINUTE', /derniers jours/],
    ['ending a heap on the day before it is late', 'HEAP', /26 juin 2026/],
    ['ending what comes back at once', 'REVOLVING', /renvoyées en 15 jours/],
    ['refusing without a direction', 'BRUSHOFF', /sans orientation/],
  ])('%s flags who does it, and nobody else', (_name, code, words) => {
    const lines = flagged().filter((line) => line.includes(code))
    expect(
      lines.some((line) => words.test(line)),
      lines.join('\n'),
    ).toBe(true)
    const others = flagged().filter((line) => words.test(line) && !line.includes(code))
    expect(others).toEqual([])
  })

  it('flag no honest body', () => {
    expect(flagged().filter((line) => /HONEST|MONTHLY|ENDED|BIGGER/.test(line))).toEqual([])
    expect(new Set(flagged().map((line) => /Administration (\w+)/.exec(line)?.[1]))).toEqual(
      new Set(['LASTMINUTE', 'HEAP', 'REVOLVING', 'BRUSHOFF']),
    )
  })
})

describe('bodies beside each other', () => {
  const groupsOf = (html: string) =>
    [...html.matchAll(/<h3>([^<]*)<\/h3><div[^>]*>\s*<table[\s\S]*?<\/table>/g)].map(([table]) =>
      [...table.matchAll(/Administration (\w+)/g)].map(([, code]) => code),
    )

  it('stay in the size of their year, however short a period is looked at', async () => {
    const chief = await desk.enter('ministry-supervisor')
    // In three months of its two hundred it has as few as the others.
    const short = (await chief.get('/console/indicators?from=2026-08&until=2026-10')).body
    expect(groupsOf(short).find((codes) => codes.includes('BIGGER'))).toEqual(['BIGGER'])
  })

  it('are compared from thirty that are ended, inside their size, and those left out are counted', () => {
    const groups = groupsOf(page)
    const compared = groups.flat()
    expect(compared).toContain('ENDED30')
    expect(compared).not.toContain('ENDED29')
    expect(groups.find((codes) => codes.includes('BIGGER'))).toEqual(['BIGGER'])
    expect(page).toMatch(/1 administration[^<]*(30|trente)/)
  })
})
