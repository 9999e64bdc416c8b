import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failed } from '../../src/core/delivery.ts'
import { replyAddress } from '../../src/core/reply-address.ts'
import type { Contact } from '../../src/core/submission.ts'
import { receiptDocument } from '../../src/html/receipt-document.ts'
import { receiptPage } from '../../src/html/receipt-page.ts'
import { notify } from '../../src/messages/append-notice.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { composeReceipt } from '../../src/receipts/compose-receipt.ts'
import { submissionOf } from '../support/acceptance.ts'
import { RECEIVED } from '../support/mail.ts'
import { type MailHouse, openMailHouse } from '../support/mail-house.ts'
import { openBody, talkBy } from '../support/mail-talk.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

let house: MailHouse
beforeAll(async () => {
  house = await openMailHouse()
  await openBody(house)
})
afterAll(() => house.close())

const { mailOf, reply, file, bodyOf, statusOf } = talkBy(() => house)

/** A spoken answer that is still being made playable. */
const speak = async (complaintId: string) => {
  const [asset, key] = [newUuidV7(), `renditions/${newUuidV7()}`]
  await house.store.put(key, Readable.from([Buffer.from('une voix')]), { maxBytes: 100 })
  const { sql } = house.db
  await sql`insert into media_assets (id, complaint_id, round, position, name, declared_type, bytes, sha256, object_key, scan, of_answer, created_at, updated_at)
    values (${asset}, ${complaintId}, 1, 1000, 'answer-1', 'audio/ogg', 3, 'ab', 'k', 'off', true, ${house.clock.now()}, now())`
  return {
    ready: async () => {
      await sql`insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
        values (${newUuidV7()}, ${asset}, 'playback', 'audio/mp4', 8, 'ab', ${key}, now())`
      await sql`update media_assets set state = 'ready' where id = ${asset}`
    },
  }
}

const noticesOf = (complaintId: string) =>
  house.db
    .sql`select id, kind, state, via, failure from notices where complaint_id = ${complaintId} order by created_at, id`

describe('a complaint that came by mail goes on by mail', () => {
  it('is told of each step in its own thread, by a machine as a machine, by a person as a person', async () => {
    const from = 'amina@example.ma'
    const { filed, receipt } = await file(from, {
      Subject: 'Guichet de Sale',
      'Message-ID': '<first@example.ma>',
    })
    const body = await bodyOf(filed.complaint_id)

    const [routed] = await house.drain()
    expect(routed?.returnPath).toBe('')
    expect(routed?.letter).toMatchObject({
      subject: `[${filed.reference}] Adressée à l’administration - Guichet de Sale`,
      inReplyTo: receipt.messageId,
      references: ['<first@example.ma>', receipt.messageId],
    })
    expect([routed?.letter.to].flat().map((to) => to?.text)).toEqual([from])
    expect(routed?.letter.replyTo?.text).toBe(replyAddress(house.secrets, house.address, filed.reference))
    expect(routed?.letter.headers.get('auto-submitted')).toBe('auto-generated')
    expect(routed?.letter.text).toContain('Reçue')
    expect(routed?.letter.text).toContain('Administration : Ministère de la Santé')
    const [notice] = await noticesOf(filed.complaint_id)
    expect(notice).toMatchObject({ kind: 'routed', state: 'sent', via: 'email' })
    expect(routed?.letter.messageId).toBe(`<notice.${notice?.['id']}@wasl.example>`)

    await body.ask('Quel jour y étiez-vous ?')
    const [asked] = await house.drain()
    expect(asked?.letter.text).toMatch(/Question de l’administration\s+Quel jour y étiez-vous \?/)
    expect(asked?.letter.text).toContain('Pour répondre à la question, répondez à ce message.')
    expect(asked?.letter.headers.get('auto-submitted')).toBeUndefined()
    expect(asked?.letter.headers.get('x-auto-response-suppress')).toBeUndefined()
    expect(asked?.returnPath).toBe('plaintes@wasl.example')
    expect(await statusOf(filed.complaint_id)).toBe('information_requested')

    const added = await house.take(reply(asked!.letter, from, 'Le lundi, vers dix heures.'))
    expect(added).toMatchObject({ outcome: 'appended', complaint_id: filed.complaint_id })
    expect(await statusOf(filed.complaint_id)).toBe('formal_review')
    const [acknowledged] = await house.drain()
    expect(acknowledged?.returnPath).toBe('')
    expect(acknowledged?.letter.headers.get('auto-submitted')).toBe('auto-replied')
    expect(acknowledged?.letter.subject).toMatch(/^\[\d{10}\] Votre message est ajouté/)
    expect(acknowledged?.letter.text).not.toMatch(/code \d{6}/)

    const voice = await speak(filed.complaint_id)
    await body.answer('Le guichet rouvre lundi.\nMerci de votre patience.')
    expect(await house.drain()).toEqual([])
    await voice.ready()
    house.setNow(new Date(RECEIVED.getTime() + 15_000))
    const [answered] = await house.drain()
    expect(answered?.letter.attachments.map((one) => [one.contentType, one.content.toString()])).toEqual([
      ['audio/mp4', 'une voix'],
    ])
    expect(answered?.letter.text).toContain('l’enregistrement est joint à ce message')
    house.setNow(RECEIVED)
    expect(answered?.letter.text).toMatch(/Réponse de l’administration\s+Le guichet rouvre lundi\.\nMerci/)
    expect(answered?.letter.headers.get('auto-submitted')).toBeUndefined()
    expect(answered?.letter.text).toContain('Réponse donnée')
    expect(answered?.letter.text).toContain('Renvoyez la plainte quand vous voulez')
    expect(answered?.letter.html).toMatch(/<blockquote dir="auto">Le guichet rouvre lundi\.<br>Merci/)
  })

  it('says why it is refused and where it belongs', async () => {
    const { filed } = await file('nadia@example.ma', { Subject: 'Caserne' })
    const body = await bodyOf(filed.complaint_id)
    await house.drain()
    await body.refuse('national_defence', 'La caserne ne relève pas de nous.')
    const [refused] = await house.drain()
    expect(refused?.letter.text).toMatch(
      /La caserne ne relève pas de nous\.\s+Adressez-vous à l’administration/,
    )
    expect(refused?.letter.text).toContain('Le Médiateur et les tribunaux vous restent ouverts')
  })

  it('speaks the language of the filing', async () => {
    const words = Buffer.from('السلام عليكم، الماء مقطوع منذ أسبوع في حينا').toString('latin1')
    const { filed } = await file('samir@example.ma', { 'Content-Type': 'text/plain; charset=utf-8' }, words)
    const body = await bodyOf(filed.complaint_id)
    await house.drain()
    await body.accept()
    const [letter] = await house.drain()
    expect(letter?.letter.subject).toMatch(/^\[\d{10}\] قبلت/)
    expect(letter?.letter.html).toContain('dir="rtl"')
    expect(letter?.letter.headers.get('content-language')).toBe('ar')
  })

  it('hears that a date has passed', async () => {
    const { filed } = await file('late@example.ma')
    await house.db.orm.transaction((tx) =>
      notify(tx, { now: RECEIVED, newId: newUuidV7 }, { complaintId: filed.complaint_id, notice: 'late' }),
    )
    const [letter] = await house.drain()
    expect(letter?.letter.subject).toContain('Vérification en retard : nous suivons l’affaire')
    await house.db.sql`update complaints set status = 'admissible' where id = ${filed.complaint_id}`
    await house.db.orm.transaction((tx) =>
      notify(tx, { now: RECEIVED, newId: newUuidV7 }, { complaintId: filed.complaint_id, notice: 'late' }),
    )
    const [later] = await house.drain()
    expect(later?.letter.subject).toContain('Réponse en retard : nous avons alerté l’administration')
  })
})

describe('what joins a complaint', () => {
  const PART = (name: string, content: string) =>
    `--m\nContent-Type: application/pdf; name=${name}\nContent-Disposition: attachment\n\n${content}\n`

  it('is acknowledged with what arrived, what did not, and a link to send it by', async () => {
    const { receipt } = await file('files@example.ma')
    await house.take(
      reply(
        receipt,
        'files@example.ma',
        `--m\n\nVoici la suite.\n${PART('facture.pdf', 'abc')}${PART('vide.pdf', '')}--m--`,
        { 'Content-Type': 'multipart/mixed; boundary=m' },
      ),
    )
    const [sent] = await house.drain()
    expect(sent?.letter.text).toMatch(/Pièces reçues :\n- \u2066facture\.pdf/)
    expect(sent?.letter.text).toMatch(/Pièces refusées :\n- \u2066vide\.pdf\u2069 : fichier vide/)
    expect(sent?.letter.text).toMatch(/https:\/\/wasl\.example\/u\/\w{9}\n/)
  })

  it('is acknowledged three times a day a sender, and once for the same words', async () => {
    const { receipt } = await file('often@example.ma')
    const say = (words: string) => house.take(reply(receipt, 'often@example.ma', words))
    await say('Encore moi.')
    await say('Encore moi.')
    for (let n = 0; n < 3; n += 1) await say(`Suite ${n}.`)
    // One place of the day went to the receipt.
    expect(await house.drain()).toHaveLength(2)
    const rows = await house.db.sql`
      select acknowledgment, acknowledgment_failure from mail_messages
      where from_address = 'often@example.ma' and acknowledgment is not null order by received_at, event_id`
    expect(rows.map(({ acknowledgment }) => acknowledgment).toSorted()).toEqual([
      'sent',
      'sent',
      'withheld',
      'withheld',
      'withheld',
    ])
    await house.relay.drain()
    expect(await house.drain()).toHaveLength(0)
  })

  it('is not acknowledged to a robot', async () => {
    const { receipt } = await file('machine@example.ma')
    await house.take(reply(receipt, 'machine@example.ma', 'Absent.', { 'Auto-Submitted': 'auto-replied' }))
    expect(await house.drain()).toEqual([])
  })

  it('after the answer is kept, and its sender hears how to send the complaint again', async () => {
    const { filed, receipt } = await file('again@example.ma')
    const body = await bodyOf(filed.complaint_id)
    await body.answer('Voici.')
    await house.drain()
    expect(await house.take(reply(receipt, 'again@example.ma', 'Je ne comprends pas bien.'))).toMatchObject({
      outcome: 'appended',
    })
    const [sent] = await house.drain()
    expect(sent?.letter.text).toContain('Pour renvoyer la demande, répondez « non » et dites ce qui manque')
    expect(sent?.letter.text).toContain(`/fr/track?reference=${filed.reference}`)
    expect(await statusOf(filed.complaint_id)).toBe('answered')
  })
})

describe('the signed receipt of a round', () => {
  it('tells what came with the filing apart from what joined later, and stands for the former alone', async () => {
    const withFile = (name: string, content: string) => ({
      headers: { 'Content-Type': 'multipart/mixed; boundary=m' },
      body: `--m\n\nVoir la piece ${name}.\n--m\nContent-Type: application/pdf; name=${name}\nContent-Disposition: attachment\n\n${content}\n--m--`,
    })
    const first = withFile('avec.pdf', 'abc')
    const { filed, receipt } = await file('paper@example.ma', first.headers, first.body)
    const facts = async () => (await composeReceipt(house.receiptDeps, filed.receipt_id))!
    const before = await facts()
    house.setNow(new Date('2026-12-03T09:00:00Z'))
    const second = withFile('apres.pdf', 'abcdef')
    await house.take(reply(receipt, 'paper@example.ma', second.body, second.headers))
    house.setNow(RECEIVED)
    const after = await facts()
    expect(after.files.map(({ name }) => name)).toEqual(['avec.pdf'])
    expect(after.laterFiles.map(({ name, addedAt }) => [name, addedAt.toISOString()])).toEqual([
      ['apres.pdf', '2026-12-03T09:00:00.000Z'],
    ])
    expect([after.signature, after.claims]).toEqual([before.signature, before.claims])
    const lines = receiptDocument('fr', after).lines.map(({ label, value }) => `${label} : ${value}`)
    expect(lines).toContainEqual(expect.stringMatching(/^Reçu avec le dépôt : .*1 fichier \(3 octets\)$/))
    expect(lines).toContain('Ajouté ensuite, hors empreinte : 3 décembre 2026 : 1 fichier (6 octets)')
    expect(receiptPage('ar', after, { path: '/receipts/x' })).toMatch(
      /أضيفت بعد ذلك، خارج البصمة[\s\S]*3 دجنبر 2026/,
    )
    expect(receiptDocument('fr', before).lines.map(({ label }) => label)).not.toContain(
      'Ajouté ensuite, hors empreinte',
    )
  })
})

describe('mail that does not arrive', () => {
  const phoned = (contact: Contact) => ({ contact: { name: 'Amina', ...contact } })
  const report = (id: string, status = '5.1.1') =>
    mailOf(
      {
        'Return-Path': '<>',
        From: 'MAILER-DAEMON@example.ma',
        Subject: 'Delivery report',
        'Content-Type': 'multipart/report; report-type=delivery-status; boundary=q',
      },
      `--q\n\nSorry.\n--q\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\nAction: failed\nStatus: ${status}\n\n--q\nContent-Type: text/rfc822-headers\n\nMessage-ID: ${id}\n--q--`,
    )
  let numbers = 0
  const newNumber = () => {
    numbers += 1
    return `+21261234${String(5000 + numbers)}`
  }
  const fileByForm = async (contact: Contact) => {
    const accepted = await house.accept(submissionOf({ receivedAt: RECEIVED, ...phoned(contact) }))
    const sent = await house.drain()
    return { accepted, sent }
  }
  const eventsOf = async (complaintId: string) =>
    (await house.db
      .sql`select event, facts from complaint_events where complaint_id = ${complaintId} order by at, id`) as unknown as {
      event: string
      facts: Record<string, unknown>
    }[]

  it('a receipt that bounces goes to the telephone on file, once, and the record shows it (P27, G27)', async () => {
    const phone = newNumber()
    const { accepted, sent } = await fileByForm({ email: 'gone1@example.ma', phone, preferred: 'email' })
    const id = sent[0]!.letter.messageId!
    house.phone.texts.length = 0
    await house.take(report(id))
    await house.drain()
    await house.take(report(id, '5.2.2'))
    await house.drain()
    expect(house.phone.texts.map(({ to }) => to)).toEqual([phone])
    expect(house.phone.texts[0]?.text).toContain(accepted.reference)
    expect(house.phone.texts[0]?.text).toContain(accepted.accessCode)
    expect(await house.receipt(accepted.complaintId)).toMatchObject({ state: 'sent', via: 'sms' })
    expect((await eventsOf(accepted.complaintId)).map(({ event }) => event)).toContain('receipt_fallen_back')
  })

  it('that is refused by the server at once goes there too', async () => {
    const sink = await startSmtpSink()
    const other = await openMailHouse({ smtpUrl: sink.url })
    const accepted = await other.accept(
      submissionOf({
        contact: { email: 'refuse550@example.ma', phone: '+212612340001', preferred: 'email' },
      }),
    )
    await other.relay.drain()
    expect(other.phone.texts.map(({ to }) => to)).toEqual(['+212612340001'])
    expect(await other.receipt(accepted.complaintId)).toMatchObject({ state: 'sent', via: 'sms' })
    await other.close()
    await sink.close()
  })

  it('without a telephone is failed on the record', async () => {
    const { filed, receipt } = await file('gone2@example.ma')
    await house.take(report(receipt.messageId!))
    expect(await house.receipt(filed.complaint_id)).toMatchObject({
      state: 'failed',
      failure: 'bounced_5.1.1',
    })
  })

  it('never goes to the telephone of another filing under the same address', async () => {
    await fileByForm({ email: 'shared@example.ma', phone: newNumber(), preferred: 'email' })
    const { filed, receipt } = await file('shared@example.ma')
    house.phone.texts.length = 0
    await house.take(report(receipt.messageId!))
    await house.drain()
    expect(house.phone.texts).toEqual([])
    expect(await house.receipt(filed.complaint_id)).toMatchObject({ state: 'failed' })
  })

  it('a text that fails does not go back to the mail it came from', async () => {
    const { accepted, sent } = await fileByForm({
      email: 'gone3@example.ma',
      phone: newNumber(),
      preferred: 'email',
    })
    house.phone.answers.push(failed({ code: 'x', message: 'x', retryable: false }))
    await house.take(report(sent[0]!.letter.messageId!))
    expect(await house.drain()).toEqual([])
    expect(await house.receipt(accepted.complaintId)).toMatchObject({ state: 'failed', failure: 'x' })
  })

  it('a notice that bounces is texted; one that cannot be texted is mailed', async () => {
    const phone = newNumber()
    const { accepted } = await fileByForm({ email: 'gone4@example.ma', phone, preferred: 'email' })
    await bodyOf(accepted.complaintId)
    const [routed] = await house.drain()
    house.phone.texts.length = 0
    await house.take(report(routed!.letter.messageId!))
    await house.take(report(routed!.letter.messageId!))
    await house.drain()
    expect(house.phone.texts.map(({ to }) => to)).toEqual([phone])
    expect(await noticesOf(accepted.complaintId)).toMatchObject([
      { kind: 'routed', state: 'sent', via: 'sms' },
    ])

    const other = await fileByForm({ email: 'alive@example.ma', phone: newNumber(), preferred: 'sms' })
    house.phone.answers.push(failed({ code: 'landline', message: 'x', retryable: false }))
    await bodyOf(other.accepted.complaintId)
    const mails = await house.drain()
    expect(mails.map(({ letter }) => [letter.to].flat().map((to) => to?.text))).toEqual([
      ['alive@example.ma'],
    ])
    expect(await noticesOf(other.accepted.complaintId)).toMatchObject([
      { kind: 'routed', state: 'sent', via: 'email' },
    ])
  })
})

describe('an address that was typed into the form', () => {
  it('hears what happened, but neither what the body wrote nor what the form said', async () => {
    const accepted = await house.accept(
      submissionOf({
        receivedAt: RECEIVED,
        contact: { email: 'typed@example.ma', name: 'Visit evil.example' },
      }),
    )
    await house.drain()
    const body = await bodyOf(accepted.complaintId)
    await house.drain()
    await body.answer('Votre dossier medical est pret.')
    const [answered] = await house.drain()
    expect(answered?.letter.text).toContain('Réponse donnée')
    expect(answered?.letter.text).toContain('Le texte vous attend sur la page de suivi.')
    expect(answered?.raw.toString()).not.toMatch(/medical|evil\.example/)
  })
})
