import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countNamed } from '../../src/administrations/count-named.ts'
import { readLedger } from '../../src/intake/ledger.ts'
import { findLedgerGaps } from '../../src/intake/reconcile.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { acceptanceOver, submissionOf } from '../support/acceptance.ts'
import { type Reader, readerOf } from '../support/by-words.ts'
import { type JoiningHouse, startJoiningHouse } from '../support/joining-house.ts'
import { EMPTY_CALENDAR, LOSSES } from '../support/joining-losses.ts'

const LINK = /https:\/\/wasl\.test\/console\/sign-in\/[\w-]+/
const OWN = 'Mon administration'

let house: JoiningHouse
let ministry: Reader
let manager: Reader
let trainee: Reader
beforeAll(async () => {
  house = await startJoiningHouse()
  const { cookie } = await house.desk.enter('ministry-supervisor')
  ministry = readerOf(house.desk.app, { signedIn: cookie })
})
afterAll(() => house.close())

const stranger = () => readerOf(house.desk.app)

/** Follows an invitation as a person with an authenticator does, by what the pages say. */
const enrol = async (link: string): Promise<Reader> => {
  const person = stranger()
  await person.visit(link)
  await person.press('Entrer')
  const [key = ''] = person.copied()
  const totp = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) })
  await person.press('Ouvrir le compte', {
    'Nouveau mot de passe': 'les dossiers du lundi',
    'Code du téléphone': totp.generate({ timestamp: house.clock.now().getTime() }),
  })
  await person.follow('Aller au bureau')
  return person
}

const ticks = async (): Promise<number> => {
  await manager.follow(OWN)
  const words = manager.read()
  return words.includes('Tout est prêt') ? 12 : Number(/(\d+) sur 12/.exec(words)?.[1] ?? -1)
}

const practise = async (act: (reference: string) => Promise<unknown>): Promise<number> => {
  await trainee.follow('Plaintes')
  const references = [...new Set(trainee.links().filter((words) => /^\d{10}$/.test(words)))]
  for (const reference of references) {
    await trainee.follow(reference)
    await act(reference)
    await trainee.follow('Plaintes')
  }
  return references.length
}

const review = () =>
  trainee.press('Terminer l’examen', {
    'Relève-t-elle de nous': 'Oui',
    'Concerne-t-elle un service public': 'Oui',
    'Est-elle hors des tribunaux': 'Oui',
    'Est-elle compréhensible': 'Oui',
    'Est-elle nouvelle': 'Oui',
  })
const answer = () => trainee.press('Envoyer la réponse', { 'Texte de la réponse': 'Voici la réponse.' })

describe('a body joins, by what the screen says (U31)', () => {
  it('asks with a form that says what is wrong, and is nobody until the ministry approves', async () => {
    const visitor = stranger()
    await visitor.visit('/console')
    await visitor.follow('Demander à rejoindre le service')
    await visitor.press('Envoyer la demande', { Code: 'a b', 'Son adresse': 'x' })
    expect(visitor.read()).toMatch(
      /Il y a un problème.*Remplissez cette case.*Ce code est pris.*L’adresse est incorrecte/,
    )
    const wish = {
      'Nom en français': 'Agence du bassin',
      'Nom en arabe': 'وكالة الحوض',
      Code: 'BASSIN',
      'Nom du responsable': 'Amina',
      'Son adresse': 'chef@bassin.example',
    }
    await visitor.press('Envoyer la demande', wish)
    expect(visitor.read()).toContain('Votre demande est arrivée')
    await visitor.visit('/console/join')
    await visitor.press('Envoyer la demande', wish)
    expect(visitor.read()).toContain('Ce code est pris')
    const { body } = await house.api('', 'GET', '/administrations')
    expect(body.map(({ code }: { code: string }) => code)).toEqual(['SANTE'])

    await ministry.visit('/console')
    await ministry.follow('Administrations')
    expect(ministry.read()).toMatch(/Agence du bassin BASSIN Demande reçue/)
    await ministry.press('Approuver')
    manager = await enrol(ministry.copied().find((words) => LINK.test(words)) ?? '')
    expect(await ticks()).toBe(3)
    await manager.visit('/console/bodies')
    expect(manager.read()).not.toContain('BASSIN')
  })

  it('does not take the role of somebody who works elsewhere', async () => {
    const visitor = stranger()
    await house.db.sql`insert into staff_members (id, email, role, created_at)
      values (${newUuidV7()}, 'chef@ministere.example', 'auditor', now())`
    await visitor.visit('/console/join')
    await visitor.press('Envoyer la demande', {
      'Nom en français': 'Faux',
      'Nom en arabe': 'زيف',
      Code: 'FAUX',
      'Nom du responsable': 'X',
      'Son adresse': 'chef@ministere.example',
    })
    await ministry.follow('Administrations')
    await ministry.press('Approuver')
    expect(ministry.read()).toContain('Cette adresse est celle d’un agent d’une autre administration')
    const [kept] = await house.db.sql`select role from staff_members where email = 'chef@ministere.example'`
    expect(kept).toEqual({ role: 'auditor' })
    await ministry.press('Refuser', { 'Motif du refus': 'Pas une administration' })
    expect(ministry.read()).toMatch(/FAUX Refusée.*Pas une administration/)
  })

  it('earns its ticks by what is really there', async () => {
    await ticks()
    await manager.press('Ajouter l’unité', { Code: 'a b', 'Nom en arabe': 'أ', 'Nom en français': 'A' })
    expect(manager.read()).toContain('Ce code est pris ou incorrect')
    await manager.press('Nous n’avons pas d’unités')
    await manager.press('Nous avons vu le calendrier')
    await manager.press('Ajouter le jour', { 'Jour de fermeture': 'demain', Raison: 'Inventaire' })
    expect(manager.read()).toContain('Écrivez un jour')
    await manager.press('Ajouter le service', {
      Code: 'EAU',
      'Nom en arabe': 'الماء',
      'Nom en français': 'Eau',
    })
    await manager.press('Ajouter le modèle', { 'Nom du modèle': 'Prêt', Texte: 'Votre dossier {prix}' })
    expect(manager.read()).toContain('Rien ne remplit {prix}')
    for (const Langue of ['Arabe', 'Français'])
      await manager.press('Ajouter le modèle', {
        'Pour quel acte': 'Réponse',
        Langue,
        'Nom du modèle': 'Prêt',
        Texte: 'Votre dossier {reference} est prêt.',
      })
    expect(await ticks()).toBe(7)
  })

  it('invites its people from a list; a wrong line is named, and nobody is invited before it is mended', async () => {
    const good = 'email;role\nadjoint@bassin.example;manager\neleve@bassin.example;trainee'
    const list = { 'Liste CSV': `${good}\nfaux;agent\nx@y.example;roi\nchef@ministere.example;agent` }
    await manager.press('Vérifier sans inviter', list)
    expect(manager.read()).toMatch(
      /4 faux agent adresse incorrecte 5 x@y\.example roi rôle inconnu 6 chef@ministere\.example agent invité ailleurs/,
    )
    await manager.press('Inviter', list)
    expect(manager.read()).toContain('Personne n’est invité')
    expect(manager.copied().filter((words) => LINK.test(words))).toEqual([])
    await manager.press('Inviter', { 'Liste CSV': good })
    const [deputy = '', learner = ''] = manager.copied().filter((words) => LINK.test(words))
    await enrol(deputy)
    trainee = await enrol(learner)
    expect(await ticks()).toBe(8)
  })

  it('practises on ten complaints that are for trainees alone', async () => {
    await manager.press('Commencer l’exercice')
    await manager.follow('Plaintes')
    expect(manager.links().filter((words) => /^\d{10}$/.test(words))).toEqual([])
    expect(
      await practise(async () => {
        await review()
        await answer()
      }),
    ).toBe(10)
    expect(await ticks()).toBe(10)
    expect(manager.read()).toContain('10 terminées, 0 en attente')
  })

  it('counts none of them anywhere', async () => {
    const { sql } = house.db
    expect(await sql`select from outbox_messages where topic <> 'deadlines.recount'`).toHaveLength(0)
    for (const table of ['ledger_entries', 'receipts', 'notices', 'outgoing_messages'])
      expect(await sql`select from ${sql(table)}`, table).toHaveLength(0)
    const today = house.clock.now().toISOString().slice(0, 10)
    expect(await readLedger({ sql, officeZone: house.base.officeZone }, { from: today, to: today })).toEqual(
      [],
    )
    expect(await findLedgerGaps(sql)).toEqual([])
    expect(await countNamed(house.db)).toEqual(new Map())
  })

  it('may not go live before its connector is proved, by no door', async () => {
    await ministry.follow('Administrations')
    expect(ministry.read()).toMatch(
      /Il manque : Voie d’arrivée des plaintes choisie · Essai de conformité réussi/,
    )
    const token = await house.tokenOf('ministry-supervisor')
    const put = await house.api(token, 'PUT', '/staff/administrations/BASSIN', {
      names: { fr: 'Bassin' },
      state: 'active',
    })
    expect([put.status, put.body.code]).toEqual([409, 'not_ready'])
  })

  it('says what address it cannot reach', async () => {
    await manager.follow(OWN)
    await manager.press('Choisir cette voie', {
      'Comment les plaintes arrivent-elles': 'Notre système est averti (webhook)',
      'Adresse (https:// ou e-mail)': 'https://10.0.0.1/x',
    })
    expect(manager.read()).toContain('Il y a un problème')
  })

  it('proves its way, and goes live with twelve ticks in under thirty minutes of steps', async () => {
    await manager.press('Choisir cette voie', {
      'Comment les plaintes arrivent-elles': 'Nos agents travaillent dans ce bureau',
    })
    await manager.press('Commencer l’essai')
    await practise(async () => {
      const [, to] = /Transférez-le à ([A-Z0-9_-]+)\./.exec(trainee.read()) ?? []
      if (to)
        return trainee.press('Transférer', { 'Code de l’administration': to, Raison: 'Pas de chez nous' })
      await review()
      return answer()
    })
    await manager.follow(OWN)
    await manager.press('Terminer l’essai')
    expect(manager.read()).toContain('Essai réussi')
    expect(manager.links()).toContain('Rapport signé')
    expect(await ticks()).toBe(12)
    // A person needs half a minute for a step of such a page, reading included.
    expect(manager.steps() + ministry.steps()).toBeLessThan(60)
  })

  it('is read in Arabic too, from right to left', async () => {
    const { cookie } = await house.desk.enter('manager', 'BASSIN')
    const page = await house.desk.app.inject({
      url: '/console/joining',
      headers: { cookie, 'accept-language': 'ar' },
    })
    expect(page.payload).toMatch(/<html lang="ar" dir="rtl">[\s\S]*شجرة الوحدات/)
  })
})

it('takes no step of a body that was always there, before it says so', async () => {
  const token = await house.tokenOf('manager', 'SANTE')
  const unit = { code: 'SANTE-NORD', names: { ar: 'الشمال', fr: 'Nord' } }
  expect((await house.api(token, 'POST', '/staff/joining/units', unit)).status).toBe(404)
  const { post } = await house.desk.enter('manager', 'SANTE')
  const fields = { 'unit-code': unit.code, 'unit-ar': unit.names.ar, 'unit-fr': unit.names.fr }
  expect((await post('/console/joining/units', fields)).statusCode).toBe(200)
  expect(await house.db.sql`select 1 from administrations where code = 'SANTE-NORD'`).toHaveLength(0)
})

describe('what keeps a body out (G71)', () => {
  const run = (statement: string) => house.db.sql.unsafe(statement, ['%@bassin.example'])

  it.each([...Object.entries(LOSSES), ['a calendar without a day', EMPTY_CALENDAR] as const])(
    'is told to the ministry and stops it: %s',
    async (_, { lose, win, words }) => {
      await run(lose)
      const { cookie } = await house.desk.enter('ministry-supervisor')
      const supervisor = readerOf(house.desk.app, { signedIn: cookie })
      await supervisor.visit('/console')
      await supervisor.follow('Administrations')
      const ofBody =
        supervisor
          .read()
          .split('FAUX')
          .find((part) => part.includes('BASSIN')) ?? ''
      if (words.length > 0) expect(ofBody).toMatch(new RegExp(`Il manque : ${words.join(' · ')}(?! ·)`))
      const live = await house.desk.app.inject({
        method: 'POST',
        url: '/console/bodies/BASSIN/live',
        headers: { cookie, 'sec-fetch-site': 'same-origin' },
      })
      expect(live.statusCode).toBe(409)
      await run(win)
    },
  )

  it('is gone: the ministry opens the body', async () => {
    await ministry.follow('Administrations')
    await ministry.press('Ouvrir aux plaintes')
    expect(ministry.read()).toContain('Ouverte aux plaintes')
    const { body } = await house.api('', 'GET', '/administrations')
    expect(body.map(({ code }: { code: string }) => code)).toEqual(['BASSIN', 'SANTE'])
  })
})

describe('the score of a live body', () => {
  interface Past {
    /** Days after the referral on which the body took it up. */
    readonly takenAfter?: number
    /** The answer's date, in days from now, and when it was given. */
    readonly dueIn: number
    readonly answeredIn?: number
    readonly sent?: 'settled' | 'dead'
  }
  const day = (days: number) => new Date(house.clock.now().getTime() + days * 86_400_000)
  /** A complaint that came ten days ago. */
  const past = async ({ takenAfter, dueIn, answeredIn, sent }: Past) => {
    const { sql } = house.db
    const { accept } = await acceptanceOver(house.db)
    const { complaintId } = await accept(submissionOf({ receivedAt: day(-10) }))
    const id = newUuidV7()
    await sql`insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at, accepted_at)
      select ${id}, ${complaintId}, 1, id, 'delivered', ${day(-10)}, now(), ${takenAfter === undefined ? null : day(takenAfter - 10)}
      from administrations where code = 'BASSIN'`
    await sql`update deadlines set due_at = ${day(dueIn)}, met_at = ${answeredIn === undefined ? null : day(answeredIn)}
      where complaint_id = ${complaintId} and kind = 'answer'`
    await sql`update deadlines set due_at = ${day(30)} where complaint_id = ${complaintId} and kind = 'review'`
    if (sent)
      await sql`insert into outbox_messages (id, topic, key, payload, dedupe_key, created_at, due_at, settled_at, dead_at)
        values (${newUuidV7()}, 'referral.forward', 'k', ${JSON.stringify({ referralId: id })}::text::jsonb, ${id}, now(), now(),
          ${sent === 'settled' ? day(-9) : null}, ${sent === 'dead' ? day(-9) : null})`
    return complaintId
  }
  const shown = async () => {
    await ministry.follow('Administrations')
    const [, total] = /BASSIN Ouverte aux plaintes .*?Note : (\S+)/.exec(ministry.read()) ?? []
    await manager.follow(OWN)
    const [, ...parts] =
      /Dossiers arrivés à votre système (\S+).*?Plaintes prises en trois jours (\S+).*?Dates légales tenues (\S+)/.exec(
        manager.read(),
      ) ?? []
    return [total, ...parts].map((part) => (part === 'rien' ? null : Number(part)))
  }

  it('falls and rises with what the body does, where ministry and body can read it', async () => {
    expect(await shown(), 'the exercise is no part of it').toEqual([null, null, null, null])
    await past({ takenAfter: 1, dueIn: 30, answeredIn: -5 })
    expect(await shown()).toEqual([100, null, 100, 100])
    await past({ takenAfter: 5, dueIn: 30, answeredIn: -2 })
    expect(await shown(), 'taken up late').toEqual([75, null, 50, 100])
    const late = await past({ takenAfter: 1, dueIn: -1 })
    expect(await shown(), 'a date missed').toEqual([67, null, 67, 67])
    await past({ takenAfter: 1, dueIn: 30, sent: 'dead' })
    expect(await shown(), 'a dossier that could not arrive').toEqual([47, 0, 75, 67])
    await past({ takenAfter: 1, dueIn: 30, answeredIn: -1, sent: 'settled' })
    expect(await shown()).toEqual([68, 50, 80, 75])
    await house.db
      .sql`update deadlines set due_at = ${day(1)}, met_at = now() where complaint_id = ${late} and kind = 'answer'`
    expect(await shown(), 'answered in time after all').toEqual([77, 50, 80, 100])
  })
})
