import { pageTexts } from './define.ts'

/** Pages that are only read. */
export const side = pageTexts({
  ar: {
    'privacy.title': 'معطياتكم الشخصية',
    'privacy.why': 'نستعمل معطياتكم لمعالجة شكايتكم وجوابكم فقط، وفق القانون 09-08.',
    'privacy.who': 'الإدارة المعنية ترى ما تحتاجه للجواب. وكل اطلاع على هويتكم مسجل.',
    'privacy.voice': 'الصوت والصورة معطيات شخصية. نحفظ الأصل، ونحذف المكان والوقت من النسخ.',
    'privacy.anonymous': 'يمكنكم التقديم دون ذكر اسمكم. عندها لا نستطيع الاتصال بكم.',
    'privacy.how_long': 'لكل نوع مدة حفظ محددة، ثم يحذف. والأجوبة غير المرسلة تحذف بعد 7 أيام.',
    'privacy.rights':
      'لكم حق الاطلاع والتصحيح والتعرض. افتحوا صفحة التتبع برقمكم ورمزكم. ثم افتحوا «معطياتكم ومن اطلع عليها».',
    'privacy.cookies': 'ملفات الارتباط تحفظ أجوبتكم وصفحة تتبعكم فقط. لا تتبع لكم، ولا أطراف أخرى.',
    'accessibility.title': 'سهولة الولوج',
    'accessibility.aim': 'هذه الخدمة للجميع. نعمل وفق معيار WCAG 2.2، المستوى AA.',
    'accessibility.how': 'تعمل الصفحات بلوحة المفاتيح، وبقارئ الشاشة، وبدون جافاسكريبت، وبحروف كبيرة.',
    'accessibility.limits': 'لا توجد بعد ترجمة بلغة الإشارة، ولا نصوص بالأمازيغية.',
    'accessibility.tell': 'وجدتم عائقا؟ أرسلوا لنا ملاحظة من الصفحة الأولى.',
  },
  fr: {
    'privacy.title': 'Vos données personnelles',
    'privacy.why': 'Vos données servent à traiter votre plainte et à vous répondre. Loi 09-08.',
    'privacy.who':
      'L’administration concernée voit ce qu’il lui faut pour répondre. Chaque accès à votre identité est noté.',
    'privacy.voice':
      'La voix et l’image sont des données personnelles. L’original est gardé ; lieu et appareil sont retirés des copies.',
    'privacy.anonymous': 'Vous pouvez ne pas donner votre nom. Nous ne pourrons alors pas vous joindre.',
    'privacy.how_long':
      'Chaque type de donnée a une durée, puis elle est effacée. Un brouillon s’efface après 7 jours.',
    'privacy.rights':
      'Vous avez un droit d’accès, de rectification et d’opposition. Ouvrez la page de suivi avec votre numéro et votre code. Puis ouvrez « Vos données, et qui les a vues ».',
    'privacy.cookies': 'Nos cookies gardent vos réponses et votre page de suivi. Aucun pistage, aucun tiers.',
    'accessibility.title': 'Accessibilité',
    'accessibility.aim': 'Ce service est pour tous. Il suit la norme WCAG 2.2, niveau AA.',
    'accessibility.how':
      'Les pages marchent au clavier, avec un lecteur d’écran, sans JavaScript et en grands caractères.',
    'accessibility.limits': 'Il n’y a pas encore de langue des signes, ni de textes en amazighe.',
    'accessibility.tell': 'Un obstacle ? Envoyez-nous une observation depuis la page d’accueil.',
  },
  en: {
    'privacy.title': 'Your personal data',
    'privacy.why': 'Your data serve to handle your complaint and to answer you. Law 09-08.',
    'privacy.who': 'The office concerned sees what it needs to answer. Each look at your identity is logged.',
    'privacy.voice':
      'Voice and image are personal data. The original is kept; place and device are removed from copies.',
    'privacy.anonymous': 'You need not give your name. Then we cannot reach you.',
    'privacy.how_long': 'Each kind of data is kept for a set time, then erased. A draft goes after 7 days.',
    'privacy.rights':
      'You have rights of access, rectification and opposition. Open the tracking page with your number and code. Then open “Your data, and who saw them”.',
    'privacy.cookies':
      'Our cookies keep your answers and your tracking page. Nobody follows you, no third party.',
    'accessibility.title': 'Accessibility',
    'accessibility.aim': 'This service is for everyone. It follows WCAG 2.2, level AA.',
    'accessibility.how':
      'Pages work by keyboard, with a screen reader, without JavaScript and in large letters.',
    'accessibility.limits': 'There is no sign language yet, and no text in Amazigh.',
    'accessibility.tell': 'Met an obstacle? Send us an observation from the home page.',
  },
})
