import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replyAddress } from '../../src/core/reply-address.ts'
import { loopMark } from '../../src/platform/mailer.ts'
import { type MailGateway, onTheWire, openMailGateway, RECEIVED, utf8 } from '../support/mail.ts'

let gateway: MailGateway
beforeAll(async () => {
  gateway = await openMailGateway()
})
afterAll(() => gateway.close())

let serial = 0
/** A plain mail; headers given replace or join the usual ones. */
const mailOf = (
  headers: Record<string, string | undefined> = {},
  body = 'Le guichet est ferme depuis lundi.',
): string => {
  serial += 1
  const all = {
    'Return-Path': `<amina${serial}@example.ma>`,
    From: `Amina <amina${serial}@example.ma>`,
    To: 'plaintes@wasl.example',
    Subject: `Guichet ${serial}`,
    Date: 'Mon, 1 Jan 2001 00:00:00 +0000',
    'Message-ID': `<m${serial}@example.ma>`,
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return `${lines.join('\n')}\n\n${body}\n`
}
const from = (address: string) => ({ From: address, 'Return-Path': `<${address}>` })

const acknowledged = async (address: string, headers: Record<string, string> = {}) => {
  const filed = await gateway.take(mailOf({ ...from(address), ...headers }))
  const [sent] = await gateway.sendReceipts()
  return { filed, sent: sent!, letter: await simpleParser(sent!.raw) }
}

describe('a mail of a person', () => {
  it('becomes a complaint that counts from its reception, with the raw message bit for bit', async () => {
    const raw = onTheWire(mailOf())
    const filed = await gateway.take(raw)
    expect(filed).toMatchObject({
      outcome: 'created',
      class: 'new',
      language: 'fr',
      email: `amina${serial}@example.ma`,
      name: 'Amina',
    })
    const [submission] = await gateway.db.sql`
      select s.received_at, s.raw_sha256, s.raw_object from submissions s where complaint_id = ${filed.complaint_id}`
    expect(submission?.['received_at']).toEqual(RECEIVED)
    const stored = await gateway.store.get(submission?.['raw_object'] as string)
    const chunks: Buffer[] = []
    for await (const chunk of stored!) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks)).toEqual(raw)
  })

  it('is judged once, also when it is judged again after a crash', async () => {
    const id = await gateway.record(onTheWire(mailOf()))
    await gateway.judgeRecorded(id)
    await gateway.db.sql`update ledger_entries set outcome = null where external_id = ${id}`
    await gateway.judgeRecorded(id)
    const [row] = await gateway.db.sql`select count(*)::int as n from submissions where external_id = ${id}`
    expect(row?.['n']).toBe(1)
  })

  it('that comes by two ways is one complaint; a Message-ID used twice for two contents is two', async () => {
    const mail = mailOf({ 'Message-ID': '<twice@example.ma>' })
    expect(await gateway.take(`Received: from a by b\n${mail}`)).toMatchObject({ outcome: 'created' })
    expect(await gateway.take(`Received: from c by d\n${mail}`)).toMatchObject({
      outcome: 'ignored',
      reason: 'repeat',
    })
    expect(await gateway.take(mailOf({ 'Message-ID': '<twice@example.ma>' }, 'Autre chose.'))).toMatchObject({
      outcome: 'created',
    })
  })

  it('keeps files as media and tells decoration from them', async () => {
    const png = Buffer.alloc(300, 7).toString('base64')
    const filed = await gateway.take(
      mailOf(
        { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=m' },
        `--m\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>Voir la photo, le trou est dans la rue.</p><img src="cid:logo">\n--r\nContent-Type: image/png; name=logo.png\nContent-ID: <logo>\nContent-Transfer-Encoding: base64\n\n${png}\n--r--\n--m\nContent-Type: image/png\nContent-Disposition: attachment; filename="../../etc/passwd"\nContent-Transfer-Encoding: base64\n\n${png}\n--m\nContent-Type: audio/amr\nContent-Disposition: attachment; filename*=utf-8''%D8%B5%D9%88%D8%AA.amr\nContent-Transfer-Encoding: base64\n\n${png}\n--m--`,
      ),
    )
    expect(filed.text).toContain('Voir la photo')
    const media = await gateway.media(filed.complaint_id)
    expect(media.map(({ name }) => name)).toEqual(['passwd', 'صوت.amr'])
    for (const { object_key } of media)
      expect(await gateway.store.head(object_key as string)).toMatchObject({ bytes: 300 })
  })

  it('shows a deceiving name apart from the address', async () => {
    const filed = await gateway.take(
      mailOf({ From: '"president@gov.ma" <x@evil.example>', 'Reply-To': 'z@else.example' }),
    )
    expect(filed).toMatchObject({ email: 'x@evil.example', name: null })
    expect(filed.flags).toEqual(['not_verified', 'name_shows_other_address', 'reply_elsewhere'])
  })

  it.each([
    ['without headers at all', 'bonjour', { outcome: 'quarantined', reason: 'unreadable' }],
    [
      'that is encrypted',
      mailOf(
        {
          'Content-Type': 'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
          'Content-Transfer-Encoding': 'base64',
        },
        'AAAA',
      ),
      { outcome: 'created' },
    ],
    ['with a header beyond every limit', mailOf({ Subject: 'x'.repeat(1_100_000) }), { outcome: 'created' }],
    ['with nothing in it', mailOf({ Subject: undefined }, ''), { outcome: 'created' }],
  ])('%s reaches a human with an explanation', async (_name, raw, expected) => {
    const met = await gateway.take(raw)
    expect(met).toMatchObject(expected)
    if (met.outcome !== 'created') return
    expect(met.text).toMatch(/^\[.+\]/)
    expect((await gateway.media(met.complaint_id)).map(({ name }) => name)).toContain('message.eml')
  })

  it('larger than anyone reads is put before a person, who can have it filed', async () => {
    const id = await gateway.record(onTheWire(mailOf()))
    await gateway.db.sql`update inbound_events set raw_bytes = ${201 * 1024 * 1024} where external_id = ${id}`
    await gateway.judgeRecorded(id)
    const outcome = async () =>
      (await gateway.db.sql`select outcome, reason from ledger_entries where external_id = ${id}`)[0]
    expect(await outcome()).toMatchObject({ outcome: 'quarantined', reason: 'too_large' })
    await gateway.db.sql`update quarantine set resolution = 'released' where external_id = ${id}`
    await gateway.db.sql`update ledger_entries set outcome = null where external_id = ${id}`
    await gateway.judgeRecorded(id)
    expect(await outcome()).toMatchObject({ outcome: 'created' })
  })
})

describe('the acknowledgment', () => {
  beforeAll(() => gateway.sendReceipts())

  it('answers in the thread, to the sender alone, and says what it is', async () => {
    const { filed, sent, letter } = await acknowledged('thread@example.ma', {
      References: '<a@x> <b@x>',
      Cc: 'other@example.ma',
      'Reply-To': 'list1@example.ma, list2@example.ma',
      Subject: '=?utf-8?Q?Re:_Re:_Caf=C3=A9_=0D=0ABcc:_x@y?=',
      'Message-ID': '<mine@x>',
    })
    expect(sent.returnPath).toBe('')
    expect([letter.to].flat().map((to) => to?.text)).toEqual(['thread@example.ma'])
    expect(letter.cc).toBeUndefined()
    expect(letter.bcc).toBeUndefined()
    expect(letter.subject).toBe(`[${filed.reference}] Votre plainte est enregistrée - Café Bcc: x@y`)
    expect(letter.inReplyTo).toBe('<mine@x>')
    expect(letter.references).toEqual(['<a@x>', '<b@x>', '<mine@x>'])
    expect(letter.replyTo?.text).toBe(replyAddress(gateway.secrets, gateway.address, filed.reference))
    expect(letter.headers.get('auto-submitted')).toBe('auto-replied')
    expect(letter.headers.get('x-auto-response-suppress')).toBe('All')
    expect(letter.headers.get('content-language')).toBe('fr')
    expect(letter.messageId).toBe(`<receipt.${filed.receipt_id}@wasl.example>`)
    expect(letter.text).toContain(filed.reference)
    expect(letter.html).toContain('dir="ltr"')
    expect(sent.raw.length).toBeLessThan(20 * 1024)
  })

  it.each([
    ['ar', utf8('السلام عليكم، الماء مقطوع منذ أسبوع في حينا'), ['شكايتكم مسجلة']],
    ['fr', 'Bonjour, le guichet est ferme depuis une semaine.', ['Votre plainte est enregistr']],
    ['en', 'Hello, the office is closed and nobody answers.', ['Your complaint is registered']],
    ['both when unsure', '12345', ['شكايتكم', 'votre plainte']],
  ])('speaks %s', async (name, body, words) => {
    await gateway.take(
      mailOf(
        { ...from(`lang-${serial}@example.ma`), Subject: '.', 'Content-Type': 'text/plain; charset=utf-8' },
        body,
      ),
    )
    const [sent] = await gateway.sendReceipts()
    const letter = await simpleParser(sent!.raw)
    for (const each of words) expect(`${letter.subject} ${letter.text}`).toContain(each)
    if (name === 'ar') expect(letter.html).toContain('dir="rtl"')
    expect(sent!.raw.length).toBeLessThan(20 * 1024)
  })

  it('names files that came and files that could not be taken', async () => {
    const filed = await gateway.take(
      mailOf(
        { ...from('files@example.ma'), 'Content-Type': 'multipart/mixed; boundary=m' },
        `--m\n\nLe guichet est ferme, voir les pieces.\n--m\nContent-Type: application/pdf; name=ok.pdf\n\nabc\n--m\nContent-Type: application/pdf; name=vide.pdf\n\n--m--`,
      ),
    )
    expect(filed.outcome).toBe('created')
    const [sent] = await gateway.sendReceipts()
    const { text } = await simpleParser(sent!.raw)
    expect(text).toMatch(/Pièces reçues :\n- \u2066ok\.pdf/)
    expect(text).toMatch(/Pièces refusées :\n- \u2066vide\.pdf/)
  })

  it('goes to one sender three times a day, and once for the same words', async () => {
    for (let n = 0; n < 5; n += 1)
      await gateway.take(mailOf(from('busy@example.ma'), `Le guichet ${n} est ferme.`))
    expect(await gateway.sendReceipts()).toHaveLength(3)
    await gateway.take(mailOf(from('echo@example.ma'), 'Toujours les memes mots.'))
    const again = await gateway.take(mailOf(from('echo@example.ma'), 'Toujours les memes mots.'))
    expect(await gateway.sendReceipts()).toHaveLength(1)
    expect(await gateway.receipt(again.complaint_id)).toMatchObject({
      state: 'withheld',
      failure: 'same_words',
    })
    gateway.setNow(new Date(RECEIVED.getTime() + 25 * 3600_000))
    expect(await gateway.sendReceipts()).toHaveLength(2)
    gateway.setNow(RECEIVED)
  })

  it('keeps its place while the mail server is away', async () => {
    const filed = await gateway.take(mailOf(from('patient@example.ma'), 'Le serveur est parti.'))
    for (let n = 0; n < 6; n += 1) {
      await gateway.db.sql`update receipts set state = 'due' where id = ${filed.receipt_id}`
      expect(await gateway.send({ receiptId: filed.receipt_id }, gateway.context())).toMatchObject({
        ok: true,
      })
    }
  })

  it.each([
    ['a robot', { 'Auto-Submitted': 'auto-generated' }],
    ['a sender that suppresses answers', { 'X-Auto-Response-Suppress': 'All' }],
    ['a null return path', { 'Return-Path': '<>' }],
    ['a no-reply sender', { From: 'No-Reply <no-reply@example.ma>' }],
    ['a list', { 'List-Id': '<l.example.ma>' }],
    ['bulk mail', { Precedence: 'bulk' }],
    ['several senders', { From: 'a@example.ma, b@example.ma' }],
    ['no sender', { From: 'undisclosed-recipients:;' }],
    ['an encoded look-alike of an address', { From: '=?utf-8?Q?Victim_=3Cvictim@example.ma=3E?=' }],
  ])('never goes to %s, whose mail is filed and marked', async (_name, headers) => {
    const filed = await gateway.take(mailOf(headers))
    expect(filed).toMatchObject({ outcome: 'created', answerable: false })
    expect(await gateway.sendReceipts()).toEqual([])
    expect(await gateway.receipt(filed.complaint_id)).toMatchObject({ state: 'withheld' })
  })
})

describe('a reply', () => {
  const answer = (
    letter: Awaited<ReturnType<typeof acknowledged>>['letter'],
    headers: Record<string, string>,
    body?: string,
  ) =>
    mailOf(
      {
        To: letter.replyTo?.text ?? '',
        Subject: `Re: ${letter.subject?.replace(/[^ -~]/g, '?')}`,
        'In-Reply-To': letter.messageId ?? '',
        ...headers,
      },
      body ??
        'Voici la suite.\n\nLe 21 novembre 2026, Plaintes <plaintes@wasl.example> a ecrit :\n> Bonjour\n> cite',
    )

  it('of the citizen joins the complaint, apart from what it quotes', async () => {
    const { filed, letter } = await acknowledged('reply@example.ma')
    const added = await gateway.take(answer(letter, from('Reply@Example.ma')))
    expect(added).toMatchObject({ outcome: 'appended', class: 'addition', complaint_id: filed.complaint_id })
    expect(added.text).toContain('Voici la suite.')
    expect(added.text).not.toContain('> Bonjour')
    expect(added.full_text).toContain('> cite')
    expect(await gateway.sendReceipts()).toEqual([])
  })

  it.each([
    ['the token alone', { 'In-Reply-To': '<none@x>', Subject: 'suite' }, 'appended'],
    ['In-Reply-To alone', { To: 'plaintes@wasl.example', Subject: 'suite' }, 'appended'],
    [
      'the number in the subject alone, unverified',
      { To: 'plaintes@wasl.example', 'In-Reply-To': '<none@x>' },
      'created',
    ],
  ])('with %s', async (name, headers, outcome) => {
    const address = `by-${name.length}@example.ma`
    const { letter } = await acknowledged(address)
    expect(await gateway.take(answer(letter, { ...from(address), ...headers }))).toMatchObject({ outcome })
    await gateway.sendReceipts()
  })

  it('of a stranger is a complaint of its own and learns nothing', async () => {
    const { filed, letter } = await acknowledged('victim@example.ma')
    const stranger = await gateway.take(answer(letter, { ...from('stranger@example.ma'), Subject: 'suite' }))
    expect(stranger.outcome).toBe('created')
    expect(stranger.complaint_id).not.toBe(filed.complaint_id)
    const [sent] = await gateway.sendReceipts()
    expect(sent?.raw.toString()).not.toContain(filed.reference)
  })

  it('of a forged token is a complaint of its own', async () => {
    const { filed, letter } = await acknowledged('forged@example.ma')
    const to = `plaintes+${filed.reference}aaaaaaaaaaaaaaaa@wasl.example`
    const made = await gateway.take(
      answer(letter, { ...from('forged@example.ma'), To: to, 'In-Reply-To': '<n@x>', Subject: 'x' }),
    )
    expect(made.outcome).toBe('created')
    await gateway.sendReceipts()
  })

  it('by a robot of the citizen is noted on the complaint and never answered', async () => {
    const { filed, letter } = await acknowledged('away@example.ma')
    const away = await gateway.take(
      answer(letter, { ...from('away@example.ma'), 'Auto-Submitted': 'auto-replied' }),
    )
    expect(away).toMatchObject({
      outcome: 'ignored',
      reason: 'automatic:auto_replied',
      complaint_id: filed.complaint_id,
    })
    const events = await gateway.db
      .sql`select event, audience from complaint_events where complaint_id = ${filed.complaint_id} order by at, id`
    expect(events.at(-1)).toMatchObject({ event: 'automatic_reply', audience: 'staff' })
    expect(await gateway.sendReceipts()).toEqual([])
  })
})

describe('our own mail', () => {
  it.each([
    ['verbatim', (raw: string) => raw],
    ['redirected', (raw: string) => `Resent-From: x@example.ma\nReturn-Path: <x@example.ma>\n${raw}`],
    ['from ourselves', () => mailOf({ From: 'plaintes@wasl.example' })],
    ['with our mark under another sender', (raw: string) => raw.replace(/^From: .*$/m, 'From: x@example.ma')],
  ])('coming back %s makes nothing', async (name, change) => {
    const { sent } = await acknowledged(`own-${name.length}@example.ma`)
    const back = change(sent.raw.toString('latin1'))
    expect(await gateway.take(back)).toMatchObject({ outcome: 'ignored', class: 'own' })
    expect(await gateway.sendReceipts()).toEqual([])
  })

  it('is known by a mark that fits its Message-ID only', async () => {
    const mark = loopMark(gateway.secrets, '<other@wasl.example>')
    expect(await gateway.take(mailOf({ 'X-Wasl-Loop': mark }))).toMatchObject({
      class: 'automatic',
      reasons: ['foreign_gateway'],
    })
  })
})

describe('a delivery report', () => {
  const report = (id: string, action: string, status: string) =>
    mailOf(
      {
        'Return-Path': '<>',
        From: 'MAILER-DAEMON@example.ma',
        Subject: 'Delivery report',
        'Content-Type': 'multipart/report; report-type=delivery-status; boundary=q',
      },
      `--q\n\nSorry.\n--q\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\nAction: ${action}\nStatus: ${status}\n\n--q\nContent-Type: text/rfc822-headers\n\nMessage-ID: ${id}\n--q--`,
    )

  it('of a receipt shows that it was not delivered; a delay does not', async () => {
    const { filed, letter } = await acknowledged('refused@example.ma')
    expect(await gateway.take(report(letter.messageId!, 'delayed', '4.4.1'))).toMatchObject({
      outcome: 'ignored',
      reason: 'bounce:delayed',
    })
    expect(await gateway.receipt(filed.complaint_id)).toMatchObject({ state: 'sent' })
    expect(await gateway.take(report(letter.messageId!, 'failed', '5.1.1'))).toMatchObject({
      outcome: 'ignored',
      reason: 'bounce:failed',
      complaint_id: filed.complaint_id,
    })
    expect(await gateway.receipt(filed.complaint_id)).toMatchObject({
      state: 'failed',
      failure: 'bounced_5.1.1',
    })
  })

  it('in no standard form is understood by its words', async () => {
    const { filed, letter } = await acknowledged('qmail@example.ma')
    const odd = mailOf(
      { 'Return-Path': '<>', From: 'MAILER-DAEMON@example.ma', Subject: 'failure notice' },
      `Hi. This is the qmail-send program at example.ma.\nI'm afraid I wasn't able to deliver your message.\n<x@y>: 550 5.1.1 user unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: ${letter.messageId}\nSubject: x`,
    )
    expect(await gateway.take(odd)).toMatchObject({ reason: 'bounce:failed' })
    expect(await gateway.receipt(filed.complaint_id)).toMatchObject({ state: 'failed' })
  })

  it('about nothing of ours is registered and changes nothing', async () => {
    expect(
      await gateway.take(
        report('<receipt.00000000-0000-0000-0000-000000000000@wasl.example>', 'failed', '5.0.0'),
      ),
    ).toMatchObject({
      outcome: 'ignored',
      complaint_id: null,
    })
  })
})
