import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorMail } from '../../src/html/anchor-mail.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { signingKeyOf } from '../../src/receipts/sign-receipt.ts'
import { ANCHORS, anchorWhenDue, readKeptLine } from '../../src/staff/anchor-audit.ts'
import { appendAudit } from '../../src/staff/audit.ts'
import { inviteStaff } from '../../src/staff/members.ts'
import { createSendAnchor } from '../../src/staff/send-anchor.ts'
import { verifyAudit, verifyChain } from '../../src/staff/verify-audit.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { keepMail } from '../support/kept-mail.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())

const write = (tenant: string, n: number) =>
  open.db.orm.transaction((tx) =>
    appendAudit(tx, { clock: systemClock }, tenant, {
      actor: 'staff:x',
      action: 'complaint.read',
      subject: `${n}`,
      facts: { z: 1, a: { c: n, b: ['x'] } },
    }),
  )

/** Changes a row behind the triggers' back, as an intruder who owns the database would. */
const tamper = (statement: string) =>
  open.db.sql.begin(async (sql) => {
    await sql`alter table audit_entries disable trigger user`
    await sql.unsafe(statement)
    await sql`alter table audit_entries enable trigger user`
  })

it('does not fork at twenty parallel writes, and tenants do not share a chain', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => Promise.all([write('a', n), write('b', n)])))
  for (const tenant of ['a', 'b'])
    expect(await verifyChain(open.db, tenant)).toMatchObject({ entries: 20, brokenAt: undefined })
})

it.each(['update audit_entries set actor = $$me$$', 'delete from audit_entries', 'truncate audit_entries'])(
  'refuses: %s',
  async (statement) => {
    await expect(open.db.sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
  },
)

it.each([
  ['an edit', "update audit_entries set facts = '{}' where tenant = 'edit' and number = 3", 3],
  ['a deletion', "delete from audit_entries where tenant = 'delete' and number = 3", 4],
])('finds %s', async (_, statement, brokenAt) => {
  const tenant = statement.includes("'edit'") ? 'edit' : 'delete'
  for (let n = 1; n <= 5; n += 1) await write(tenant, n)
  await tamper(statement)
  expect(await verifyChain(open.db, tenant)).toMatchObject({ brokenAt })
})

it('finds a truncation and a full rewrite by the anchor kept outside', async () => {
  for (let n = 1; n <= 3; n += 1) await write('cut', n)
  const anchor = await verifyChain(open.db, 'cut')
  expect(await verifyChain(open.db, 'cut', [anchor])).toMatchObject({ anchored: true })
  await write('cut', 4)
  expect(await verifyChain(open.db, 'cut', [anchor])).toMatchObject({ anchored: true, entries: 4 })

  await tamper("delete from audit_entries where tenant = 'cut' and number >= 3")
  expect(await verifyChain(open.db, 'cut')).toMatchObject({ brokenAt: undefined, entries: 2 })
  expect(await verifyChain(open.db, 'cut', [anchor])).toMatchObject({ anchored: false })

  await tamper("delete from audit_entries where tenant = 'cut'")
  for (let n = 1; n <= 3; n += 1) await write('cut', n + 10)
  expect(await verifyChain(open.db, 'cut', [anchor])).toMatchObject({ brokenAt: undefined, anchored: false })
})

describe('heads that leave the house by themselves', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-anchor-'))
  const file = path.join(folder, 'audit.jws')
  const { mails, mailer } = keepMail()
  let now = new Date('2026-11-22T08:00:00Z')
  const anchorDeps = () => ({ db: open.db, clock: { now: () => now }, newId: newUuidV7 })
  const later = (hours: number) => {
    now = new Date(now.getTime() + hours * 3_600_000)
  }
  const send = createSendAnchor({
    get db() {
      return open.db
    },
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    audit: { anchorTo: undefined, anchorFile: file },
    write: anchorMail,
    mailer,
  })
  /** Sweeps, in several processes at once, and lets what was written go out. */
  const sweep = async (): Promise<number> => {
    const written = await Promise.all(Array.from({ length: 5 }, () => anchorWhenDue(anchorDeps())))
    const waiting = await open.db.sql`
      delete from outbox_messages where topic = 'audit.anchor' returning id, payload`
    for (const { id, payload } of waiting)
      expect(
        await send(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(5_000) }),
      ).toMatchObject({ ok: true })
    return written.filter(Boolean).length
  }
  const kept = () =>
    fs
      .readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => readKeptLine(line, [signingKeyOf(testSecrets)]))
      .filter((anchor) => anchor !== undefined)
  const holds = async (anchors = kept()) =>
    (await verifyAudit(open.db, anchors)).every((one) => one.brokenAt === undefined && one.anchored)

  beforeAll(async () => {
    await tamper('delete from audit_entries')
    await inviteStaff(anchorDeps(), { email: 'auditor@cour.example', role: 'auditor' })
  })
  afterAll(() => fs.rmSync(folder, { recursive: true }))

  it('go each day and after many entries, once, to the auditors and into the file', async () => {
    expect(await sweep()).toBe(1)
    later(23)
    await write('body', 1)
    expect(await sweep()).toBe(0)
    later(1)
    expect(await sweep()).toBe(1)
    later(48)
    expect(await sweep(), 'nothing moved').toBe(0)
    await open.db.sql`
      insert into audit_entries select 'busy', n, now(), 'a', 'b', 'c', '{}', '', '' from generate_series(1, 5000) n`
    now = new Date(now.getTime() - 48 * 3_600_000 + 1)
    expect(await sweep(), 'many entries').toBe(1)
    await tamper("delete from audit_entries where tenant = 'busy'")
    expect(await holds(), 'a whole chain is missing').toBe(false)
    await tamper(`delete from audit_entries where tenant = '${ANCHORS}' and number = 3`)
    fs.writeFileSync(file, `${fs.readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n')}\n`)
    expect(kept()).toMatchObject([{ entries: 1 }, { entries: 2 }])
    expect(await holds()).toBe(true)

    expect(mails.map(({ to }) => to)).toEqual(Array(3).fill('auditor@cour.example'))
    const [mail] = mails
    const attached = String(mail?.attachments?.[0]?.content)
    expect(readKeptLine(attached, [signingKeyOf(testSecrets)])).toEqual(kept()[0])
    expect(mail?.text).toContain(kept()[0]?.head)
    expect(mail?.text).toMatch(/[\u0600-\u06FF]/)
  })

  it('find, without any file, one chain that was cut or recomputed', async () => {
    expect(await holds([])).toBe(true)
    await tamper("delete from audit_entries where tenant = 'body'")
    expect(await holds([])).toBe(false)
    await write('body', 2)
    expect(await holds([])).toBe(false)
  })

  it('find everything recomputed by whoever has the database and the key', async () => {
    await tamper('delete from audit_entries')
    await open.db.sql`delete from audit_anchored`
    await write('ministry', 7)
    await write('body', 8)
    expect(await anchorWhenDue(anchorDeps())).toBe(true)
    later(24)
    await write('body', 9)
    expect(await anchorWhenDue(anchorDeps())).toBe(true)
    expect(await holds([]), 'from inside nothing is to be seen').toBe(true)
    expect(await holds()).toBe(false)
    for (const anchor of kept()) expect(await holds([anchor])).toBe(false)
  })

  it('takes no line that somebody else signed', () => {
    const [line = ''] = fs.readFileSync(file, 'utf8').split('\n')
    const [head, , signature] = line.split('.')
    const claims = Buffer.from(JSON.stringify({ ...kept()[0], v: 1 })).toString('base64url')
    expect(readKeptLine(`${head}.${claims}.${signature}`, [signingKeyOf(testSecrets)])).toBeUndefined()
    expect(readKeptLine(line, [])).toBeUndefined()
  })
})
