import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { afterNotice } from '../../channels/sms/conversation.ts'
import { type DeliveryResult, failed } from '../../src/core/delivery.ts'
import { notify as tell } from '../../src/messages/append-notice.ts'
import { copyReceipt, textUploadLink } from '../../src/messages/text-on-request.ts'
import { PERSON, startTextHouse, type TextHouse } from '../support/text-house.ts'

const SENTENCE = 'Le guichet est fermé depuis lundi et personne ne répond'
const WHATSAPP = { from: `whatsapp:${PERSON}` }

let house: TextHouse<'twilio'>
beforeEach(async () => {
  house = await startTextHouse('twilio', '+212537123456')
})
afterEach(() => house.close())

const refusal = (code: string, retryable = false): DeliveryResult => failed({ code, message: 'x', retryable })
const latest = async () => (await house.complaints()).at(-1)!
const receipt = async () => (await house.receipts()).at(-1)!
const message = async (purpose: string) =>
  (await house.messages()).filter((row) => row['purpose'] === purpose).at(-1)!
const events = async () =>
  (await house.db.sql`select event from complaint_events order by at, id`).map(({ event }) => event)
const notify = async (notice: 'answered' | 'late') => {
  const { id } = await latest()
  await house.db.orm.transaction((tx) =>
    tell(tx, { now: house.clock.now(), newId: house.base.newId }, { complaintId: String(id), notice }),
  )
  await house.relay.drain()
}
const status = async (purpose: string, word: string, code = '') => {
  const row = await message(purpose)
  await house.network.status(String(row['id']), String(row['provider_id'] ?? 'SMx'), word, code)
  await house.relay.drain()
}

/** The present round is answered, in words and by voice. */
const answer = async () => {
  const { id } = await latest()
  const { sql } = house.db
  const [asset, note] = [house.base.newId(), house.base.newId()]
  await sql`update rounds set answer = 'Le guichet rouvre.', answered_at = now() where complaint_id = ${String(id)}`
  await sql`update complaints set status = 'answered' where id = ${String(id)}`
  await sql`insert into media_assets (id, complaint_id, round, position, name, declared_type, bytes, sha256, object_key, state, scan, of_answer, created_at, updated_at)
    values (${asset}, ${String(id)}, 1, 1000, 'answer-1', 'audio/ogg', 3, 'ab', 'k', 'ready', 'off', true, now(), now())`
  await sql`insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
    values (${note}, ${asset}, 'voice_note', 'audio/ogg', 3, 'ab', 'v', now())`
  await notify('answered')
  return note
}

describe('an answer that was spoken', () => {
  it('comes on WhatsApp as a voice note after its words, and the record says whether it arrived', async () => {
    await house.says(SENTENCE, WHATSAPP)
    const note = await answer()
    expect(await house.says('1', WHATSAPP)).toEqual([
      expect.stringContaining('Le guichet rouvre.'),
      `https://wasl.example/media/${note}`,
      expect.stringContaining('satisfait'),
    ])
    expect(house.network.sent.at(-2)).not.toHaveProperty('body')
    await status('voice', 'delivered')
    expect(await message('voice')).toMatchObject({
      state: 'delivered',
      text: expect.stringMatching(/^Réponse vocale/),
    })
  })

  it('is told on SMS with where it is heard', async () => {
    await house.says(SENTENCE)
    await answer()
    const { reference } = await latest()
    const [words, ...more] = await house.says('1')
    expect(words).toContain(`https://wasl.example/fr/track?reference=${reference} ou au 0537123456`)
    expect(more).toHaveLength(1)
  })
})

describe('what became of a message', () => {
  it('goes forward only, whatever the order and number of the words (P68)', async () => {
    await house.says(SENTENCE)
    expect(await receipt()).toMatchObject({ state: 'sent' })
    await status('filed', 'delivered')
    await status('filed', 'delivered')
    for (const word of ['sent', 'undelivered', 'failed', 'queued']) await status('filed', word, '30003')
    expect(await message('filed')).toMatchObject({ state: 'delivered' })
    expect(await receipt()).toMatchObject({ state: 'delivered', via: 'sms' })
    expect(house.got()).toHaveLength(2)
  })

  it('of others is ignored after a while, and is no failure', async () => {
    await house.network.status('not-ours', 'SMother', 'delivered')
    await house.relay.drain()
    house.clock.ahead += 3 * 60_000
    await house.relay.drain()
    const [entry] = await house.db
      .sql`select outcome, reason from ledger_entries where channel = 'text-status'`
    expect(entry).toMatchObject({ outcome: 'ignored', reason: 'no_message_of_ours' })
  })

  it('that failed for a passing reason is tried once more, then stands as failed', async () => {
    await house.says(SENTENCE)
    await status('filed', 'undelivered', '30003')
    expect(house.got()).toHaveLength(3)
    expect(house.got()[2]?.text).toBe(house.got()[0]?.text)
    await status('filed', 'undelivered', '30003')
    expect(house.got()).toHaveLength(3)
    expect(await receipt()).toMatchObject({ state: 'failed', failure: 'twilio_30003' })
    expect(await events()).toContain('receipt_failed')
  })

  it('that cannot be delivered goes to the address on file', async () => {
    house.network.answers.push(refusal('twilio_21614'))
    await house.network.say(PERSON, SENTENCE)
    await house.db.sql`create function give_address() returns trigger language plpgsql as
      $$ begin new.email = 'amina@example.ma'; return new; end $$`
    await house.db
      .sql`create trigger address before insert on complainants for each row execute function give_address()`
    await house.relay.drain()
    await house.db.sql`drop function give_address cascade`
    expect(await receipt()).toMatchObject({ state: 'fallen_back', via: 'email', failure: 'twilio_21614' })
    const [mail] = await house.db.sql`select 1 from outbox_messages where key = 'receipt:email'`
    expect(mail).toBeDefined()
    expect(await message('filed')).toMatchObject({ state: 'fallen_back' })
  })

  it('keeps being tried through an outage when there is no other way', async () => {
    house.network.answers.push(...Array.from({ length: 4 }, () => refusal('twilio_unreachable', true)))
    await house.says(SENTENCE)
    expect(house.got()).toEqual([])
    for (let times = 0; times < 6; times += 1) {
      house.clock.ahead += 10 * 60_000
      await house.relay.drain()
    }
    expect(house.got().map(({ text }) => text.slice(0, 7))).toEqual(['Plainte', 'De quel'])
    expect(await receipt()).toMatchObject({ state: 'sent' })
  })

  it('is silence once the network says that the person wants it', async () => {
    house.network.answers.push(
      failed({ code: 'twilio_21610', message: 'x', retryable: false, disablesDestination: true }),
    )
    expect(await house.says(SENTENCE)).toEqual([])
    expect(await house.says('STATUS')).toEqual([])
    expect(await house.complaints()).toHaveLength(1)
    expect(await receipt()).toMatchObject({ state: 'failed' })
  })
})

describe('WhatsApp', () => {
  it('is answered on WhatsApp, from the number that was written to', async () => {
    await house.says(SENTENCE, WHATSAPP)
    expect(house.got()[0]).toMatchObject({ to: WHATSAPP.from, from: 'whatsapp:+212600000100' })
    expect(await latest()).toMatchObject({ channel: 'whatsapp', phone: PERSON, preferred: 'whatsapp' })
    expect(await receipt()).toMatchObject({ via: 'whatsapp', state: 'sent' })
  })

  it('U18: gets an approved template after 25 hours, never free text; without one the next channel is taken', async () => {
    await house.says(SENTENCE, WHATSAPP)
    house.clock.ahead += 25 * 3600_000
    await notify('answered')
    expect(house.network.sent.at(-1)).toMatchObject({ to: WHATSAPP.from, contentSid: 'HX1' })
    expect(house.network.sent.at(-1)?.body).toBeUndefined()
    await notify('late')
    expect(house.network.sent.at(-1)).toMatchObject({ to: PERSON, from: '+212530000100' })
    expect(house.got().at(-1)?.text).toMatch(/est en retard/)
    expect(await events()).toContain('notice_fallen_back')
  })

  it('takes a pressed button and a place on the map as words', async () => {
    await house.says('', { ...WHATSAPP, ButtonText: 'Ma rue est sans lumière depuis lundi' })
    expect(await latest()).toMatchObject({ text: 'Ma rue est sans lumière depuis lundi' })
    await house.says('', { ...WHATSAPP, Latitude: '34.02', Longitude: '-6.83', Label: 'Agdal' })
    const texts = await house.db.sql`select text from submissions order by received_at`
    expect(texts.at(-1)).toMatchObject({ text: 'Agdal, 34.02, -6.83' })
  })

  it('says goodbye itself, because Twilio does not', async () => {
    await house.says(SENTENCE, WHATSAPP)
    expect(await house.says('STOP', WHATSAPP)).toEqual([expect.stringMatching(/^Vous ne recevrez plus/)])
  })
})

describe('files (U17)', () => {
  const PHOTO = {
    NumMedia: '1',
    MediaUrl0: 'https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME1',
    MediaContentType0: 'image/jpeg',
  }

  it('are filed without a word, and fetched afterwards', async () => {
    await house.says('', PHOTO)
    expect(await latest()).toMatchObject({ text: '', phone: PERSON })
    const [remote] = await house.db.sql`select url, name, declared_type, erase, state from remote_media`
    expect(remote).toMatchObject({
      url: PHOTO.MediaUrl0,
      name: 'sms-1.jpeg',
      declared_type: 'image/jpeg',
      erase: true,
    })
    expect(await receipt()).toMatchObject({ state: 'sent' })
  })

  it('join the open complaint', async () => {
    await house.says(SENTENCE)
    await house.says('', PHOTO)
    expect(await house.complaints()).toHaveLength(1)
    const [fetching] = await house.db
      .sql`select count(*)::int as n from outbox_messages where topic = 'media.fetch'`
    expect(fetching?.['n']).toBe(1)
  })
})

describe('pictures where no MMS is', () => {
  it('go by a link of their own, which no row holds', async () => {
    await house.says(SENTENCE)
    const [link] = await house.says('PHOTO')
    expect(link).toMatch(/https:\/\/wasl\.example\/u\/\w{9}$/)
    const token = link?.split('/').at(-1) ?? ''
    expect(JSON.stringify(await house.messages())).not.toContain(token)
    const [kept] = await house.db.sql`select complaint_id from upload_links`
    expect(kept?.['complaint_id']).toBe((await latest())['id'])
  })
})

describe('notices', () => {
  it('end with what can be done, and name the hotline as it is dialled', async () => {
    await house.says(SENTENCE)
    await notify('answered')
    expect(house.got().at(-1)?.text).toMatch(/Lire : répondez 1\. Ecouter : appelez 0537123456$/)
    await house.db.sql`update rounds set answer = 'Rouvert.'`
    expect(await house.says('1')).toEqual([
      expect.stringContaining('Rouvert.'),
      expect.stringMatching(/^Etes-vous/),
    ])
  })

  it('are sent once, however often they are asked for', async () => {
    await house.says(SENTENCE)
    await notify('late')
    const count = house.got().length
    await house.db
      .sql`update outbox_messages set settled_at = null where topic in ('notice.send', 'receipt.send')`
    await house.relay.drain()
    expect(house.got()).toHaveLength(count)
  })
})

describe('on request', () => {
  const writing = () => ({
    ...house.base,
    write: house.conversing.write,
    maskedLink: house.conversing.maskedLink,
    afterNotice,
    officeZone: 'Africa/Casablanca',
  })
  const to = '+212699999999'
  const texts = async () => {
    await house.relay.drain()
    return house
      .got()
      .filter((one) => one.to === to)
      .map(({ text }) => text)
  }

  it('the numbers of a filing go to a telephone that is named, once', async () => {
    await house.says(SENTENCE)
    const { id } = await latest()
    expect(await copyReceipt(writing(), String(id), to)).toBe(true)
    expect(await copyReceipt(writing(), String(id), to)).toBe(true)
    expect(await texts()).toEqual([expect.stringMatching(/^Plainte \d{10} enregistrée\. Code \d{6}\./)])
  })

  it('a link for pictures goes out once for each call that asks', async () => {
    await house.says(SENTENCE)
    const { id } = await latest()
    for (const call of ['CA1', 'CA1', 'CA2']) await textUploadLink(writing(), String(id), to, call)
    const links = (await texts()).map((text) => /https:\/\/wasl\.example\/u\/\w{9}/.exec(text)?.[0])
    expect(new Set(links).size).toBe(2)
    expect(links).not.toContain(undefined)
    expect(JSON.stringify(await house.messages())).not.toContain(links[0])
  })
})

it('gives one complaint and one receipt for twenty copies of one webhook (P12)', async () => {
  const form = { MessageSid: 'SMsame', From: PERSON, To: '+212530000100', Body: SENTENCE, NumMedia: '0' }
  await Promise.all(Array.from({ length: 20 }, () => house.network.post('/webhooks/twilio/messages', form)))
  await house.relay.drain()
  expect(await house.complaints()).toHaveLength(1)
  expect(house.got()).toHaveLength(2)
})
