import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openTestDatabase } from '../support/acceptance.ts'
import { knocker } from '../support/telephone-door.ts'

/** P69. */
const BODIES = 10_000
const GROWTH_BYTES = 100 * 1024 * 1024

const word = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('MessageSid', 'From', '__proto__', '\u0000', 'a'.repeat(3_000)),
)
const form = fc
  .array(fc.tuple(word, word), { maxLength: 8 })
  .map((fields) => new URLSearchParams(fields).toString())
const body = fc.oneof(
  form,
  fc.string({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
)

const CHILD = fileURLToPath(new URL('../support/telephone-door.child.ts', import.meta.url))

const startDoor = async (databaseUrl: string) => {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
  const memory = () => {
    const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
  }
  return { url, memory, stop: () => child.kill() }
}

it('answers random forms, signed or not, without failing and without growing (P69)', async () => {
  const open = await openTestDatabase()
  const door = await startDoor(open.url)
  const { send, signed } = knocker(() => door.url)
  try {
    const bodies = fc.sample(body, { numRuns: BODIES, seed: 42 })
    let before = 0
    const statuses = new Map<number, number>()
    for (let i = 0; i < bodies.length; i += 50) {
      const answers = await Promise.all(
        bodies.slice(i, i + 50).map((one, j) => (j % 2 === 0 ? signed(one) : send(one, {}))),
      )
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await Promise.all(answers.map((answer) => answer.arrayBuffer()))
      // What a process needs to be warm is no growth.
      if (i === BODIES / 10) before = door.memory()
    }
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([])
    expect(statuses.get(200)).toBeGreaterThan(BODIES / 4)
    expect(statuses.get(403)).toBeGreaterThan(BODIES / 4)
    expect(door.memory() - before).toBeLessThan(GROWTH_BYTES)
    const [row] = await open.db.sql`select count(*)::int as entries from ledger_entries`
    expect(row?.['entries']).toBeGreaterThan(100)
  } finally {
    door.stop()
    await open.close()
  }
})
