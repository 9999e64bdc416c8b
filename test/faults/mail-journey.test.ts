import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Staff, signIn, wasl } from '../support/gateway-client.ts'
import { freePort, type GatewayProcess, until } from '../support/gateway-process.ts'
import { EXTREMES, hostileMail } from '../support/hostile-mail.ts'
import { deliver } from '../support/mail-client.ts'
import { type MailStage, openMailStage } from '../support/mail-stage.ts'
import { ADDRESS, mailOf } from '../support/mail-text.ts'

let stage: MailStage
let port: number
let gateway: GatewayProcess
let environment: Readonly<Record<string, string>>
let staff: Staff

beforeAll(async () => {
  port = await freePort()
  stage = await openMailStage()
  gateway = await stage.start({ LMTP_LISTEN: `lmtp://127.0.0.1:${port}` })
  environment = await stage.environment({})
  staff = await signIn(gateway.base, environment)
})
afterAll(() => stage.close())

const bring = async (raw: Buffer | string, from: string, to = ADDRESS): Promise<void> => {
  const { received } = await stage.counts()
  const [word] = await deliver({ port, from, to: [to], raw })
  expect(word?.code).toBe(250)
  await stage.settled(received + 1)
}

/** The letters to one address, in their order; waits until there are as many. */
const letters = async (address: string, count: number) => {
  await until(`${count} letters to ${address}`, async () => sunk(address).length >= count)
  return Promise.all(
    sunk(address).map(async ({ raw, from }) => ({ raw, from, letter: await simpleParser(raw) })),
  )
}
const sunk = (address: string) => stage.sink.mails.filter(({ to }) => to.includes(address))

/** Asks for a sign of life again and again; gives how long each answer took, in milliseconds. */
const watchHealth = () => {
  const took: number[] = []
  let running = true
  const asking = (async () => {
    while (running) {
      const begun = performance.now()
      await (await fetch(`${gateway.base}/healthz`)).text()
      took.push(performance.now() - begun)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  asking.catch(() => {})
  return {
    stop: async () => {
      running = false
      await asking
      return took
    },
  }
}

const asBody = async (token: string) => {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${gateway.base}/api/v1/referrals${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  const referralOf = async (reference: string): Promise<string> => {
    const { items } = await call<{ items: { reference: string; referral: { id: string } }[] }>(
      'GET',
      '?limit=50',
    )
    const id = items.find((item) => item.reference === reference)?.referral.id
    if (id === undefined) throw new Error('no referral')
    return id
  }
  return { call, referralOf }
}

describe('a complaint by mail from its first word to its answer (U22)', () => {
  it('is acknowledged, told of, asked about, added to and answered, all in one thread', async () => {
    const from = 'citizenjourney@example.ma'
    await staff.putBody('SANTE', [{ type: 'email', address: 'plaintes@sante.example' }])
    const { stdout } = await wasl(
      environment,
      'token',
      'create',
      '--role',
      'body',
      '--administration',
      'SANTE',
      '--json',
    )
    const body = await asBody((JSON.parse(stdout) as { token: string }).token)

    await bring(
      mailOf('journey', {}, 'Bonjour, le dispensaire est ferme depuis lundi et personne ne repond.'),
      from,
    )
    const [receipt] = await letters(from, 1)
    const reference = /\[(\d{10})\]/.exec(receipt?.letter.subject ?? '')?.[1] ?? ''
    expect(receipt?.from).toBe('')

    await until('it waits for triage', async () => {
      const record = await staff.complaint<{ status?: string; state?: string }>(reference)
      return JSON.stringify(record).includes('triage')
    })
    await staff.call('POST', `/complaints/${reference}/route`, { administration: 'SANTE' })
    const [, routed] = await letters(from, 2)
    expect(routed?.letter.references).toContain(receipt?.letter.messageId)
    expect(routed?.letter.headers.get('auto-submitted')).toBe('auto-generated')

    const referral = await until('the body sees it', () => body.referralOf(reference).catch(() => undefined))
    await body.call('POST', `/${referral}/ask`, { question: 'Quel jour y étiez-vous ?' })
    const [, , asked] = await letters(from, 3)
    expect(asked?.letter.text).toContain('Quel jour y étiez-vous ?')
    expect(asked?.letter.headers.has('auto-submitted')).toBe(false)
    expect(asked?.from).toBe(ADDRESS)

    const token = asked?.letter.replyTo?.value[0]?.address ?? ''
    await bring(
      mailOf(
        'journey',
        {
          To: token,
          'In-Reply-To': asked?.letter.messageId,
          'Message-ID': '<journey-2@example.ma>',
          Subject: 'Re: x',
        },
        'Lundi vers dix heures du matin.\n\nLe 21 nov. 2026, Plaintes <plaintes@wasl.test> a écrit :\n> Quel jour',
      ),
      from,
      token,
    )
    const [, , , added] = await letters(from, 4)
    expect(added?.letter.subject).toContain('Votre message est ajouté')
    expect(added?.letter.headers.get('auto-submitted')).toBe('auto-replied')
    expect(JSON.stringify(await staff.complaint(reference))).toContain('Lundi vers dix heures')

    await body.call('POST', `/${referral}/answer`, { text: 'Le dispensaire rouvre lundi.' })
    const [, , , , answered] = await letters(from, 5)
    expect(answered?.letter.text).toContain('Le dispensaire rouvre lundi.')
    expect(answered?.letter.headers.has('auto-submitted')).toBe(false)
    const thread = [receipt, routed, asked, added, answered].map((each) => each?.letter.messageId)
    expect(new Set(thread).size).toBe(5)
    expect(stage.sink.mails.flatMap(({ to }) => to)).not.toContain(ADDRESS)
  })

  it.each([
    [
      'plain',
      {},
      'Bonjour, la rue est noire depuis un mois et personne ne vient.',
      'Votre plainte est enregistrée',
    ],
    [
      'html',
      { 'Content-Type': 'text/html; charset=utf-8' },
      '<p>السلام عليكم، <b>الزنقة مظلمة</b> منذ شهر</p>',
      'شكايتكم مسجلة',
    ],
    [
      'heavy',
      { 'Content-Type': 'multipart/mixed; boundary=m' },
      `--m\r\n\r\nBonjour, voici le film de la rue, que personne ne repare.\r\n--m\r\nContent-Type: video/mp4; name=film.mp4\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n${`${'QUJD'.repeat(19)}\r\n`.repeat(360_000)}--m--`,
      'Votre plainte est enregistrée',
    ],
  ])(
    '%s mail is registered and acknowledged within a minute, in its language (G37)',
    async (name, headers, words, subject) => {
      const from = `citizenkind-${name}@example.ma`
      const begun = performance.now()
      await bring(mailOf(`kind-${name}`, headers, words), from)
      const [receipt] = await letters(from, 1)
      expect(performance.now() - begun).toBeLessThan(60_000)
      expect(receipt?.letter.subject).toContain(subject)
      expect(receipt?.raw.length).toBeLessThan(20 * 1024)
    },
  )

  it('files an ordinary mail at once behind sixty that nobody should write, and answers on /healthz meanwhile (P08, P36)', async () => {
    const health = watchHealth()
    const hostile = [
      ...Array.from({ length: 46 }, (_mail, nth) => hostileMail(5_000 + nth)),
      ...Object.values(EXTREMES).map((make) => make()),
    ].filter((raw) => raw.length > 0)
    await Promise.all(
      hostile.map((raw, nth) =>
        deliver({ port, from: `h${nth}@example.ma`, to: [ADDRESS], raw }).catch(() => []),
      ),
    )
    const begun = performance.now()
    const from = 'citizencontrol@example.ma'
    await deliver({ port, from, to: [ADDRESS], raw: mailOf('control') })
    await letters(from, 1)
    expect(performance.now() - begun).toBeLessThan(60_000)
    // One sender of many gets three acknowledgments a day; the others stay due.
    await until('every mail has its end', async () => (await stage.counts()).open === 0, 120_000)
    const sorted = (await health.stop()).toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length * 0.99)]).toBeLessThan(1_000)
  })
})
