import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk } from '../support/desk.ts'
import { type MailGateway, onTheWire, openMailGateway, utf8 } from '../support/mail.ts'

let gateway: MailGateway
let desk: Awaited<ReturnType<typeof openDesk>>
let supervisor: Awaited<ReturnType<typeof desk.enter>>
beforeAll(async () => {
  gateway = await openMailGateway({ authservId: 'mx.wasl.example' })
  desk = await openDesk(gateway.db, gateway.store)
  supervisor = await desk.enter('ministry-supervisor')
})
afterAll(async () => {
  await desk.close()
  await gateway.close()
})

let serial = 0
const mailOf = (headers: Record<string, string>, body: string): Buffer => {
  serial += 1
  const all = {
    From: `Amina <amina${serial}@example.ma>`,
    To: 'plaintes@wasl.example',
    Subject: `Guichet ${serial}`,
    'Message-ID': `<desk${serial}@example.ma>`,
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
  }
  return onTheWire(
    `${Object.entries(all)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')}\n\n${utf8(body)}\n`,
  )
}

/** The page of somebody who said why they open the identity. */
const pageOf = async (reference: string, language?: string): Promise<string> => {
  await supervisor.post(`/console/complaints/${reference}/identity`, { reason: 'inspection' })
  return (await supervisor.get(`/console/complaints/${reference}`, language)).payload
}

const hrefIn = (page: string, pattern: RegExp): string => {
  const [, href] = pattern.exec(page) ?? []
  if (href === undefined) throw new Error(`no ${pattern} on the page`)
  return href
}

describe('a mail on the desk', () => {
  it("shows the sender's words and folds what is quoted one click away (P40)", async () => {
    const filed = await gateway.take(
      mailOf(
        {},
        'Le guichet reste ferme.\n\nLe 20 novembre 2026, Guichet <guichet@example.ma> a écrit :\n> Nous ouvrons\n> demain',
      ),
    )
    const page = await pageOf(filed.reference)
    const [open = '', ...folds] = page.split('<details>')
    expect(open).toContain('Le guichet reste ferme.')
    expect(open).not.toContain('Nous ouvrons')
    expect(folds.join('')).toMatch(/Texte entier[\s\S]*Nous ouvrons/)
  })

  it.each([
    ['', 'Expéditeur non vérifié', 'doubt'],
    ['mx.wasl.example; dmarc=pass header.from=example.ma', 'Domaine de l’expéditeur vérifié', 'good'],
    ['mx.wasl.example; dmarc=fail header.from=example.ma', 'désavoue', 'doubt'],
    ['mx.attacker.example; dmarc=pass header.from=example.ma', 'Expéditeur non vérifié', 'doubt'],
  ])('says how far the sender is proven: %j (P41)', async (results, words, kind) => {
    const raw = mailOf(results === '' ? {} : { 'Authentication-Results': results }, 'Le guichet est ferme.')
    const { reference } = await gateway.take(raw)
    expect(await pageOf(reference)).toMatch(new RegExp(`badge ${kind}">[^<]*${words}`))
  })

  it('sets a name that deceives apart from the address, its hidden marks made visible', async () => {
    const name = `"${utf8('ministre@gov.ma \u202Elive')}"`
    const { reference } = await gateway.take(mailOf({ From: `${name} <x@evil.example>` }, 'Bonjour, rien.'))
    const page = await pageOf(reference)
    expect(page).toMatch(/Expéditeur : <bdi dir="ltr">x@evil\.example<\/bdi><\/p>/)
    expect(page).toMatch(/Nom affiché, qui ne prouve rien : <bdi>ministre@gov\.ma ‹U\+202E›live<\/bdi>/)
    expect(page).toContain('Le nom montre une autre adresse')
    expect(page).not.toContain('\u202E')
  })

  it('gives the raw message bit for bit, as a download nobody opens by accident (P15)', async () => {
    const raw = mailOf({}, 'Bit pour bit.')
    const { reference } = await gateway.take(raw)
    const href = hrefIn(await pageOf(reference), /href="([^"]+\/mail\/[^"]+\/raw)"/)
    const download = await supervisor.get(href)
    expect(createHash('sha256').update(download.rawPayload).digest('hex')).toBe(
      createHash('sha256').update(raw).digest('hex'),
    )
    expect(download.headers).toMatchObject({
      'content-disposition': `attachment; filename="${reference}-mail.eml"`,
      'x-content-type-options': 'nosniff',
      'content-type': 'application/octet-stream',
    })
  })

  it('shows its HTML in a frame that may do nothing (P39)', async () => {
    const body =
      '<p onclick="steal()">Le <b>guichet</b></p><script>alert(1)</script><img src="http://canary.example/a.png"><form action="/console/x"><input></form><style>body{display:none}</style><a href="https://bank.example/?a=1&b=2" onclick="x()">votre <b>banque</b></a>'
    const { reference } = await gateway.take(mailOf({ 'Content-Type': 'text/html; charset=utf-8' }, body))
    await pageOf(reference)
    const page = await supervisor.get(`/console/complaints/${reference}`)
    expect(page.headers['content-security-policy']).toMatch(/frame-src 'self'/)
    expect(page.payload).toMatch(/<iframe class="mail" sandbox="" loading="lazy"/)
    const framed = await supervisor.get(hrefIn(page.payload, /<iframe[^>]+src="([^"]+)"/))
    expect(framed.headers['content-security-policy']).toBe(
      "sandbox; default-src 'none'; frame-ancestors 'self'",
    )
    expect(framed.payload).toContain('<p>Le <b>guichet</b></p>')
    expect(framed.payload).toMatch(
      /<u>votre <b>banque<\/b><\/u> <small><bdi dir="ltr">\[https:\/\/bank\.example\/\?a=1&amp;b=2\]/,
    )
    expect(framed.payload).not.toMatch(/script|onclick|img|form|style|canary/)
  })

  it('names what was not taken and why, and explains what cannot be read (P44)', async () => {
    const filed = await gateway.take(
      mailOf(
        { 'Content-Type': 'multipart/mixed; boundary=m' },
        '--m\n\nVoir la piece.\n--m\nContent-Type: application/pdf; name=vide.pdf\n\n--m--',
      ),
    )
    expect(await pageOf(filed.reference)).toMatch(/<bdi>vide\.pdf<\/bdi>: vide/)
    const sealed = await gateway.take(
      mailOf(
        {
          'Content-Type': 'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
          'Content-Transfer-Encoding': 'base64',
        },
        'AAAA',
      ),
    )
    const page = await pageOf(sealed.reference, 'en')
    expect(page).toMatch(/role="note">Encrypted message/)
    expect(page).toContain('message.eml')
  })

  it('shows robots and reports around the complaint, folded, with their raw form', async () => {
    const filed = await gateway.take(mailOf({ From: 'away@example.ma' }, 'Le guichet est ferme, dit-on.'))
    const receipt = (await gateway.sendReceipts()).at(-1)
    const id = /^Message-ID: (.+)$/im.exec(receipt!.raw.toString())![1]!
    await gateway.take(
      mailOf(
        { From: 'away@example.ma', 'In-Reply-To': id, 'Auto-Submitted': 'auto-replied' },
        'Je suis absent.',
      ),
    )
    const page = await pageOf(filed.reference)
    expect(page).toMatch(/Autres courriels[\s\S]*Message automatique[\s\S]*Je suis absent\./)
    expect(
      (await supervisor.get(hrefIn(page.split('Autres courriels')[1]!, /href="([^"]+\/raw)"/))).statusCode,
    ).toBe(200)
  })
})

describe('rights', () => {
  it('let an agent of the body read the words and no more of who wrote them', async () => {
    const { seedAdministrations } = await import('../../src/seed/administrations.ts')
    const { newUuidV7, systemClock } = await import('../../src/platform/system-clock.ts')
    await seedAdministrations({ db: gateway.db, clock: systemClock, newId: newUuidV7 })
    const filed = await gateway.take(
      mailOf(
        { From: 'Secret Person <secret@example.ma>', 'Content-Type': 'text/html' },
        '<p>Le mur tombe.</p>',
      ),
    )
    await gateway.db.sql`
      insert into referrals (id, complaint_id, round, administration_id, created_at, updated_at)
      select ${newUuidV7()}, ${filed.complaint_id}, 1, id, now(), now() from administrations where code = 'SANTE'`
    const agent = await desk.enter('agent', 'SANTE')
    const page = await agent.get(`/console/complaints/${filed.reference}`)
    expect(page.payload).toContain('Le mur tombe.')
    expect(page.payload).not.toMatch(/secret@example\.ma|Secret Person|\/mail\//)
    const [event] = await gateway.db
      .sql`select event_id from mail_messages where complaint_id = ${filed.complaint_id}`
    for (const part of ['raw', 'html'])
      expect(
        (await agent.get(`/console/complaints/${filed.reference}/mail/${event?.['event_id']}/${part}`))
          .statusCode,
      ).toBe(403)
  })
})

describe('the quarantine', () => {
  const entryOf = async (externalId: string) => {
    const [row] = await gateway.db
      .sql`select id, resolution from quarantine where external_id = ${externalId}`
    return row as unknown as { id: string; resolution: string | null }
  }
  const judgeAgain = (externalId: string) => gateway.judgeRecorded(externalId)

  it('shows the reason, gives the raw form, and registers a complaint when a person says so', async () => {
    const raw = mailOf({ 'X-Spam-Flag': 'YES' }, 'Le guichet vend des timbres trop cher.')
    expect(await gateway.take(raw, 'spam-1')).toMatchObject({ outcome: 'quarantined', reason: 'spam' })
    const { id } = await entryOf('spam-1')
    const page = (await supervisor.get('/console/failures')).payload
    expect(page).toContain('Jugé indésirable par le serveur de courrier')
    const download = await supervisor.get(`/console/quarantine/${id}/raw`)
    expect(download.rawPayload).toEqual(raw)
    expect(download.headers['content-disposition']).toBe(`attachment; filename="${id}.eml"`)
    expect((await supervisor.post(`/console/quarantine/${id}/release`)).statusCode).toBe(303)
    const [message] = await gateway.db
      .sql`select topic, payload from outbox_messages where dedupe_key like 'released:%'`
    expect(message).toMatchObject({ topic: 'inbound.judge' })
    await judgeAgain('spam-1')
    const [line] = await gateway.db
      .sql`select outcome from ledger_entries where channel = 'email' and external_id = 'spam-1'`
    expect(line).toEqual({ outcome: 'created' })
    const sent = await gateway.sendReceipts()
    expect(sent.filter(({ raw: mail }) => mail.includes(`To: amina${serial}@example.ma`))).toHaveLength(1)
    expect((await supervisor.get('/console/failures')).payload).not.toContain(id)
    expect((await supervisor.post(`/console/quarantine/${id}/release`)).statusCode).toBe(409)
  })

  it('registers what nobody could read, the original attached', async () => {
    await gateway.take('bonjour', 'unreadable-1')
    const { id } = await entryOf('unreadable-1')
    await supervisor.post(`/console/quarantine/${id}/release`)
    await judgeAgain('unreadable-1')
    const [row] = await gateway.db.sql`
      select s.complaint_id, s.text from submissions s where external_id = 'unreadable-1'`
    expect(row?.['text']).toMatch(/^\[/)
    expect((await gateway.media(row?.['complaint_id'] as string)).map(({ name }) => name)).toEqual([
      'message.eml',
    ])
    expect(await gateway.sendReceipts()).toEqual([])
  })

  it('lays aside, and keeps the line of the ledger', async () => {
    await gateway.take(mailOf({ 'X-Spam-Flag': 'YES' }, 'Achetez des montres.'), 'spam-2')
    const { id } = await entryOf('spam-2')
    expect((await supervisor.post(`/console/quarantine/${id}/dismiss`)).statusCode).toBe(303)
    expect((await entryOf('spam-2')).resolution).toBe('dismissed')
    const [line] = await gateway.db.sql`select outcome from ledger_entries where external_id = 'spam-2'`
    expect(line).toEqual({ outcome: 'quarantined' })
  })

  it('is not for those who may only look', async () => {
    await gateway.take(mailOf({ 'X-Spam-Flag': 'YES' }, 'Achetez des sacs.'), 'spam-3')
    const { id } = await entryOf('spam-3')
    const auditor = await desk.enter('auditor')
    expect((await auditor.get('/console/failures')).payload).not.toContain(`${id}/release`)
    expect((await auditor.post(`/console/quarantine/${id}/release`)).statusCode).toBe(403)
    expect((await entryOf('spam-3')).resolution).toBeNull()
  })
})
