import { describe, expect, it } from 'vitest'
import { CITIZEN_STATES, CLOSED_REASONS, GROUNDS, KINDS } from '../core/complaint.ts'
import { type KnownComplaint, SAYINGS, type Saying } from '../core/conversation.ts'
import { LOCALES, type Locale } from '../core/locale.ts'
import { measure } from '../core/segments.ts'
import { sms } from './catalogue/sms.ts'
import { createTextWriter } from './sms-text.ts'

const LONG = {
  ar: 'المديرية الجهوية للتجهيز والنقل واللوجستيك والماء بجهة الرباط سلا القنيطرة',
  fr: "Direction régionale de l'équipement, du transport, de la logistique et de l'eau de Rabat-Salé-Kénitra, délégation à la forêt",
  en: 'Regional directorate of equipment, transport, logistics and water of Rabat-Salé-Kénitra, delegation for the forests',
}
const HOTLINES = [undefined, '3737', '+212537123456', '+33123456789012']
/** A domain of 26 characters. */
const LINK = `https://${'a'.repeat(20)}.gov.ma/u/${'x'.repeat(9)}`
const WHOLE: readonly Saying[] = ['answer', 'question', 'details']

const complaintOf = (facts: Partial<KnownComplaint> = {}): KnownComplaint => ({
  id: 'c',
  reference: '2612345678',
  kind: 'complaint',
  state: 'with_office',
  late: false,
  round: 1,
  answerBy: '2027-03-05',
  daysLeft: 43,
  office: LONG,
  answer: 'x',
  question: 'x',
  ...facts,
})

/** Every text at its longest values: each kind, state, reason and ground, long names, every hotline. */
const longest = (locale: Locale): [string, Saying, string][] =>
  HOTLINES.flatMap((hotline) => {
    const write = createTextWriter(hotline)
    const offices = [1, 2, 3].map((nth) => ({ code: `X${nth}`, names: LONG }))
    const shown: KnownComplaint[] = [
      ...KINDS.map((kind) => complaintOf({ kind })),
      ...CITIZEN_STATES.flatMap((state) =>
        [0, 1, 2, 5, 43, 75].map((daysLeft) => complaintOf({ state, daysLeft })),
      ),
      ...CITIZEN_STATES.flatMap((state) =>
        [-3, 50].map((daysLeft) => complaintOf({ state, late: true, lateSince: '2026-12-06', daysLeft })),
      ),
      ...CLOSED_REASONS.map((closedReason) => complaintOf({ state: 'closed', closedReason })),
      ...GROUNDS.flatMap((ground) => KINDS.map((kind) => complaintOf({ ground, kind }))),
    ]
    return SAYINGS.filter((say) => !WHOLE.includes(say)).flatMap((say) =>
      shown.map((complaint): [string, Saying, string] => [
        `${say} (${complaint.kind}, ${complaint.state}, ${hotline ?? 'no hotline'})`,
        say,
        write(locale, say, { complaint, accessCode: '482157', offices, link: LINK }),
      ]),
    )
  })

describe.each(LOCALES)('U16: text messages in %s', (locale) => {
  const texts = longest(locale)

  it('take one segment each, in the encoding of the language, at their longest', () => {
    const wanted = locale === 'ar' ? 'ucs2' : 'gsm7'
    const wrong = texts
      .map(([name, , text]) => ({ name, text, ...measure(text) }))
      .filter(({ segments, encoding }) => segments !== 1 || encoding !== wanted)
    expect(wrong).toEqual([])
  })

  it('are never empty and leave no place unfilled', () => {
    expect(texts.filter(([, , text]) => text.trim() === '' || /[{}]|undefined|none/.test(text))).toEqual([])
  })

  it('hold numbers and days unbroken, in figures that read left to right (P30)', () => {
    for (const [name, say, text] of texts) {
      // A run of figures with only "/" or ":" inside stays one run under the bidi rules (W4); a space, hyphen or plus ends it.
      if (
        /^(filed|routed|added|accepted|refused|resubmitted|late|need_info|answered|status|withdraw)/.test(say)
      )
        expect(text, name).toMatch(/(?<!\d)2612345678(?!\d)/)
      if (/^(filed|accepted|resubmitted)/.test(say)) expect(text, name).toMatch(/(?<!\d)05\/03\/2027(?!\d)/)
      if (locale === 'ar') expect(text, name).not.toMatch(/\d[ \-.]\d|[+-]\d|\d-|[\u0660-\u0669]/)
    }
  })

  it('ask for no word that networks keep for themselves', () => {
    const reserved = /\b(STOPALL|END|QUIT|CANCEL|UNSUBSCRIBE|YES|UNSTOP|INFO|HELP|ARRET)\b/
    for (const [name, , text] of texts) expect(text, name).not.toMatch(reserved)
    const naming = Object.entries<string>(sms[locale]).filter(([, text]) => /\b(STOP|START)\b/.test(text))
    expect(naming.map(([key]) => key).filter((key) => key !== 'sms.help' && key !== 'sms.stopped')).toEqual(
      [],
    )
  })
})

describe('the texts as they were designed', () => {
  const write = createTextWriter('3737')
  const complaint = complaintOf({
    office: { ar: 'وزارة الصحة', fr: 'Ministère de la Santé', en: 'Ministry of Health' },
    ground: 'other_authority',
  })
  const offices = [
    { code: 'SANTE', names: { ar: 'وزارة الصحة', fr: 'Min. Santé', en: 'Health Min.' } },
    { code: 'CHU', names: { ar: 'مستشفى الرباط', fr: 'CHU Rabat', en: 'CHU Rabat' } },
    { code: 'CR', names: { ar: 'بلدية الرباط', fr: 'Commune Rabat', en: 'Rabat commune' } },
  ]
  it.each<[Saying, Locale, string]>([
    ['filed', 'ar', 'سجلنا شكايتكم 2612345678 الرمز 482157. الجواب قبل 05/03/2027'],
    [
      'filed',
      'fr',
      'Plainte 2612345678 enregistrée. Code 482157. Réponse avant le 05/03/2027. Suivi : envoyez SUIVI ou appelez 3737. Aide : 0',
    ],
    [
      'filed',
      'en',
      'Complaint 2612345678 registered. PIN 482157. Answer due by 05/03/2027. To track: text STATUS or call 3737. Help: 0',
    ],
    ['ask_administration', 'ar', 'أي إدارة تعنيها الشكاية؟ أرسلوا اسمها، أو 0 إذا كنتم لا تعرفون.'],
    [
      'ask_administration',
      'fr',
      "De quelle administration s'agit-il ? Répondez par son nom, ou 0 si vous ne savez pas.",
    ],
    ['ask_administration', 'en', 'Which office is this about? Reply with its name, or 0 if you do not know.'],
    ['pick', 'ar', 'اختاروا: 1 وزارة الصحة 2 مستشفى الرباط 3 بلدية الرباط 0 لا شيء'],
    ['pick', 'fr', 'Choisissez : 1 Min. Santé 2 CHU Rabat 3 Commune Rabat 0 Aucune'],
    ['pick', 'en', 'Choose: 1 Health Min. 2 CHU Rabat 3 Rabat commune 0 None'],
    ['routed', 'ar', 'أحيلت الشكاية 2612345678 إلى: وزارة الصحة.'],
    ['routed', 'fr', 'Plainte 2612345678 transmise à : Ministère de la Santé.'],
    ['routed', 'en', 'Complaint 2612345678 sent to: Ministry of Health.'],
    ['added', 'ar', 'أضفنا رسالتكم إلى الشكاية 2612345678. شكاية أخرى؟ أرسلوا: جديد'],
    ['added', 'fr', 'Message ajouté à la plainte 2612345678. Autre plainte ? Envoyez NOUVEAU'],
    ['added', 'en', 'Message added to complaint 2612345678. Another complaint? Send NEW'],
    ['accepted', 'ar', 'قبلت شكايتكم 2612345678. الجواب قبل 05/03/2027.'],
    ['accepted', 'fr', 'Plainte 2612345678 recevable. Réponse avant le 05/03/2027.'],
    ['accepted', 'en', 'Complaint 2612345678 accepted. Answer due by 05/03/2027.'],
    ['refused', 'ar', 'لم تقبل الشكاية 2612345678. السبب: خارج الاختصاص. للتفاصيل: 1'],
    ['refused', 'fr', 'Plainte 2612345678 non recevable : hors compétence. Détails : répondez 1'],
    ['refused', 'en', 'Complaint 2612345678 not accepted: outside remit. Details: reply 1'],
    ['need_info', 'ar', '2612345678: نحتاج معلومة منكم. للاطلاع أرسلوا 1'],
    ['answered', 'ar', 'صدر الجواب على 2612345678. لقراءته أرسلوا 1. للاستماع اتصلوا 3737'],
    ['answered', 'fr', 'Réponse disponible pour 2612345678. Lire : répondez 1. Ecouter : appelez 3737'],
    ['answered', 'en', 'Answer ready for 2612345678. To read: reply 1. To listen: call 3737'],
    ['rate', 'ar', 'هل أنتم راضون عن الجواب؟ 1 نعم 2 لا وأريد إعادة الشكاية'],
    ['rate', 'fr', 'Etes-vous satisfait de la réponse ? 1 Oui 2 Non, je renvoie ma plainte'],
    ['why', 'ar', 'قولوا لنا لماذا، في رسالة واحدة. أو أرسلوا 0 بدون سبب.'],
    ['resubmitted', 'fr', 'Plainte 2612345678 renvoyée. Nouvelle réponse avant le 05/03/2027.'],
    ['help', 'ar', 'اكتبوا شكايتكم وأرسلوها. تتبع: أرسلوا تتبع. بالهاتف: 3737. مجاني'],
    [
      'help',
      'fr',
      'Ecrivez votre plainte et envoyez-la. Suivi : SUIVI. Par téléphone : 3737 (gratuit). Langue : AR, FR, EN. Plus de SMS : STOP',
    ],
    ['stopped', 'fr', 'Vous ne recevrez plus de SMS. Votre plainte continue. Reprendre : START'],
    ['unclear', 'ar', 'لم نفهم. اكتبوا شكايتكم في جملة واحدة، أو اتصلوا 3737.'],
    ['status', 'fr', "2612345678 : Chez l'administration. Réponse avant le 05/03/2027 (43 jours)."],
    ['status', 'ar', '2612345678: عند الإدارة المعنية. الجواب قبل 05/03/2027. بقي 43 يوما.'],
  ])('%s in %s', (say, locale, wanted) => {
    expect(write(locale, say, { complaint, accessCode: '482157', offices })).toBe(wanted)
  })

  it.each([
    ['late', {}, "La réponse à 2612345678 est en retard. Nous avons alerté l'administration."],
    [
      'late',
      { daysLeft: 50, state: 'received' },
      "La vérification de 2612345678 est en retard. Nous suivons l'affaire.",
    ],
    [
      'status',
      { late: true, lateSince: '2026-12-06', state: 'received', daysLeft: 50 },
      '2612345678 : Recue. En retard depuis le 06/12/2026.',
    ],
  ] as const)('%s tells which date has passed', (say, facts, wanted) => {
    expect(write('fr', say, { complaint: complaintOf({ daysLeft: -1, ...facts }) })).toBe(wanted)
  })

  it('says in Arabic that the answer is late as it was designed', () => {
    expect(write('ar', 'late', { complaint: complaintOf({ daysLeft: -1 }) })).toBe(
      'تأخر الجواب على 2612345678. نبهنا الإدارة المعنية ونتابع الأمر.',
    )
  })

  it('swaps the word of the kind', () => {
    const written = (kind: 'observation' | 'suggestion') =>
      write('ar', 'filed', { complaint: complaintOf({ kind }), accessCode: '482157' })
    expect(written('observation')).toContain('ملاحظتكم')
    expect(written('suggestion')).toContain('اقتراحكم')
  })

  it('leaves out the hotline where there is none, and gives names way where there are', () => {
    expect(createTextWriter(undefined)('fr', 'unclear', {})).toBe(
      'Message non compris. Ecrivez votre plainte en une phrase.',
    )
    expect(write('fr', 'routed', { complaint: complaintOf() })).toMatch(
      /^Plainte 2612345678 transmise à : Direction régionale.+\.$/,
    )
  })
})
