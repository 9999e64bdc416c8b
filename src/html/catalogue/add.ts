import { pageTexts } from './define.ts'

/** Adding files to a complaint by a one-time link. */
export const add = pageTexts({
  ar: {
    'add.title': 'أضيفوا صورا أو فيديو أو صوتا',
    'add.lead': 'ستضاف الملفات إلى الملف رقم {reference}.',
    'add.once': 'يستعمل هذا الرابط مرة واحدة، إلى غاية {until}. يمكنكم إرسال عدة ملفات معا.',
    'add.send': 'إرسال الملفات',
    'add.none': 'اختاروا ملفا واحدا على الأقل.',
    'add.gone': 'لم نجد أحد الملفات. اختاروه من جديد.',
    'add.done.title': 'توصلنا بملفاتكم',
    'add.done': 'أضفناها إلى الملف رقم {reference}.',
    'add.expired.title': 'انتهت صلاحية الرابط',
    'add.expired': 'اطلبوا رابطا جديدا من حيث توصلتم بهذا الرابط. أو تابعوا ملفكم برقمه ورمزه.',
  },
  fr: {
    'add.title': 'Ajouter des photos, une vidéo ou un son',
    'add.lead': 'Les fichiers seront ajoutés au dossier {reference}.',
    'add.once':
      'Ce lien sert une seule fois, jusqu’au {until}. Vous pouvez envoyer plusieurs fichiers ensemble.',
    'add.send': 'Envoyer les fichiers',
    'add.none': 'Choisissez au moins un fichier.',
    'add.gone': 'Un des fichiers est introuvable. Choisissez-le de nouveau.',
    'add.done.title': 'Nous avons reçu vos fichiers',
    'add.done': 'Ils sont ajoutés au dossier {reference}.',
    'add.expired.title': 'Ce lien n’est plus valable',
    'add.expired':
      'Demandez un nouveau lien là où vous avez reçu celui-ci. Ou suivez votre dossier avec son numéro et son code.',
  },
  en: {
    'add.title': 'Add photos, a film or a recording',
    'add.lead': 'The files will be added to record {reference}.',
    'add.once': 'This link works once, until {until}. You can send several files together.',
    'add.send': 'Send the files',
    'add.none': 'Choose at least one file.',
    'add.gone': 'One of the files is not there. Choose it again.',
    'add.done.title': 'We have your files',
    'add.done': 'They are added to record {reference}.',
    'add.expired.title': 'This link has ended',
    'add.expired':
      'Ask for a new link where you got this one. Or follow your record with its number and code.',
  },
})
