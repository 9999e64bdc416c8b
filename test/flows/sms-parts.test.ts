import { afterEach, beforeEach, expect, it } from 'vitest'
import { encodeText } from '../../channels/sms/smpp/coding.ts'
import { PERSON, startTextHouse, type TextHouse } from '../support/text-house.ts'

let house: TextHouse<'smpp'>
beforeEach(async () => {
  house = await startTextHouse('smpp')
})
afterEach(() => house.close())

const TEXT = [
  'Le guichet de la mairie est fermé ',
  'depuis trois semaines et personne ',
  'ne répond au téléphone.',
]

/** One part as a phone sends it: 8-bit or 16-bit header, or the fields of SAR. */
const headers = {
  udh8: (reference: number, total: number, number: number, text: string) => ({
    esm_class: 0x40,
    short_message: Buffer.concat([
      Buffer.from([5, 0, 3, reference, total, number]),
      encodeText(text, 'gsm7'),
    ]),
  }),
  udh16: (reference: number, total: number, number: number, text: string) => ({
    esm_class: 0x40,
    short_message: Buffer.concat([
      Buffer.from([6, 8, 4, reference, reference, total, number]),
      encodeText(text, 'gsm7'),
    ]),
  }),
  sar: (reference: number, total: number, number: number, text: string) => ({
    sar_msg_ref_num: reference,
    sar_total_segments: total,
    sar_segment_seqnum: number,
    short_message: encodeText(text, 'gsm7'),
  }),
}

const part = async (
  style: keyof typeof headers,
  number: number,
  reference = 42,
  text = TEXT[number - 1]!,
) => {
  const status = await house.network.smsc.deliver({
    source_addr: PERSON.slice(1),
    destination_addr: '3737',
    data_coding: 0,
    ...headers[style](reference, TEXT.length, number, text),
  })
  expect(status).toBe(0)
  await house.relay.drain()
}

it.each(['udh8', 'udh16', 'sar'] as const)('U17: glues parts that come in any order (%s)', async (style) => {
  for (const number of [3, 1, 2]) await part(style, number)
  const complaints = await house.complaints()
  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toMatchObject({ text: TEXT.join(''), language: 'fr' })
  expect(house.got()).toHaveLength(2)
  expect(await house.ledger()).toEqual({ created: 1, appended: 2 })
  const raws = await house.db.sql`select text from submissions order by text`
  expect(raws.map((row) => row['text'])).toEqual(['', '', TEXT.join('')])
})

it('says nothing before the text is whole, and files what there is after ten minutes', async () => {
  await part('udh8', 1)
  await part('udh8', 3)
  expect(house.got()).toEqual([])
  expect(await house.ledger()).toEqual({ open: 2 })
  await house.later(11)
  expect((await house.complaints())[0]).toMatchObject({ text: `${TEXT[0]}${TEXT[2]}` })
  expect(house.got()).toHaveLength(2)
  await part('udh8', 2)
  expect(await house.complaints()).toHaveLength(1)
})

it('keeps apart two people and two texts that share a number', async () => {
  for (const number of [1, 2, 3]) await part('udh8', number, 7)
  for (const number of [1, 2, 3]) await part('udh8', number, 7, `Autre texte ${number} `)
  expect(
    (await house.db.sql`select text from submissions where text <> '' order by received_at`).map(
      (row) => row['text'],
    ),
  ).toEqual([TEXT.join(''), 'Autre texte 1 Autre texte 2 Autre texte 3 '])
})

it('U17: puts an emoji together that was cut between two parts', async () => {
  const octets = encodeText('Route cassée 🚧 danger', 'ucs2')
  const cut = encodeText('Route cassée ', 'ucs2').length + 2
  for (const [nth, piece] of [octets.subarray(0, cut), octets.subarray(cut)].entries())
    await house.network.smsc.deliver({
      source_addr: PERSON.slice(1),
      destination_addr: '3737',
      data_coding: 8,
      esm_class: 0x40,
      short_message: Buffer.concat([Buffer.from([5, 0, 3, 9, 2, nth + 1]), piece]),
    })
  await house.relay.drain()
  expect((await house.complaints())[0]).toMatchObject({ text: 'Route cassée 🚧 danger' })
})

it('follows its messages by the receipts of the network', async () => {
  await part('sar', 1)
  await part('sar', 2)
  await part('sar', 3)
  const [filed] = house.network.smsc.submitted
  await house.network.smsc.receipt(filed!.id, 'ACCEPTD')
  await house.network.smsc.receipt(filed!.id, 'DELIVRD')
  await house.network.smsc.receipt(filed!.id, 'UNDELIV')
  await house.relay.drain()
  expect((await house.receipts())[0]).toMatchObject({ state: 'delivered', via: 'sms' })
})

it.each([
  ['in decimal', (id: string) => String(Number.parseInt(id, 16))],
  ['padded and in small letters', (id: string) => id.toLowerCase().padStart(10, '0')],
])('knows its message by a receipt that writes the name %s', async (_, written) => {
  const other = '+212600000099'
  for (let nth = 0; nth < 6; nth += 1)
    await house.says(`Le guichet numéro ${nth} est fermé depuis lundi`, { from: other })
  for (const number of [1, 2, 3]) await part('sar', number)
  const mine = house.network.smsc.submitted.find(({ to }) => to === PERSON)!
  // Taken as it stands, the name is that of a message to somebody else.
  await house.db.sql`
    update outgoing_messages set provider_id = ${String(Number.parseInt(mine.id, 16))}
    where id = (select id from outgoing_messages where recipient = ${other} limit 1)`
  await house.network.smsc.receipt(written(mine.id), 'DELIVRD')
  await house.relay.drain()
  const delivered = await house.db.sql`
    select recipient, purpose from outgoing_messages where state = 'delivered'`
  expect(delivered).toEqual([{ recipient: PERSON, purpose: 'filed' }])
})

it('waits as the network asks when it is throttled', async () => {
  house.network.smsc.refusals.push(0x58, 0x58, 0x58)
  for (const number of [1, 2, 3]) await part('sar', number)
  for (let times = 0; times < 5; times += 1) {
    house.clock.ahead += 5 * 60_000
    await house.relay.drain()
  }
  expect(house.got()).toHaveLength(2)
  expect((await house.receipts())[0]).toMatchObject({ state: 'sent' })
})
