import { texts } from './define.ts'

/** The acknowledgment in a mail's own thread, and notes that stand before words nobody could read. */
export const mail = texts({
  ar: {
    'mail.reply': 'لإضافة معلومة، أجيبوا على هذه الرسالة.',
    'mail.person': 'أجوبتكم يقرؤها موظف.',
    'mail.files.received': 'ملفات وصلت:',
    'mail.files.refused': 'ملفات لم تقبل:',
    'mail.files.line': '- {name} ({size})',
    'mail.files.more': '- وملفات أخرى: {count, number}',
    'mail.files.too_large': '- {name}: أكبر من {limit}.',
    'mail.files.too_many': '- {name}: ملفات كثيرة في رسالة واحدة.',
    'mail.files.empty': '- {name}: ملف فارغ.',
    'mail.files.upload': 'أرسلوا الملفات التي لم تقبل من هنا خلال 72 ساعة:',
    'mail.files.state': '- {name} ({size}): {state}',
    'mail.notice.hello':
      'السلام عليكم، هذا جديد {kind, select, observation {ملاحظتكم} suggestion {اقتراحكم} other {شكايتكم}} رقم {reference}.',
    'mail.notice.office': 'الإدارة: {office}',
    'mail.notice.attached': 'الجواب مسجل أيضا بالصوت: تجدون التسجيل مع هذه الرسالة.',
    'mail.notice.spoken': 'الجواب مسجل أيضا بالصوت: استمعوا إليه في صفحة التتبع أدناه.',
    'mail.notice.online': 'النص ينتظركم في صفحة التتبع. افتحوها بالرقم والرمز.',
    'mail.notice.reason': 'ما كتبته الإدارة',
    'mail.notice.reply': 'للجواب عن السؤال، أجيبوا على هذه الرسالة.',
    'mail.notice.rate':
      'هل أنتم راضون؟ أجيبوا على هذه الرسالة بكلمة «نعم». لستم راضين؟ أجيبوا بكلمة «لا» وقولوا ما ينقص: نعيد طلبكم من البداية ونرسل وصلا جديدا.',
    'mail.notice.again':
      'لستم موافقين؟ أجيبوا على هذه الرسالة بكلمة «لا» وقولوا لماذا: نعيد طلبكم من البداية ونرسل وصلا جديدا.',
    'mail.added.subject': '[{reference}] أضفنا رسالتكم',
    'mail.added.hello':
      'السلام عليكم، أضفنا رسالتكم إلى {kind, select, observation {ملاحظتكم} suggestion {اقتراحكم} other {شكايتكم}} رقم {reference}.',
    'mail.added.ended':
      'صدر الجواب أو أغلق الملف. رسالتكم محفوظة. لإعادة تقديم الطلب أجيبوا بكلمة «لا» وقولوا ما ينقص، أو استعملوا صفحة التتبع.',
    'mail.note.encrypted':
      'رسالة مشفرة: لا يمكن قراءتها آليا. الأصل مرفق، والمرجو من المرسل إعادة الإرسال دون تشفير.',
    'mail.note.sealed_signature': 'رسالة موقعة إلكترونيا ومغلقة: النص داخل الملف الأصلي المرفق.',
    'mail.note.damaged': 'رسالة غير سليمة: هذا ما أمكنت قراءته. الأصل مرفق.',
    'mail.note.unreadable': 'رسالة تعذرت قراءتها آليا. الأصل مرفق.',
  },
  fr: {
    'mail.reply': 'Pour ajouter quelque chose, répondez à ce message.',
    'mail.person': 'Une personne lira vos réponses.',
    'mail.files.received': 'Pièces reçues :',
    'mail.files.refused': 'Pièces refusées :',
    'mail.files.line': '- {name} ({size})',
    'mail.files.more': '- et d’autres : {count, number}',
    'mail.files.too_large': '- {name} : plus de {limit}.',
    'mail.files.too_many': '- {name} : trop de pièces dans un message.',
    'mail.files.empty': '- {name} : fichier vide.',
    'mail.files.upload': 'Envoyez ici, sous 72 heures, les pièces refusées :',
    'mail.files.state': '- {name} ({size}) : {state}',
    'mail.notice.hello':
      'Bonjour, voici des nouvelles de votre {kind, select, observation {observation} suggestion {suggestion} other {plainte}} {reference}.',
    'mail.notice.office': 'Administration : {office}',
    'mail.notice.attached': 'La réponse est aussi parlée : l’enregistrement est joint à ce message.',
    'mail.notice.spoken':
      'La réponse est aussi enregistrée de vive voix : écoutez-la sur la page de suivi ci-dessous.',
    'mail.notice.online': 'Le texte vous attend sur la page de suivi. Ouvrez-la avec le numéro et le code.',
    'mail.notice.reason': 'Ce que l’administration a écrit',
    'mail.notice.reply': 'Pour répondre à la question, répondez à ce message.',
    'mail.notice.rate':
      'Satisfait ? Répondez « oui » à ce message. Pas satisfait ? Répondez « non » et dites ce qui manque : la demande repart du début, avec un nouveau reçu.',
    'mail.notice.again':
      'Pas d’accord ? Répondez « non » à ce message et dites pourquoi : la demande repart du début, avec un nouveau reçu.',
    'mail.added.subject': '[{reference}] Votre message est ajouté',
    'mail.added.hello':
      'Bonjour, nous avons ajouté votre message à votre {kind, select, observation {observation} suggestion {suggestion} other {plainte}} {reference}.',
    'mail.added.ended':
      'La réponse a été donnée ou le dossier est clos. Votre message est gardé. Pour renvoyer la demande, répondez « non » et dites ce qui manque, ou passez par la page de suivi.',
    'mail.note.encrypted':
      'Message chiffré : il ne peut pas être lu par la machine. L’original est joint ; l’expéditeur peut l’envoyer à nouveau sans chiffrement.',
    'mail.note.sealed_signature': 'Message signé et scellé : le texte est dans l’original joint.',
    'mail.note.damaged': 'Message abîmé : voici ce qui a pu être lu. L’original est joint.',
    'mail.note.unreadable': 'Message que la machine n’a pas pu lire. L’original est joint.',
  },
  en: {
    'mail.reply': 'To add something, reply to this message.',
    'mail.person': 'A person reads your replies.',
    'mail.files.received': 'Files received:',
    'mail.files.refused': 'Files refused:',
    'mail.files.line': '- {name} ({size})',
    'mail.files.more': '- and others: {count, number}',
    'mail.files.too_large': '- {name}: larger than {limit}.',
    'mail.files.too_many': '- {name}: too many files in one message.',
    'mail.files.empty': '- {name}: empty file.',
    'mail.files.upload': 'Send the refused files here within 72 hours:',
    'mail.files.state': '- {name} ({size}): {state}',
    'mail.notice.hello':
      'Hello, there is news of your {kind, select, observation {observation} suggestion {suggestion} other {complaint}} {reference}.',
    'mail.notice.office': 'Office: {office}',
    'mail.notice.attached': 'The answer is spoken too: the recording comes with this message.',
    'mail.notice.spoken': 'The answer was also recorded as speech: hear it on the tracking page below.',
    'mail.notice.online':
      'The text waits for you on the tracking page. Open it with the number and the code.',
    'mail.notice.reason': 'What the office wrote',
    'mail.notice.reply': 'To answer the question, reply to this message.',
    'mail.notice.rate':
      'Satisfied? Reply “yes” to this message. Not satisfied? Reply “no” and say what is missing: the request starts again, with a new receipt.',
    'mail.notice.again':
      'You disagree? Reply “no” to this message and say why: the request starts again, with a new receipt.',
    'mail.added.subject': '[{reference}] Your message is added',
    'mail.added.hello':
      'Hello, we added your message to your {kind, select, observation {observation} suggestion {suggestion} other {complaint}} {reference}.',
    'mail.added.ended':
      'It has been answered or closed. Your message is kept. To send the request again, reply “no” and say what is missing, or use the tracking page.',
    'mail.note.encrypted':
      'Encrypted message: the machine cannot read it. The original is attached; its sender may send it again without encryption.',
    'mail.note.sealed_signature': 'Signed and sealed message: its text is in the original attached.',
    'mail.note.damaged': 'Damaged message: this is what could be read. The original is attached.',
    'mail.note.unreadable': 'Message that the machine could not read. The original is attached.',
  },
})
