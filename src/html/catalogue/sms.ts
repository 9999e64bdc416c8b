import { texts } from './define.ts'

/**
 * Everything said in short messages. Each text is one segment at its longest values, which a test counts: 70 characters in
 * Arabic, 160 in French and English, where only é è à ù ì ò and the straight apostrophe keep a text in GSM-7 ("Etes",
 * "Ecrivez" on purpose). The hotline is left out where no number is configured or no room is left for it.
 */
export const sms = texts({
  ar: {
    'sms.filed':
      'سجلنا {kind, select, observation {ملاحظتكم} suggestion {اقتراحكم} other {شكايتكم}} {reference} الرمز {code}. الجواب قبل {date}{hotline, select, other {}}',
    'sms.ask_administration':
      'أي إدارة {kind, select, observation {تعنيها الملاحظة} suggestion {يعنيها الاقتراح} other {تعنيها الشكاية}}؟ أرسلوا اسمها، أو 0 إذا كنتم لا تعرفون.',
    'sms.pick': 'اختاروا: {offices} 0 لا شيء',
    'sms.routed':
      '{kind, select, observation {أحيلت الملاحظة} suggestion {أحيل الاقتراح} other {أحيلت الشكاية}} {reference} إلى: {office}.',
    'sms.added':
      'أضفنا رسالتكم إلى {kind, select, observation {الملاحظة} suggestion {الاقتراح} other {الشكاية}} {reference}. شكاية أخرى؟ أرسلوا: جديد',
    'sms.status':
      '{reference}: {state}. الجواب قبل {date}. {days, plural, =0 {اليوم آخر أجل} one {بقي يوم} two {بقي يومان} few {بقي # أيام} many {بقي # يوما} other {بقي # يوم}}.',
    'sms.status.late': '{reference}: {state}. {late} منذ {since}.',
    'sms.status.waiting': '{reference}: {state}. للاطلاع أرسلوا 1',
    'sms.status.answered': '{reference}: {state}. لقراءة الجواب أرسلوا 1',
    'sms.status.closed': '{reference}: {state}. لإعادة إرسالها أرسلوا 2',
    'sms.none': 'لا شكاية لدينا من هذا الرقم. اكتبوا شكايتكم وأرسلوها.',
    'sms.accepted':
      '{kind, select, observation {قبلت ملاحظتكم} suggestion {قبل اقتراحكم} other {قبلت شكايتكم}} {reference}. الجواب قبل {date}.',
    'sms.refused':
      '{kind, select, observation {لم تقبل الملاحظة} suggestion {لم يقبل الاقتراح} other {لم تقبل الشكاية}} {reference}. السبب: {ground}. للتفاصيل: 1',
    'sms.details': '{reference}: {ground}. {reason} {direction} الطريق إلى الوسيط والمحاكم يبقى مفتوحا.',
    'sms.merged':
      '{reference} ضمت إلى {into, select, none {شكاية مماثلة} other {{into}}} وجوابها لكم. لإعادتها: 2',
    'sms.separated': '{reference} تتابع طريقها وحدها. الجواب قبل {date}.',
    'sms.need_info': '{reference}: نحتاج معلومة منكم. للاطلاع أرسلوا 1',
    'sms.question': '{reference}: {question} أجيبوا في رسالة واحدة.',
    'sms.answered':
      'صدر الجواب على {reference}. لقراءته أرسلوا 1{hotline, select, none {} other {. للاستماع اتصلوا {hotline}}}',
    'sms.answer': '{reference}: {answer}',
    'sms.answer.spoken':
      'وهو مسجل بالصوت{page, select, none { في صفحة التتبع} other {: {page}}}{hotline, select, none {} other { أو اتصلوا {hotline}}}',
    'sms.voice': 'جواب صوتي على {reference}',
    'sms.rate': 'هل أنتم راضون عن الجواب؟ 1 نعم 2 لا وأريد إعادة الشكاية',
    'sms.why': 'قولوا لنا لماذا، في رسالة واحدة. أو أرسلوا 0 بدون سبب.',
    'sms.resubmitted':
      'أعدنا فتح {kind, select, observation {ملاحظتكم} suggestion {اقتراحكم} other {شكايتكم}} {reference}. الجواب الجديد قبل {date}',
    'sms.satisfied': 'شكرا لكم. أغلقنا {reference}. الطريق إلى الوسيط يبقى مفتوحا.',
    'sms.interim': '{reference}: {interim} الجواب قبل {date}.',
    'sms.late': 'تأخر الجواب على {reference}. نبهنا الإدارة المعنية ونتابع الأمر.',
    'sms.late.review': 'تأخر التحقق من {reference}. نتابع الأمر.',
    'sms.upload': 'ملفاتكم خلال 72 ساعة: {link}{reference, select, other {}}',
    'sms.draft_code': 'رمزكم {code} لمتابعة شكايتكم في الموقع بهذا الرقم، خلال 7 أيام.',
    'sms.withdraw': 'هل تسحبون {reference}؟ أرسلوا 1 للتأكيد، أو 0 للاحتفاظ بها.',
    'sms.withdrawn': 'سحبنا {reference} بطلب منكم. يمكنكم إعادتها متى شئتم.',
    'sms.help':
      'اكتبوا شكايتكم وأرسلوها. تتبع: أرسلوا تتبع.{hotline, select, none {} other { بالهاتف: {hotline}. مجاني}}',
    'sms.stopped': 'لن نرسل لكم رسائل أخرى. شكايتكم مستمرة. للعودة: START',
    'sms.unclear':
      'لم نفهم. اكتبوا شكايتكم في جملة واحدة{hotline, select, none {} other {، أو اتصلوا {hotline}}}.',
    'sms.ground.before_court': 'أمام القضاء',
    'sms.ground.other_authority': 'خارج الاختصاص',
    'sms.ground.private_dispute': 'نزاع خاص',
    'sms.ground.national_defence': 'دفاع وطني',
    'sms.ground.insult': 'سب أو قذف',
    'sms.ground.unintelligible': 'غير مفهومة',
    'sms.ground.duplicate': 'مكررة',
  },
  fr: {
    'sms.filed':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Plainte}} {reference} enregistrée. Code {code}. Réponse avant le {date}. Suivi : envoyez SUIVI{hotline, select, none {} other { ou appelez {hotline}}}. Aide : 0',
    'sms.ask_administration':
      "De quelle administration s'agit-il ? Répondez par son nom, ou 0 si vous ne savez pas.{kind, select, other {}}",
    'sms.pick': 'Choisissez : {offices} 0 Aucune',
    'sms.routed':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Plainte}} {reference} transmise à : {office}.',
    'sms.added':
      "Message ajouté à {kind, select, observation {l''observation} suggestion {la suggestion} other {la plainte}} {reference}. Autre plainte ? Envoyez NOUVEAU",
    'sms.status':
      '{reference} : {state}. Réponse avant le {date} ({days, plural, one {# jour} other {# jours}}).',
    'sms.status.late': '{reference} : {state}. {late} depuis le {since}.',
    'sms.status.waiting': '{reference} : {state}. Pour voir la question, répondez 1',
    'sms.status.answered': '{reference} : {state}. Pour lire la réponse, répondez 1',
    'sms.status.closed': '{reference} : {state}. Pour la renvoyer, répondez 2',
    'sms.none': 'Aucune plainte de ce numéro. Ecrivez votre plainte et envoyez-la.',
    'sms.accepted':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Plainte}} {reference} recevable. Réponse avant le {date}.',
    'sms.refused':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Plainte}} {reference} non recevable : {ground}. Détails : répondez 1',
    'sms.details':
      '{reference} : {ground}. {reason} {direction} Le Médiateur et les tribunaux vous restent ouverts.',
    'sms.merged':
      "{reference} jointe à {into, select, none {une plainte semblable} other {{into}}} : sa réponse sera aussi la vôtre. Pas d''accord ? Pour la renvoyer, répondez 2",
    'sms.separated': '{reference} suit de nouveau son propre chemin. Réponse avant le {date}.',
    'sms.need_info': '{reference} : il nous faut une information. Pour la voir, répondez 1',
    'sms.question': '{reference} : {question} Répondez en un message.',
    'sms.answered':
      'Réponse disponible pour {reference}. Lire : répondez 1{hotline, select, none {} other {. Ecouter : appelez {hotline}}}',
    'sms.answer': '{reference} : {answer}',
    'sms.answer.spoken':
      'À écouter aussi{page, select, none { sur la page de suivi} other { : {page}}}{hotline, select, none {} other { ou au {hotline}}}',
    'sms.voice': 'Réponse vocale à {reference}',
    'sms.rate': 'Etes-vous satisfait de la réponse ? 1 Oui 2 Non, je renvoie ma plainte',
    'sms.why': 'Dites-nous pourquoi, en un message. Ou envoyez 0 sans donner de raison.',
    'sms.resubmitted':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Plainte}} {reference} renvoyée. Nouvelle réponse avant le {date}.',
    'sms.satisfied': 'Merci. {reference} est close. Le Médiateur et les tribunaux vous restent ouverts.',
    'sms.interim': '{reference} : {interim} Réponse avant le {date}.',
    'sms.late': "La réponse à {reference} est en retard. Nous avons alerté l''administration.",
    'sms.late.review': "La vérification de {reference} est en retard. Nous suivons l''affaire.",
    'sms.upload': 'Vos photos et films pour {reference}, sous 72 heures : {link}',
    'sms.draft_code':
      'Code {code} pour continuer votre plainte sur notre site, avec ce numéro. Il sert 7 jours.',
    'sms.withdraw': 'Retirer {reference} ? Répondez 1 pour confirmer, 0 pour la garder.',
    'sms.withdrawn': 'Nous avons retiré {reference}. Vous pouvez la renvoyer quand vous voulez.',
    'sms.help':
      'Ecrivez votre plainte et envoyez-la. Suivi : SUIVI.{hotline, select, none {} other { Par téléphone : {hotline} (gratuit).}} Langue : AR, FR, EN. Plus de SMS : STOP',
    'sms.stopped': 'Vous ne recevrez plus de SMS. Votre plainte continue. Reprendre : START',
    'sms.unclear':
      'Message non compris. Ecrivez votre plainte en une phrase{hotline, select, none {} other {, ou appelez {hotline}}}.',
    'sms.ground.before_court': 'affaire en justice',
    'sms.ground.other_authority': 'hors compétence',
    'sms.ground.private_dispute': 'conflit privé',
    'sms.ground.national_defence': 'Défense nationale',
    'sms.ground.insult': 'insulte ou diffamation',
    'sms.ground.unintelligible': 'demande incomprise',
    'sms.ground.duplicate': 'déjà déposée',
  },
  en: {
    'sms.filed':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Complaint}} {reference} registered. PIN {code}. Answer due by {date}. To track: text STATUS{hotline, select, none {} other { or call {hotline}}}. Help: 0',
    'sms.ask_administration':
      'Which office is this about? Reply with its name, or 0 if you do not know.{kind, select, other {}}',
    'sms.pick': 'Choose: {offices} 0 None',
    'sms.routed':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Complaint}} {reference} sent to: {office}.',
    'sms.added':
      'Message added to {kind, select, observation {observation} suggestion {suggestion} other {complaint}} {reference}. Another complaint? Send NEW',
    'sms.status': '{reference}: {state}. Answer due by {date} ({days, plural, one {# day} other {# days}}).',
    'sms.status.late': '{reference}: {state}. {late} since {since}.',
    'sms.status.waiting': '{reference}: {state}. To see the question, reply 1',
    'sms.status.answered': '{reference}: {state}. To read the answer, reply 1',
    'sms.status.closed': '{reference}: {state}. To send it again, reply 2',
    'sms.none': 'No complaint from this number. Write your complaint and send it.',
    'sms.accepted':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Complaint}} {reference} accepted. Answer due by {date}.',
    'sms.refused':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Complaint}} {reference} not accepted: {ground}. Details: reply 1',
    'sms.details':
      '{reference}: {ground}. {reason} {direction} The Mediator and the courts stay open to you.',
    'sms.merged':
      '{reference} joined to {into, select, none {a similar complaint} other {{into}}}: its answer will be yours too. Not right? To send it again, reply 2',
    'sms.separated': '{reference} goes its own way again. Answer due by {date}.',
    'sms.need_info': '{reference}: we need something from you. To see it, reply 1',
    'sms.question': '{reference}: {question} Reply in one message.',
    'sms.answered':
      'Answer ready for {reference}. To read: reply 1{hotline, select, none {} other {. To listen: call {hotline}}}',
    'sms.answer': '{reference}: {answer}',
    'sms.answer.spoken':
      'Also to be heard{page, select, none { on the tracking page} other {: {page}}}{hotline, select, none {} other { or at {hotline}}}',
    'sms.voice': 'Spoken answer to {reference}',
    'sms.rate': 'Are you satisfied with the answer? 1 Yes 2 No, send it again',
    'sms.why': 'Tell us why, in one message. Or send 0 to give no reason.',
    'sms.resubmitted':
      '{kind, select, observation {Observation} suggestion {Suggestion} other {Complaint}} {reference} sent again. New answer due by {date}.',
    'sms.satisfied': 'Thank you. {reference} is closed. The Mediator and the courts stay open to you.',
    'sms.interim': '{reference}: {interim} Answer by {date}.',
    'sms.late': 'The answer to {reference} is late. We have alerted the office in charge.',
    'sms.late.review': 'The check of {reference} is late. We follow it up.',
    'sms.upload': 'Your pictures and films for {reference}, within 72 hours: {link}',
    'sms.draft_code':
      'Code {code} to continue your complaint on our site, with this number. It works for 7 days.',
    'sms.withdraw': 'Withdraw {reference}? Reply 1 to confirm, 0 to keep it.',
    'sms.withdrawn': 'We have withdrawn {reference}. You can send it again whenever you wish.',
    'sms.help':
      'Write your complaint and send it. Track: STATUS.{hotline, select, none {} other { By phone: {hotline} (free).}} Language: AR, FR, EN. Stop messages: STOP',
    'sms.stopped': 'No more texts will be sent. Your complaint goes on. To restart: START',
    'sms.unclear':
      'Not understood. Write your complaint in one sentence{hotline, select, none {} other {, or call {hotline}}}.',
    'sms.ground.before_court': 'before a court',
    'sms.ground.other_authority': 'outside remit',
    'sms.ground.private_dispute': 'private dispute',
    'sms.ground.national_defence': 'National Defence',
    'sms.ground.insult': 'insult or defamation',
    'sms.ground.unintelligible': 'not understood',
    'sms.ground.duplicate': 'already filed',
  },
})
