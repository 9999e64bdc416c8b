import type { Kind } from '../core/complaint.ts'
import type { Locale } from '../core/locale.ts'
import type { Topic } from './bodies.ts'
import type { Chance } from './random.ts'

type Lines = Readonly<Record<Locale, readonly string[]>>

/** What happened, by topic. {place}, {days} and {number} are filled in. */
const OPENINGS: Readonly<Record<Topic, Lines>> = {
  hospital: {
    fr: [
      'J’ai attendu {number} heures aux urgences de l’hôpital de {place} avec mon père sans qu’un médecin le voie.',
      'Le scanner de l’hôpital de {place} est en panne depuis {days} jours et mon examen est reporté sans date.',
    ],
    ar: [
      'انتظرت {number} ساعات في مستعجلات مستشفى {place} مع والدي دون أن يراه أي طبيب.',
      'جهاز السكانير في مستشفى {place} معطل منذ {days} يوما وموعدي مؤجل بلا تاريخ.',
    ],
    en: [
      'I waited {number} hours in the emergency ward of {place} hospital with my father and no doctor came.',
    ],
  },
  school: {
    fr: [
      'La bourse de ma fille, élève au lycée de {place}, n’est pas versée depuis {number} mois.',
      'La classe de mon fils à {place} est sans professeur de mathématiques depuis {days} jours.',
    ],
    ar: [
      'لم تصرف منحة ابنتي التي تدرس في ثانوية {place} منذ {number} أشهر.',
      'قسم ابني في {place} بلا أستاذ للرياضيات منذ {days} يوما.',
    ],
    en: ['My son’s class in {place} has had no mathematics teacher for {days} days.'],
  },
  court: {
    fr: [
      'Le greffe du tribunal de {place} ne me remet pas la copie du jugement demandée il y a {days} jours.',
    ],
    ar: ['لم تسلمني كتابة الضبط بمحكمة {place} نسخة الحكم التي طلبتها منذ {days} يوما.'],
    en: [
      'The registry of the court in {place} has not given me the copy of the judgment I asked for {days} days ago.',
    ],
  },
  road: {
    fr: [
      'La route entre {place} et notre douar est coupée depuis {days} jours par un éboulement.',
      'Un nid-de-poule de deux mètres sur la route de {place} a déjà causé {number} accidents.',
    ],
    ar: [
      'الطريق بين {place} ودوارنا مقطوعة منذ {days} يوما بسبب انهيار.',
      'حفرة كبيرة في طريق {place} تسببت في {number} حوادث.',
    ],
    en: ['The road between {place} and our village has been cut by a landslide for {days} days.'],
  },
  water: {
    fr: [
      'Notre quartier à {place} n’a d’eau que {number} heures par jour depuis {days} jours.',
      'Ma facture d’électricité de {place} a triplé alors que le compteur n’a pas été relevé.',
    ],
    ar: [
      'حينا في {place} لا يصله الماء إلا {number} ساعات في اليوم منذ {days} يوما.',
      'فاتورة الكهرباء في {place} تضاعفت ثلاث مرات والعداد لم يقرأ.',
    ],
    en: ['Our district in {place} has had water for only {number} hours a day for {days} days.'],
  },
  street: {
    fr: [
      'L’éclairage public de ma rue à {place} est éteint depuis {days} jours, {number} lampadaires sur la file.',
      'Les déchets ne sont plus ramassés dans notre quartier de {place} depuis {number} jours.',
    ],
    ar: [
      'الإنارة العمومية في زنقتنا ب{place} منطفئة منذ {days} يوما.',
      'الأزبال لا تجمع في حينا ب{place} منذ {number} أيام.',
    ],
    en: ['The street lights in my street in {place} have been out for {days} days.'],
  },
  civil_status: {
    fr: [
      'Le bureau d’état civil de {place} refuse de corriger une erreur dans l’acte de naissance de mon enfant.',
      'On m’a demandé {number} fois de revenir au bureau de {place} pour un simple certificat de résidence.',
    ],
    ar: [
      'مكتب الحالة المدنية ب{place} يرفض تصحيح خطإ في عقد ازدياد ابني.',
      'طلب مني {number} مرات أن أعود إلى مكتب {place} من أجل شهادة سكنى.',
    ],
    en: ['I was sent away {number} times from the office in {place} for a simple certificate of residence.'],
  },
  tax: {
    fr: ['Je reçois un avis d’imposition pour un local de {place} que j’ai vendu il y a {number} ans.'],
    ar: ['توصلت بإشعار ضريبي عن محل في {place} بعته منذ {number} سنوات.'],
    en: ['I was sent a tax notice for premises in {place} that I sold {number} years ago.'],
  },
  customs: {
    fr: ['Mon colis est retenu au bureau de douane de {place} depuis {days} jours sans explication.'],
    ar: ['طردي محجوز بمكتب الجمارك ب{place} منذ {days} يوما دون توضيح.'],
    en: ['My parcel has been held at the customs office in {place} for {days} days without a reason.'],
  },
  land: {
    fr: ['Ma demande de titre foncier à {place}, déposée il y a {days} jours, n’a reçu aucune réponse.'],
    ar: ['طلب الرسم العقاري الذي وضعته في {place} منذ {days} يوما بقي دون جواب.'],
    en: ['My application for a land title in {place} has had no reply for {days} days.'],
  },
  pension: {
    fr: [
      'Ma pension n’est pas arrivée depuis {number} mois et l’agence de {place} me renvoie d’un guichet à l’autre.',
      'Mon dossier de remboursement déposé à {place} est bloqué depuis {days} jours.',
    ],
    ar: [
      'لم يصلني معاشي منذ {number} أشهر ووكالة {place} ترسلني من شباك إلى شباك.',
      'ملف التعويض الذي وضعته في {place} متوقف منذ {days} يوما.',
    ],
    en: ['My pension has not come for {number} months and the branch in {place} sends me from desk to desk.'],
  },
  transport: {
    fr: [
      'Mon permis de conduire, renouvelé à {place} il y a {days} jours, n’est toujours pas prêt.',
      'L’autobus de la ligne {number} à {place} ne s’arrête plus devant le dispensaire.',
    ],
    ar: [
      'رخصة السياقة التي جددتها في {place} منذ {days} يوما ما زالت غير جاهزة.',
      'حافلة الخط {number} في {place} لم تعد تقف أمام المستوصف.',
    ],
    en: ['Bus line {number} in {place} no longer stops at the clinic.'],
  },
  housing: {
    fr: ['Le permis de construire demandé à {place} dépasse le délai de {days} jours sans décision.'],
    ar: ['رخصة البناء التي طلبتها في {place} تجاوزت {days} يوما دون قرار.'],
    en: ['The building permit I asked for in {place} is {days} days overdue.'],
  },
  farm: {
    fr: [
      'La subvention d’irrigation promise à notre coopérative de {place} n’est pas versée depuis {number} mois.',
    ],
    ar: ['دعم السقي الموعود لتعاونيتنا في {place} لم يصرف منذ {number} أشهر.'],
    en: ['The irrigation grant promised to our cooperative in {place} is {number} months late.'],
  },
}

const DETAILS: Lines = {
  fr: [
    'J’y suis allé {number} fois ; on me dit chaque fois de revenir.',
    'L’agent au guichet m’a parlé sans respect devant tout le monde.',
    'Nous sommes plusieurs familles dans le même cas.',
    'J’ai gardé le récépissé et je peux le montrer.',
    'Une personne âgée et deux enfants en souffrent chaque jour.',
    'Le numéro d’appel affiché à l’entrée ne répond pas.',
  ],
  ar: [
    'ذهبت {number} مرات وفي كل مرة يقال لي ارجع.',
    'كلمني الموظف دون احترام أمام الناس.',
    'نحن عدة أسر في نفس الوضع.',
    'احتفظت بالوصل ويمكنني تقديمه.',
    'يعاني من ذلك كل يوم شيخ وطفلان.',
    'الرقم الموجود في المدخل لا يجيب.',
  ],
  en: [
    'I went there {number} times and was told each time to come back.',
    'Several families are in the same situation.',
    'I kept the slip and can show it.',
  ],
}

const REQUESTS: Lines = {
  fr: [
    'Je demande une réponse écrite et une date.',
    'Merci de faire le nécessaire rapidement.',
    'Je demande que la situation soit vérifiée sur place.',
    'Je souhaite savoir qui est responsable de ce dossier.',
  ],
  ar: [
    'أطلب جوابا كتابيا وتاريخا محددا.',
    'المرجو التدخل في أقرب وقت.',
    'أطلب التحقق من الأمر في عين المكان.',
    'أريد معرفة المسؤول عن هذا الملف.',
  ],
  en: ['I ask for a written answer and a date.', 'Please have someone look at it on the spot.'],
}

const REMARKS: Readonly<Record<Exclude<Kind, 'complaint'>, Lines>> = {
  observation: {
    fr: [
      'Je remarque que le guichet de {place} ferme chaque vendredi avant l’heure affichée.',
      'L’accueil à {place} s’est amélioré ; il manque encore des sièges pour les personnes âgées.',
    ],
    ar: [
      'ألاحظ أن شباك {place} يغلق كل جمعة قبل الوقت المعلن.',
      'تحسن الاستقبال في {place} وتنقص كراس للمسنين.',
    ],
    en: ['The desk in {place} closes every Friday before the hour on the door.'],
  },
  suggestion: {
    fr: [
      'Je propose d’ouvrir à {place} un guichet le samedi matin pour ceux qui travaillent.',
      'Un affichage en tifinagh et en arabe à {place} aiderait beaucoup de visiteurs.',
    ],
    ar: [
      'أقترح فتح شباك في {place} صباح السبت لمن يعملون.',
      'لوحات بالعربية والأمازيغية في {place} ستساعد الزوار.',
    ],
    en: ['Please open a desk in {place} on Saturday mornings for people who work.'],
  },
}

const AGAIN: Lines = {
  fr: [
    'La réponse ne règle rien : la situation est la même.',
    'On m’a répondu que c’était fait, mais rien n’a changé.',
  ],
  ar: ['الجواب لم يحل شيئا والوضع على حاله.', 'قيل لي إن الأمر سوي ولم يتغير شيء.'],
  en: ['The answer settles nothing: it is all as it was.'],
}

const ANSWERS: Lines = {
  fr: [
    'Après vérification, nos services sont intervenus et la situation est réglée. Nous vous prions d’excuser ce retard.',
    'Votre dossier a été retrouvé et traité ; la décision vous sera remise au guichet sur présentation de votre pièce.',
    'La demande ne peut pas être acceptée en l’état : il manque le document prévu par le règlement, dont la liste est affichée au guichet.',
    'Les travaux sont programmés et commenceront avant la fin du mois prochain.',
  ],
  ar: [
    'بعد التحقق تدخلت مصالحنا وتمت تسوية الوضع. نعتذر عن التأخير.',
    'عثرنا على ملفكم وعالجناه وستسلم لكم الوثيقة في الشباك.',
    'لا يمكن قبول الطلب على حاله لأن وثيقة منصوصا عليها تنقصه.',
    'الأشغال مبرمجة وستبدأ قبل نهاية الشهر المقبل.',
  ],
  en: ['We have checked and our teams have settled the matter. We apologise for the delay.'],
}

/** Texts that point to no body: triage reads them. */
const UNCLEAR: Lines = {
  fr: ['Bonjour, personne ne me répond depuis {days} jours, à qui dois-je m’adresser ?'],
  ar: ['السلام عليكم، لا أحد يجيبني منذ {days} يوما، لمن أتوجه؟'],
  en: ['Nobody has answered me for {days} days. Whom should I turn to?'],
}

const PLACES: Lines = {
  fr: [
    'Casablanca',
    'Fès',
    'Agadir',
    'Oujda',
    'Tanger',
    'Marrakech',
    'Errachidia',
    'Taroudant',
    'Béni Mellal',
    'Laâyoune',
  ],
  ar: [
    'الدار البيضاء',
    'فاس',
    'أكادير',
    'وجدة',
    'طنجة',
    'مراكش',
    'الرشيدية',
    'تارودانت',
    'بني ملال',
    'العيون',
  ],
  en: ['Casablanca', 'Fez', 'Agadir', 'Oujda', 'Tangier', 'Marrakesh'],
}

export const placeFor = (chance: Chance, language: Locale): string => chance.pick(PLACES[language])

/** Counts are such that Arabic takes one form of the noun: 11 to 90 days, 3 to 9 of anything else. */
const fill = (chance: Chance, line: string, place: string): string =>
  line
    .replace(/\bde \{place\}/, /^[AEIOUÉH]/.test(place) ? `d’${place}` : `de ${place}`)
    .replace('{place}', place)
    .replace('{days}', String(chance.whole(11, 90)))
    .replace('{number}', String(chance.whole(3, 9)))

/** A filing's text: what happened, most often a detail, and what is asked for. */
export const filingText = (
  chance: Chance,
  about: { kind: Kind; language: Locale; topic: Topic | undefined; place: string },
): string => {
  const { kind, language, topic, place } = about
  const opening =
    kind !== 'complaint' ? REMARKS[kind][language] : topic ? OPENINGS[topic][language] : UNCLEAR[language]
  const lines = [chance.pick(opening)]
  if (kind === 'complaint') {
    if (chance.happens(0.7)) lines.push(chance.pick(DETAILS[language]))
    if (chance.happens(0.8)) lines.push(chance.pick(REQUESTS[language]))
  }
  return lines.map((line) => fill(chance, line, place)).join(' ')
}

export const againText = (chance: Chance, language: Locale): string =>
  `${chance.pick(AGAIN[language])} ${chance.pick(REQUESTS[language])}`

export const answerText = (chance: Chance, language: Locale): string => chance.pick(ANSWERS[language])
