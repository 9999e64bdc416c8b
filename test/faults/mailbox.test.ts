import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signIn, wasl } from '../support/gateway-client.ts'
import { freePort, type GatewayProcess, until } from '../support/gateway-process.ts'
import { type MailStage, openMailStage } from '../support/mail-stage.ts'
import { mailOf } from '../support/mail-text.ts'

const MB = 1024 * 1024

let stage: MailStage
let own: Record<string, string>
let gateway: GatewayProcess

const start = async () => {
  gateway = await stage.start(own)
}
const stop = (signal: NodeJS.Signals = 'SIGTERM') => gateway.end(signal)
const put = (...mails: string[]) => stage.dovecot.put('plaintes', mails)
/** The end of the one mail that has these words. */
const filed = (words: string, patienceMs = 60_000) =>
  until(`a mail with "${words}" is filed`, async () => (await stage.endOf(words))[0], patienceMs)

beforeAll(async () => {
  stage = await openMailStage({ LOG_LEVEL: 'info' })
  own = {
    IMAP_URL: [
      stage.dovecot.url('plaintes'),
      stage.dovecot.url('archive', '?done=Traitees'),
      `imap://nobody:secret@127.0.0.1:${await freePort()}/INBOX`,
    ].join(' '),
  }
  await start()
})
afterAll(() => stage.close())

describe('a mailbox that is read', () => {
  it('has a new mail filed and acknowledged within a minute, and learns so only then (P03, G37)', async () => {
    const began = performance.now()
    put(mailOf('one'))
    await filed('numero one')
    await stage.settled(1)
    expect(performance.now() - began).toBeLessThan(60_000)
    await until('the mailbox knows', () =>
      stage.dovecot.visit('plaintes', async (client) => {
        const [mail] = await client.fetchAll('1:*', { flags: true })
        return mail?.flags?.has('$WaslFiled') && mail.flags.has('\\Seen')
      }),
    )
  })

  it('has its mail moved where the configuration says, once it is on record', async () => {
    stage.dovecot.put('archive', [mailOf('moved')])
    await filed('numero moved')
    await until('it is moved', () =>
      stage.dovecot.visit('archive', async (client) => {
        const here = await client.status('INBOX', { messages: true })
        const there = await client.status('Traitees', { messages: true })
        return here && there && here.messages === 0 && there.messages === 1
      }),
    )
  })

  it('keeps the raw mail bit for bit, and tells nothing of a mailbox that answers nobody but its name (P15)', async () => {
    const [{ raw_sha256: sha, raw_object: key } = {}] = await stage.db.sql<
      { raw_sha256: string; raw_object: string }[]
    >`select e.raw_sha256, e.raw_object from inbound_events e join mail_messages m on m.event_id = e.id
      where m.text like '%numero one %'`
    expect(sha).toBe(createHash('sha256').update(mailOf('one')).digest('hex'))
    expect(key).toMatch(/^mail\/[0-9a-f-]{36}$/)
    const environment = await stage.environment(own)
    const staff = await signIn(gateway.base, environment)
    const { items } = await staff.call<{ items: { reference: string; text: string }[] }>('GET', '/complaints')
    const reference = items.find(({ text }) => text.includes('numero one'))?.reference ?? ''
    const { raw } = await staff.complaint<{ raw: { sha256: string; url: string }[] }>(reference)
    const answer = await fetch(new URL(raw[0]!.url, gateway.base), {
      headers: { authorization: `Bearer ${staff.token}` },
    })
    expect(Buffer.from(await answer.arrayBuffer()).toString()).toBe(mailOf('one'))

    const ready = await fetch(`${gateway.base}/readyz`)
    expect(ready.status).toBe(200)
    const { checks } = (await ready.json()) as { checks: { mailboxes: { ok: boolean; reason: string } } }
    expect(checks.mailboxes).toEqual({ ok: false, reason: '3 127.0.0.1/INBOX: ECONNREFUSED' })
    const metrics = await (await fetch(`${gateway.base}/metrics`)).text()
    expect(metrics).toContain('wasl_mailbox_failing{mailbox="1 127.0.0.1/INBOX"} 0')
    expect(metrics).toContain('wasl_mailbox_failing{mailbox="3 127.0.0.1/INBOX"} 1')
    expect(gateway.logged.join('\n')).not.toMatch(/secret|nobody|citizen|example\.ma/)
  })

  it('files a Message-ID used twice for two contents twice, and one mail that comes twice once (P13)', async () => {
    const before = await stage.counts()
    const id = { 'Message-ID': '<used-twice@example.ma>' }
    const nameless = mailOf('nameless', { 'Message-ID': undefined })
    put(mailOf('a1', id), mailOf('a2', id), nameless, nameless)
    await filed('numero a1')
    await filed('numero a2')
    await filed('numero nameless')
    const after = await stage.settled(before.received + 3)
    expect(after.created - before.created).toBe(3)
  })

  it('does not look at \\Seen, and files what came while the gateway was down (P07)', async () => {
    const before = await stage.counts()
    await stop()
    put(mailOf('read by a person'), mailOf('came at night'))
    await stage.dovecot.visit('plaintes', (client) => client.messageFlagsAdd('1:*', ['\\Seen']))
    await start()
    await filed('numero read by a person')
    await filed('numero came at night')
    expect(await stage.settled(before.received + 2)).toMatchObject({ created: before.created + 2 })
  })

  it.each(['while it is read', 'while the gateway is down'])(
    'is numbered anew %s: nothing is lost, nothing repeated, no other mail taken for a known one (P09)',
    async (when) => {
      const before = await stage.counts()
      const isDown = when !== 'while it is read'
      if (isDown) await stop('SIGKILL')
      // UID 1 and the following name other mails than before: the older ones are gone.
      await stage.dovecot.visit('plaintes', (client) => client.messageDelete('1:2'))
      await stage.dovecot.renumber('plaintes')
      put(mailOf(`renumbered ${when}`), mailOf(`renumbered too ${when}`))
      if (isDown) await start()
      await filed(`numero renumbered ${when}`)
      await filed(`numero renumbered too ${when}`)
      const after = await stage.settled(before.received + 2)
      expect(after).toEqual({
        ...before,
        received: before.received + 2,
        created: before.created + 2,
        complaints: before.complaints + 2,
        receipts: before.receipts + 2,
      })
    },
  )

  it('keeps a large mail whole; one beyond every limit is not downloaded, put before a person, left there (P15, P17)', async () => {
    const large = Buffer.concat([Buffer.from(mailOf('large')), Buffer.alloc(54 * MB, 'de la rue\r\n')])
    const huge = Buffer.concat([Buffer.from(mailOf('huge')), Buffer.alloc(201 * MB, 'de la rue\r\n')])
    stage.dovecot.put('plaintes', [huge, large, mailOf('after the huge one')])
    await filed('numero after the huge one')
    await filed('numero large')
    const rows = await until('the huge one is in the quarantine', async () => {
      const found = await stage.db.sql<{ reason: string; raw_bytes: number; raw_object: string }[]>`
        select q.reason, e.raw_bytes::float8 as raw_bytes, e.raw_object
        from inbound_events e left join quarantine q using (external_id) where e.raw_bytes > ${MB} order by 2`
      return found.length > 1 && found[1]?.reason === 'too_large' ? found : undefined
    })
    expect(rows.map(({ raw_bytes }) => raw_bytes)).toEqual([large.length, huge.length])
    const objects = fs.globSync('**/*', { cwd: path.join(stage.folder, 'data/objects'), withFileTypes: true })
    const kept = rows.map(({ raw_object }) => {
      const file = objects.find(({ name }) => decodeURIComponent(name) === raw_object)
      return fs.statSync(path.join(file!.parentPath, file!.name)).size
    })
    expect(kept).toEqual([large.length, 64 * 1024])
  }, 120_000)

  it('is held against the ledger by `wasl reconcile`: what a restored database has forgotten is filed once', async () => {
    const before = await stage.settled(1)
    await stop()
    const [mail] = await stage.db.sql<{ external_id: string }[]>`
      select external_id from mail_messages where text like '%numero came at night %'`
    const name = mail!.external_id
    await stage.db.sql`delete from ledger_entries where external_id = ${name}`
    await stage.db.sql`delete from submissions where external_id = ${name}`
    await stage.db.sql`delete from mail_messages where external_id = ${name}`
    await stage.db.sql`delete from inbound_events where external_id = ${name}`
    const environment = await stage.environment(own)
    const { stdout, code } = await wasl(environment, 'reconcile', '--json')
    const { mailboxes } = JSON.parse(stdout) as { mailboxes: { ok: boolean; filed: number; code?: string }[] }
    expect(mailboxes).toMatchObject([
      { ok: true, filed: 1 },
      { ok: true, filed: 0 },
      { code: 'ECONNREFUSED' },
    ])
    expect(code).toBe(1)
    expect((await stage.counts()).received).toBe(before.received)
    await start()
    await filed('numero came at night')
  })
})
