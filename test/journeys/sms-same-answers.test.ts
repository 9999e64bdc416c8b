import { expect, it } from 'vitest'
import { answerReferral, askComplainant } from '../../src/referrals/record-answer.ts'
import { PERSON, startTextHouse, type TextHouse } from '../support/text-house.ts'

/** What is said in the course of a long conversation; a function is what the office does in between. */
type Line = string | ((house: TextHouse<'twilio'>) => Promise<unknown>)

const referralOf = async ({ db }: TextHouse<'twilio'>) => {
  const [row] = await db.sql`
    select r.id, r.administration_id as body from referrals r join complainants p using (complaint_id)
    where p.phone = ${PERSON} order by r.created_at desc limit 1`
  return { id: String(row?.['id']), acting: { administrationId: String(row?.['body']), actor: 'body:SANTE' } }
}
const asks: Line = async (house) => {
  const { id, acting } = await referralOf(house)
  await askComplainant(house.base, acting, id, { question: 'Quel guichet ?' })
}
const answers: Line = async (house) => {
  const { id, acting } = await referralOf(house)
  await answerReferral(house.base, acting, id, { text: 'Il rouvre lundi à 9 h.' })
}

const CONVERSATION: readonly Line[] = [
  'ok',
  'Le guichet est fermé depuis lundi et personne ne répond',
  'Rabat',
  '١',
  'C’est à l’entrée de la rue Oum Rabia 🚧',
  'SUIVI',
  '0',
  asks,
  '1',
  'Le guichet 4',
  answers,
  '1',
  '2',
  'Il n’a pas rouvert, et ça fait un mois',
  'EN',
  'status',
  'AR',
  'تتبّع',
  'RETRAIT',
  '0',
  'PHOTO',
  '2612345679',
  'NOUVEAU',
  'الماء مقطوع عندنا منذ يومين وكلمنا الجميع دون جواب، ولا أحد يعرف متى يعود الماء إلى الحي',
  '0',
]

/** Numbers, codes and links are drawn anew for each; everything else must be the same, letter for letter. */
const plain = (text: string): string =>
  text
    .replace(/\d{10}/g, 'REFERENCE')
    .replace(/(Code|PIN|الرمز) \d{6}/g, '$1 CODE')
    .replace(/\/u\/\w{9}/g, '/u/LINK')

const transcript = async (network: 'twilio' | 'smpp'): Promise<string[]> => {
  const house = (await startTextHouse(network)) as TextHouse<'twilio'>
  const said: string[] = []
  try {
    for (const line of CONVERSATION) {
      if (typeof line === 'string') {
        const got = await house.says(line)
        said.push(`> ${line}`, ...got.map(plain))
        continue
      }
      const before = house.got().length
      await line(house)
      await house.relay.drain()
      said.push(
        '> (the office)',
        ...house
          .got()
          .slice(before)
          .map(({ text }) => plain(text)),
      )
    }
  } finally {
    await house.close()
  }
  return said
}

it('U15, U17: the same conversation gives the same answers over Twilio and over SMPP', async () => {
  const twilio = await transcript('twilio')
  expect(await transcript('smpp')).toEqual(twilio)
  expect(twilio.length).toBeGreaterThan(CONVERSATION.length * 1.8)
  // Each line but the one that is joined in silence was answered.
  expect(twilio.filter((line) => line.startsWith('>'))).toHaveLength(CONVERSATION.length)
})
