import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { freePort, type GatewayProcess, scratchFolder, until } from '../support/gateway-process.ts'
import { capabilities, conversation, type Delivery, deliver, type Word } from '../support/mail-client.ts'
import { type MailStage, openMailStage } from '../support/mail-stage.ts'
import { ADDRESS, mailOf } from '../support/mail-text.ts'

const MB = 1024 * 1024
const GOLDEN = path.join(import.meta.dirname, '../mail')

let folder: string
let postgres: EmbeddedPostgres
let stage: MailStage
let port: number
let own: Record<string, string>
let gateway: GatewayProcess

beforeAll(async () => {
  folder = scratchFolder('mail-door')
  // Its own, with fsync: it is stopped and killed here.
  postgres = await startEmbeddedPostgres(path.join(folder, 'pg'))
  port = await freePort()
  stage = await openMailStage(
    { LOG_LEVEL: 'info', MAIL_AUTHSERV_ID: 'mx.of-this-test.example' },
    postgres.url,
  )
  own = { LMTP_LISTEN: `127.0.0.1:${port}`, IMAP_URL: stage.dovecot.url('plaintes') }
  gateway = await stage.start(own)
})
afterAll(async () => {
  await stage.close()
  await postgres.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const send = (raw: Buffer | string, more: Partial<Delivery> = {}): Promise<readonly Word[]> =>
  deliver({ port, from: 'amina@example.ma', to: [ADDRESS], raw, ...more })

const codes = (words: readonly Word[]): readonly number[] => words.map(({ code }) => code)

const filed = (words: string) =>
  until(`a mail with "${words}" is filed`, async () => (await stage.endOf(words))[0])

const rawOf = async (words: string) => {
  const [row] = await stage.db.sql<{ sha: string; object: string }[]>`
    select e.raw_sha256 as sha, e.raw_object as object from inbound_events e join mail_messages m on m.event_id = e.id
    where m.text like ${`%${words}%`}`
  const objects = fs.globSync('**/*', { cwd: path.join(stage.folder, 'data/objects'), withFileTypes: true })
  const file = objects.find(({ name }) => decodeURIComponent(name) === row?.object)
  return { sha: row?.sha, bytes: fs.readFileSync(path.join(file!.parentPath, file!.name)) }
}

it('takes mail with "250" once it is durable, with what only the envelope says above it, and answers by mail', async () => {
  const mail = mailOf(
    'door',
    {},
    '.a line with a dot\r\nLe lampadaire numero door est en panne depuis un mois.',
  )
  const began = performance.now()
  expect(codes(await send(mail, { to: [ADDRESS, 'plaintes+tag@wasl.test'] }))).toEqual([250, 250])
  expect(await stage.db.sql`select 1 from inbound_events`).toHaveLength(1)
  await filed('numero door')
  await stage.settled(1)
  expect(performance.now() - began).toBeLessThan(60_000)
  const { sha, bytes } = await rawOf('numero door')
  expect(bytes.toString()).toBe(
    `Return-Path: <amina@example.ma>\r\nDelivered-To: ${ADDRESS}\r\nDelivered-To: plaintes+tag@wasl.test\r\n${mail}`,
  )
  expect(sha).toBe(createHash('sha256').update(bytes).digest('hex'))
  const [letter] = stage.sink.mails
  expect(letter).toMatchObject({ from: '', to: ['citizendoor@example.ma'] })
})

it('says what it takes and what it does not: SIZE, no sign-in, no PROXY (P17)', async () => {
  const said = await capabilities(port, 'LHLO test')
  expect(said).toContain(`SIZE ${50 * MB}`)
  expect(said).not.toMatch(/AUTH|STARTTLS|XCLIENT|XFORWARD/)
  expect(await capabilities(port, 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2')).toMatch(/^5\d\d/)
})

it('tells the sender of a message that is too large, declared or not, and keeps nothing of it (P17)', async () => {
  const before = await stage.counts()
  expect(codes(await send(mailOf('declared'), { declare: 60 * MB }))).toEqual([552])
  const huge = mailOf('huge', {}, 'x'.repeat(998).concat('\r\n').repeat(54_000))
  expect(codes(await send(huge))).toEqual([552])
  expect(await stage.counts()).toEqual(before)
  expect(codes(await send(mailOf('control after the huge one')))).toEqual([250])
  await filed('numero control after the huge one')
}, 60_000)

it('takes a message that its sender brings again as the one it is', async () => {
  const before = await stage.counts()
  const mail = mailOf('brought again')
  expect(codes(await send(mail))).toEqual([250])
  expect(codes(await send(mail))).toEqual([250])
  await filed('numero brought again')
  expect(await stage.settled(before.received + 1)).toMatchObject({ received: before.received + 1 })
})

it('takes several messages of one connection whose commands come in one packet, as Postfix sends them', async () => {
  const before = await stage.counts()
  const one = (serial: string) =>
    `MAIL FROM:<a@example.ma> SIZE=500\r\nRCPT TO:<${ADDRESS}>\r\nDATA\r\n${mailOf(serial)}.\r\n`
  const answer = await conversation(port, `LHLO test\r\n${one('piped 1')}${one('piped 2')}RSET\r\nQUIT\r\n`)
  expect(answer.match(/^250 2\.0\.0 /gm)).toHaveLength(2)
  await filed('numero piped 1')
  await filed('numero piped 2')
  expect((await stage.settled(before.received + 2)).received).toBe(before.received + 2)
})

it('serves as many senders as it can at once and has the others come again; none is lost', async () => {
  const SENDERS = 200
  const before = await stage.counts()
  const refused: unknown[] = []
  const bringUntilTaken = (serial: number) =>
    until(`${serial} is taken`, async () => {
      try {
        return codes(await send(mailOf(`crowd ${serial}`)))[0] === 250
      } catch (error) {
        refused.push(error)
        return false
      }
    })
  await Promise.all(Array.from({ length: SENDERS }, (_, i) => bringUntilTaken(i)))
  expect(refused.length).toBeGreaterThan(0)
  const after = await stage.settled(before.received + SENDERS, 120_000)
  expect(after).toMatchObject({ received: before.received + SENDERS, created: before.created + SENDERS })
}, 180_000)

it('refuses a command without end', async () => {
  expect(await conversation(port, `LHLO ${'x'.repeat(64 * 1024)}\r\n`)).not.toMatch(/^250/m)
})

it('takes nothing of a message whose sender hangs up in the middle', async () => {
  const before = await stage.counts()
  const mail = mailOf('cut', {}, 'half a sentence\r\n'.repeat(20_000))
  await expect(send(mail, { cutAfter: mail.length / 2 })).rejects.toThrow()
  expect(codes(await send(mailOf('control after the cut')))).toEqual([250])
  await filed('numero control after the cut')
  expect((await stage.settled(before.received + 1)).received).toBe(before.received + 1)
})

it('says "come again" while PostgreSQL is away or the store cannot be written, leaves mailboxes as they are, and takes all afterwards', async () => {
  await postgres.stop()
  stage.dovecot.put('plaintes', [mailOf('in the mailbox while away')])
  expect(codes(await send(mailOf('while away')))).toEqual([451])
  const [waiting] = await stage.dovecot.visit('plaintes', (client) => client.fetchAll('1:*', { flags: true }))
  expect(waiting?.flags).not.toContain('\\Seen')
  postgres = await startEmbeddedPostgres(path.join(folder, 'pg'))
  await until('it is taken', async () => codes(await send(mailOf('while away')))[0] === 250)
  await filed('numero while away')
  await filed('numero in the mailbox while away')
  const objects = path.join(stage.folder, 'data/objects')
  fs.renameSync(objects, `${objects}.away`)
  fs.writeFileSync(objects, 'no folder')
  expect(codes(await send(mailOf('without a store')))).toEqual([451])
  fs.rmSync(objects)
  fs.renameSync(`${objects}.away`, objects)
  expect(codes(await send(mailOf('without a store')))).toEqual([250])
  await filed('numero without a store')
}, 120_000)

it('keeps its word when it is killed at any moment: what heard "250" is filed, and what is brought again is filed once (P01)', async () => {
  const before = await stage.settled(1)
  const KILLS = 4
  for (let kill = 0; kill < KILLS; kill += 1) {
    const mail = mailOf(
      `killed ${kill}`,
      {},
      `Le mur numero killed ${kill} est tombe.\r\n${'mot '.repeat(5_000)}`,
    )
    // From before the last byte until shortly after it: nobody chose the moment.
    const killed = new Promise((ended) => {
      const onSent = () => setTimeout(() => ended(gateway.end('SIGKILL')), kill * 6)
      send(mail, { onSent }).catch(() => {})
    })
    await killed
    gateway = await stage.start(own)
    await until('it is taken', async () => codes(await send(mail))[0] === 250)
  }
  const after = await stage.settled(before.received + KILLS, 120_000)
  expect(after.received).toBe(before.received + KILLS)
  expect(after.created).toBe(before.created + KILLS)
}, 240_000)

interface Golden {
  readonly outcome: string
  readonly reason?: string
}

it('gives every odd mail the end a clerk would, and the control after it is filed (P20, P24, P26, P34, P37-P44)', async () => {
  const names = fs.readdirSync(GOLDEN).flatMap((name) => (name.endsWith('.eml') ? name.slice(0, -4) : []))
  const before = await stage.settled(1)
  const ends: Record<string, Golden> = {}
  for (const name of names) {
    const raw = fs.readFileSync(path.join(GOLDEN, `${name}.eml`))
    const from = /^Return-Path: *<([^>]*)>/im.exec(raw.toString('latin1'))?.[1] ?? 'amina@example.ma'
    expect([name, ...codes(await send(raw, { from }))]).toEqual([name, 250])
    ends[name] = JSON.parse(fs.readFileSync(path.join(GOLDEN, `${name}.json`), 'utf8')) as Golden
  }
  expect(codes(await send(mailOf('control of the odd ones')))).toEqual([250])
  await filed('numero control of the odd ones')
  const after = await stage.settled(before.received + names.length + 1, 120_000)
  expect(after.received).toBe(before.received + names.length + 1)
  expect(after.created + after.quarantined + after.ignored).toBe(after.received)
  const met: Record<string, unknown> = {}
  for (const name of names) {
    const raw = fs.readFileSync(path.join(GOLDEN, `${name}.eml`))
    const whole = raw.subarray(-2).toString() === '\r\n' ? raw : Buffer.concat([raw, Buffer.from('\r\n')])
    const [row] = await stage.db.sql<Golden[]>`
      select outcome, reason from ledger_entries
      where external_id = ${`sha256:${createHash('sha256').update(whole).digest('hex')}`}`
    met[name] = row
  }
  expect(met).toMatchObject(
    Object.fromEntries(
      Object.entries(ends).map(([name, { outcome, reason }]) => [
        name,
        reason ? { outcome, reason } : { outcome },
      ]),
    ),
  )
  for (const { raw, to } of stage.sink.mails) {
    expect(to).toHaveLength(1)
    expect(to.join()).not.toMatch(/no-?reply|mailer-daemon/i)
    const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
    expect(head).toMatch(/^Auto-Submitted: auto-replied$/m)
    for (const line of head.split('\r\n')) expect(line).toMatch(/^[!-9;-~]+:|^[ \t]/)
  }
}, 180_000)
