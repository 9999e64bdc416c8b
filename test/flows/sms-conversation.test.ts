import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../src/core/segments.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { answerReferral, askComplainant, refuseReferral } from '../../src/referrals/record-answer.ts'
import { testSecrets } from '../support/acceptance.ts'
import { PERSON, startTextHouse, type TextHouse } from '../support/text-house.ts'

const SENTENCE = 'Le guichet est fermé depuis lundi et personne ne répond'

/** One person after the other, so that each story begins in silence. */
let people = 0
const someone = () => {
  people += 1
  return `+2126000${String(people).padStart(5, '0')}`
}

describe.each(['twilio', 'smpp'] as const)('a conversation over %s', (network) => {
  let house: TextHouse<'twilio'>
  beforeAll(async () => {
    house = (await startTextHouse(network)) as TextHouse<'twilio'>
  })
  afterAll(() => house.close())

  const complaintOf = async (phone: string) =>
    (await house.complaints()).filter((row) => row['phone'] === phone).at(-1)!
  const body = async (phone: string) => {
    const { id } = await complaintOf(phone)
    const [referral] = await house.db
      .sql`select id, administration_id from referrals where complaint_id = ${id}
      order by created_at desc limit 1`
    return {
      referralId: String(referral?.['id']),
      acting: { administrationId: String(referral?.['administration_id']), actor: 'body:SANTE' },
    }
  }
  const notices = async () => {
    const before = house.got().length
    await house.relay.drain()
    return house
      .got()
      .slice(before)
      .map(({ text }) => text)
  }

  it('U15: files the first sentence and gives its receipt before it asks anything', async () => {
    const said = await house.says(SENTENCE)
    const complaint = await complaintOf(PERSON)
    const code = accessCodeOf(testSecrets, complaint['id'])
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(
      new RegExp(
        `^Plainte ${complaint['reference']} enregistrée\\. Code ${code}\\. Réponse avant le \\d\\d/\\d\\d/\\d{4}\\.`,
      ),
    )
    expect(said[1]).toMatch(/^De quelle administration/)
    expect(said.every((text) => measure(text).segments === 1)).toBe(true)
    expect(complaint).toMatchObject({
      channel: 'sms',
      text: SENTENCE,
      language: 'fr',
      preferred: 'sms',
      status: 'triage',
    })
    const [receipt] = await house.receipts()
    expect(receipt).toMatchObject({ via: 'sms', state: 'sent' })
    const [kept] = await house.messages()
    expect(kept?.['text']).toContain('******')
    expect(JSON.stringify(await house.messages())).not.toContain(code)
  })

  it('answers from the number that was written to', async () => {
    const lines = new Set(house.got().map(({ from }) => from))
    expect([...lines]).toEqual([network === 'twilio' ? '+212530000100' : '3737'])
  })

  it('takes the office by its name and refers the complaint there', async () => {
    expect(await house.says('Santé')).toEqual([
      expect.stringMatching(/transmise à : Ministère de la Santé\.$/),
    ])
    expect(await complaintOf(PERSON)).toMatchObject({ administration: 'SANTE', status: 'received' })
  })

  it('U17: offers a choice where several fit, and takes an Arabic-Indic digit', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    const [choice] = await house.says('Rabat', { from })
    expect(choice).toBe('Choisissez : 1 CHU Rabat 2 Commune Rabat 0 Aucune')
    expect(await house.says('٢', { from })).toEqual([expect.stringContaining('transmise à : Commune Rabat')])
    expect(await complaintOf(from)).toMatchObject({ administration: 'COMMUNE' })
  })

  it('joins what follows within the hour and says so once', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    expect(
      await house.says('C’est à Salé, rue Oum Rabia, depuis déjà plus de trois semaines', { from }),
    ).toHaveLength(1)
    expect(await house.says('et encore : le numéro vert ne répond jamais non plus', { from })).toEqual([])
    const { id } = await complaintOf(from)
    const parts = await house.db
      .sql`select text from submissions where complaint_id = ${id} order by received_at`
    expect(parts).toHaveLength(3)
    await house.says('NOUVEAU', { from })
    await house.says('Une autre plainte : l’eau est coupée', { from })
    expect((await house.complaints()).filter((row) => row['phone'] === from)).toHaveLength(2)
  })

  it('U15, U17: speaks Arabic to whoever writes Arabic, in one segment, and keeps to it', async () => {
    const from = someone()
    const [filed, ask] = await house.says('الماء مقطوع عندنا منذ يومين', { from })
    expect(filed).toMatch(/^سجلنا شكايتكم \d{10} الرمز \d{6}\. الجواب قبل \d\d\/\d\d\/\d{4}$/)
    expect(ask).toMatch(/^أي إدارة/)
    expect(measure(filed ?? '')).toMatchObject({ encoding: 'ucs2', segments: 1 })
    expect(await house.says('تتبّع', { from })).toEqual([
      expect.stringMatching(/^\d{10}: توصلنا بها\. الجواب قبل/),
    ])
    expect(await house.says('FR', { from })).toEqual([expect.stringMatching(/^Ecrivez votre plainte/)])
  })

  it('U17: tells where a complaint is however the word is written, and tells a stranger nothing (P31)', async () => {
    const { reference } = await complaintOf(PERSON)
    for (const written of ['SUIVI', 'Suivi', 'súivi', 'ETAT', 'état'])
      expect(await house.says(written), written).toEqual([expect.stringContaining(String(reference))])
    expect(await house.says('suivi')).toEqual([
      expect.stringContaining(`${reference} : Recue. Réponse avant le`),
    ])
    expect(await house.says(String(reference))).toEqual([expect.stringContaining(`${reference} : Recue`)])
    const stranger = someone()
    expect(await house.says(String(reference), { from: stranger })).toEqual([
      expect.not.stringContaining(String(reference)),
    ])
    expect(await house.says('STATUS', { from: stranger })).toEqual([expect.not.stringMatching(/\d{10}/)])
  })

  it('tells of the answer, shows it, and sends the complaint again in a new round', async () => {
    const { referralId, acting } = await body(PERSON)
    await answerReferral(house.base, acting, referralId, {
      text: 'Le guichet rouvrira lundi prochain à 9 h.',
    })
    expect(await notices()).toEqual([
      expect.stringMatching(/^Réponse disponible pour \d{10}\. Lire : répondez 1$/),
    ])
    const [answer, rate] = await house.says('1')
    expect(answer).toContain('Le guichet rouvrira lundi prochain à 9 h.')
    expect(rate).toMatch(/^Etes-vous satisfait/)
    expect(await house.says('2')).toEqual([expect.stringMatching(/^Dites-nous pourquoi/)])
    const again = await house.says('Il n’a pas rouvert')
    expect(again).toEqual([expect.stringMatching(/^Plainte \d{10} renvoyée\. Nouvelle réponse avant le/)])
    const complaint = await complaintOf(PERSON)
    expect(complaint).toMatchObject({ round: 2, status: 'received', administration: 'SANTE' })
    const rounds = await house.db.sql`select r.number, r.satisfied, d.due_on from rounds r
      join deadlines d on d.complaint_id = r.complaint_id and d.round = r.number and d.kind = 'answer'
      where r.complaint_id = ${complaint['id']} order by 1`
    expect(rounds.map((row) => row['satisfied'])).toEqual([false, null])
    const receipts = await house.db
      .sql`select round, state, via from receipts where complaint_id = ${complaint['id']} order by 1`
    expect(receipts).toMatchObject([
      { round: 1, state: 'sent' },
      { round: 2, state: 'sent', via: 'sms' },
    ])
    const events = await house.db
      .sql`select event from complaint_events where complaint_id = ${complaint['id']}`
    expect(events.map((row) => row['event'])).toContain('resubmitted')
    const referrals = await house.db
      .sql`select round from referrals where complaint_id = ${complaint['id']} order by round`
    expect(referrals.map((row) => row['round'])).toEqual([1, 2])
  })

  it('closes what satisfied', async () => {
    const { referralId, acting } = await body(PERSON)
    await answerReferral(house.base, acting, referralId, { text: 'Il est ouvert depuis ce matin.' })
    await notices()
    await house.says('1')
    expect(await house.says('1')).toEqual([expect.stringMatching(/^Merci\./)])
    expect(await complaintOf(PERSON)).toMatchObject({ status: 'closed', closed_reason: 'satisfied' })
    expect(await house.says('STATUS')).toEqual([expect.stringContaining('Pour la renvoyer, répondez 2')])
  })

  it('brings the question of the office, and takes the answer to it', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    await house.says('Santé', { from })
    const { referralId, acting } = await body(from)
    await askComplainant(house.base, acting, referralId, { question: 'Quel guichet ?' })
    expect(await notices()).toEqual([expect.stringContaining('il nous faut une information')])
    expect(await house.says('1', { from })).toEqual([expect.stringContaining('Quel guichet ?')])
    expect(await house.says('Le 4', { from })).toHaveLength(1)
    expect(await complaintOf(from)).toMatchObject({ status: 'formal_review' })
  })

  it('explains a refusal and lets it be sent again; no reason within the day sends it without one', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    await house.says('Santé', { from })
    const { referralId, acting } = await body(from)
    await refuseReferral(house.base, acting, referralId, {
      ground: 'before_court',
      reason: 'Jugement du 3 mars.',
    })
    expect(await notices()).toEqual([expect.stringContaining('non recevable : affaire en justice')])
    const [details] = await house.says('1', { from })
    expect(details).toContain('Jugement du 3 mars. Seul le juge décide')
    await house.says('2', { from })
    const before = house.got().length
    await house.later(25 * 60)
    expect(house.got()[before]?.text).toMatch(/renvoyée/)
    expect(await complaintOf(from)).toMatchObject({ round: 2 })
  })

  it('goes on in the language of the filing with whoever filed elsewhere and answers by a digit', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    await house.says('Santé', { from })
    const { referralId, acting } = await body(from)
    // No word was ever exchanged with this number: it was left on a form.
    await house.db.sql`delete from conversations where phone = ${from}`
    await answerReferral(house.base, acting, referralId, { text: 'Le guichet rouvre lundi.' })
    await notices()
    const said = await house.says('1', { from })
    expect(said[0]).toContain('Le guichet rouvre lundi.')
    expect(said[1]).toMatch(/satisfait/i)
  })

  it('withdraws after one question, and the record says who', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    expect(await house.says('RETRAIT', { from })).toEqual([expect.stringMatching(/^Retirer \d{10} \?/)])
    expect(await house.says('1', { from })).toEqual([expect.stringMatching(/^Nous avons retiré/)])
    expect(await complaintOf(from)).toMatchObject({ status: 'closed', closed_reason: 'withdrawn' })
  })

  it('U17: keeps silent after STOP, and the complaint goes on (P28)', async () => {
    const from = someone()
    await house.says(SENTENCE, { from })
    const stopped = await house.says('STOP', { from })
    // Twilio answers STOP itself and would refuse ours; an operator's SMPP leaves it to us.
    expect(stopped).toHaveLength(network === 'twilio' ? 0 : 1)
    expect(await house.says('STATUS', { from })).toEqual([])
    expect(await house.says('NOUVEAU', { from })).toEqual([])
    expect(await house.says("Stop aux coupures d'eau dans mon quartier", { from })).toEqual([])
    expect((await house.complaints()).filter((row) => row['phone'] === from)).toHaveLength(2)
    await house.says('START', { from })
    expect(await house.says('STATUS', { from })).toHaveLength(1)
  })

  it('keeps 50 different messages of one number (P18)', async () => {
    const from = someone()
    for (let nth = 0; nth < 50; nth += 1)
      await house.says(`Message numéro ${nth} sur le guichet fermé`, { from })
    const rows = await house.db
      .sql`select distinct s.text from submissions s join complainants p on p.complaint_id = s.complaint_id
      where p.phone = ${from}`
    expect(rows).toHaveLength(50)
    expect((await house.complaints()).filter((row) => row['phone'] === from)).toHaveLength(1)
  })

  it.each(['MaBanque', '3737', '', 'sip:amina@example.ma'])(
    'files from "%s" and texts nobody (P29)',
    async (from) => {
      if (network === 'smpp' && !/^\w+$/.test(from)) return
      const before = house.got().length
      const count = (await house.complaints()).length
      await house.network.say(from, `Le guichet ${from} est fermé depuis trois jours`, {
        source_addr_ton: '5',
      })
      await house.relay.drain()
      expect(house.got()).toHaveLength(before)
      const filed = await house.complaints()
      expect(filed).toHaveLength(count + 1)
      expect(filed.some((row) => row['phone'] === null)).toBe(true)
    },
  )

  it('gives every event its one end', async () => {
    const ledger = await house.ledger()
    expect(ledger['open']).toBeUndefined()
    expect(ledger['failed']).toBeUndefined()
    const [received] = await house.db.sql`select count(*)::int as n from inbound_events`
    expect(
      Object.values(ledger)
        .map(Number)
        .reduce((sum, n) => sum + n, 0),
    ).toBe(received?.['n'])
    const dead = await house.db
      .sql`select topic, last_error from outbox_messages where settled_at is null and dead_at is not null`
    expect(dead).toEqual([])
  })
})
