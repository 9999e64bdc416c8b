import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailHouse, openMailHouse } from '../support/mail-house.ts'
import { openBody, talkBy } from '../support/mail-talk.ts'

let house: MailHouse
beforeAll(async () => {
  house = await openMailHouse()
  await openBody(house)
})
afterAll(() => house.close())

const { reply, file, bodyOf, statusOf } = talkBy(() => house)

describe('a reply to the letter of an answer', () => {
  const answered = async (from: string) => {
    const { filed } = await file(from)
    const body = await bodyOf(filed.complaint_id)
    await house.drain()
    await body.answer('Le guichet rouvre lundi.')
    const [sent] = await house.drain()
    return { complaintId: filed.complaint_id, letter: sent!.letter }
  }
  const roundsOf = async (complaintId: string) => [
    ...(await house.db.sql`
      select number, satisfied, closed_at is not null as closed from rounds where complaint_id = ${complaintId} order by number`),
  ]

  it('that says no opens the next round with its words and files, and gets the receipt of it', async () => {
    const { complaintId, letter } = await answered('no@example.ma')
    expect(letter.text).toContain('Pas satisfait ? Répondez « non » et dites ce qui manque')
    const said = reply(
      letter,
      'no@example.ma',
      '--m\n\nNon, rien ne change.\n--m\nContent-Type: application/pdf; name=preuve.pdf\nContent-Disposition: attachment\n\nabc\n--m--',
      { 'Content-Type': 'multipart/mixed; boundary=m' },
    )
    expect(await house.take(said)).toMatchObject({ outcome: 'appended', complaint_id: complaintId })
    // The same mail by another inlet.
    expect(await house.take(said)).toMatchObject({ outcome: 'ignored', reason: 'repeat' })
    expect(await statusOf(complaintId)).toBe('received')
    expect(await roundsOf(complaintId)).toMatchObject([{ number: 1, satisfied: false }, { number: 2 }])
    const kept = await house.db.sql`
      select s.text, m.name from submissions s join media_assets m on m.complaint_id = s.complaint_id and m.round = s.round
      where s.complaint_id = ${complaintId} and s.round = 2`
    expect([...kept]).toEqual([{ text: 'Non, rien ne change.', name: 'preuve.pdf' }])
    const sent = await house.drain()
    expect(sent).toHaveLength(1)
    expect(sent[0]?.letter.messageId).toMatch(/^<receipt\./)
    expect(sent[0]?.letter.references).toContain(letter.messageId)
  })

  it('that says yes closes it', async () => {
    const { complaintId, letter } = await answered('yes@example.ma')
    await house.take(reply(letter, 'yes@example.ma', 'Bonjour,\n\nOui.'))
    expect(await statusOf(complaintId)).toBe('closed')
    expect(await roundsOf(complaintId)).toEqual([{ number: 1, satisfied: true, closed: true }])
  })

  it('that a machine wrote says nothing', async () => {
    const { complaintId, letter } = await answered('away@example.ma')
    await house.take(reply(letter, 'away@example.ma', 'No', { 'Auto-Submitted': 'auto-replied' }))
    expect(await statusOf(complaintId)).toBe('answered')
  })

  it('from somebody else is a complaint of its own', async () => {
    const { complaintId, letter } = await answered('owner@example.ma')
    expect(await house.take(reply(letter, 'other@example.ma', 'Non, rien ne change.'))).toMatchObject({
      outcome: 'created',
    })
    expect(await statusOf(complaintId)).toBe('answered')
  })
})
