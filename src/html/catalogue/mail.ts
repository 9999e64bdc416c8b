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
    'mail.files.too_large': '- {name}: أكبر من {limit}. أرسلوه من صفحة التتبع.',
    'mail.files.too_many': '- {name}: ملفات كثيرة في رسالة واحدة. أرسلوه من صفحة التتبع.',
    'mail.files.empty': '- {name}: ملف فارغ.',
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
    'mail.files.too_large': '- {name} : plus de {limit}. Envoyez-la depuis la page de suivi.',
    'mail.files.too_many': '- {name} : trop de pièces dans un message. Envoyez-la depuis la page de suivi.',
    'mail.files.empty': '- {name} : fichier vide.',
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
    'mail.files.too_large': '- {name}: larger than {limit}. Send it from the tracking page.',
    'mail.files.too_many': '- {name}: too many files in one message. Send it from the tracking page.',
    'mail.files.empty': '- {name}: empty file.',
    'mail.note.encrypted':
      'Encrypted message: the machine cannot read it. The original is attached; its sender may send it again without encryption.',
    'mail.note.sealed_signature': 'Signed and sealed message: its text is in the original attached.',
    'mail.note.damaged': 'Damaged message: this is what could be read. The original is attached.',
    'mail.note.unreadable': 'Message that the machine could not read. The original is attached.',
  },
})
