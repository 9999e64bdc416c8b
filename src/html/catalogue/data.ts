import { pageTexts } from './define.ts'

/** A person's own data: how they can be reached, who looked, all of it to take away (law 09-08). */
export const data = pageTexts({
  ar: {
    'data.title': 'معطياتكم ومن اطلع عليها',
    'data.contact': 'كيف نتصل بكم',
    'data.preferred': 'كيف نجيبكم',
    'data.change': 'تصحيح معطياتكم',
    'data.change.lead': 'صححوا ما تريدون. الخانة الفارغة تحذف من السجل. ما أرسلتموه من قبل يبقى كما هو.',
    'data.save': 'احفظوا التصحيح',
    'data.changed': 'صححنا معطياتكم.',
    'data.opened': 'من اطلع على هويتكم أو ملفاتكم الأصلية',
    'data.opened.lead': 'نسجل كل اطلاع. لا يمكن محو هذا السجل.',
    'data.opened.none': 'لم يطلع عليها أحد إلى الآن.',
    'data.opened.complaint.identity': '{who}: اطلاع على اسمكم ووسيلة الاتصال',
    'data.opened.complaint.raw': '{who}: فتح رسالتكم كما وصلت',
    'data.opened.media.original': '{who}: فتح ملف أصلي',
    'data.export': 'خذوا معطياتكم معكم',
    'data.export.lead': 'ملف واحد فيه كل ما لدينا عن هذه الشكاية، مع لائحة الملفات وروابطها لساعة واحدة.',
    'data.export.button': 'تحميل معطياتي (JSON)',
  },
  fr: {
    'data.title': 'Vos données, et qui les a vues',
    'data.contact': 'Comment vous joindre',
    'data.preferred': 'Comment vous répondre',
    'data.change': 'Corriger vos données',
    'data.change.lead':
      'Corrigez ce que vous voulez. Une case vide est effacée. Ce que vous avez déjà envoyé reste tel quel.',
    'data.save': 'Garder la correction',
    'data.changed': 'Vos données sont corrigées.',
    'data.opened': 'Qui a ouvert votre identité ou vos originaux',
    'data.opened.lead': 'Chaque ouverture est notée. Personne ne peut effacer cette liste.',
    'data.opened.none': 'Personne jusqu’ici.',
    'data.opened.complaint.identity': '{who} : votre nom et vos coordonnées',
    'data.opened.complaint.raw': '{who} : votre message tel qu’il est arrivé',
    'data.opened.media.original': '{who} : un fichier original',
    'data.export': 'Emporter vos données',
    'data.export.lead':
      'Un fichier avec tout ce que nous avons sur cette plainte. Il liste vos fichiers, avec des liens d’une heure.',
    'data.export.button': 'Télécharger mes données (JSON)',
  },
  en: {
    'data.title': 'Your data, and who saw them',
    'data.contact': 'How we reach you',
    'data.preferred': 'How we answer you',
    'data.change': 'Correct your data',
    'data.change.lead':
      'Correct what you want. An empty field is erased. What you have already sent stays as it is.',
    'data.save': 'Keep the correction',
    'data.changed': 'Your data are corrected.',
    'data.opened': 'Who opened your identity or your originals',
    'data.opened.lead': 'Each opening is logged. Nobody can erase this list.',
    'data.opened.none': 'Nobody so far.',
    'data.opened.complaint.identity': '{who}: your name and contact',
    'data.opened.complaint.raw': '{who}: your message as it came',
    'data.opened.media.original': '{who}: an original file',
    'data.export': 'Take your data with you',
    'data.export.lead':
      'One file with all we have about this complaint. It lists your files, with links that work for an hour.',
    'data.export.button': 'Download my data (JSON)',
  },
})
