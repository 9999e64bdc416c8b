import { pageTexts } from './define.ts'

/** Corruption and violence: what to know first, and the way out that every page then has. */
export const sensitive = pageTexts({
  ar: {
    'sensitive.link': 'رشوة أو عنف أو تهديد؟ اقرأوا هذا أولا',
    'sensitive.title': 'رشوة أو عنف أو تهديد',
    'sensitive.lead': 'يمكنكم أن تحكوا دون أن يراكم أحد. هكذا تحمون أنفسكم.',
    'sensitive.danger': 'أنتم في خطر الآن؟ اتصلوا بالرقم 19، أو 177 للدرك الملكي.',
    'sensitive.exit.title': 'زر الخروج السريع',
    'sensitive.exit.what': 'يظهر فوق كل صفحة من هذه الصفحات. يفتح موقع الطقس فورا، وهذا الجهاز ينسى أجوبتكم.',
    'sensitive.exit.keys': 'بلوحة المفاتيح: اضغطوا Shift ثلاث مرات.',
    'sensitive.exit.kept': 'أجوبتكم لا تضيع. اطلبوا رابطا أو رمزا بزر «أكمل لاحقا» قبل الخروج.',
    'sensitive.exit.limits': 'قد يبقى العنوان في سجل المتصفح. استعملوا نافذة خاصة، أو هاتف شخص تثقون به.',
    'sensitive.name.title': 'اسمكم ورقمكم',
    'sensitive.name': 'يمكنكم ألا تذكروا اسمكم. عندها لا نستطيع الاتصال بكم. رقمكم ورمزكم يكفيان للتتبع.',
    'sensitive.name.shield': 'الإدارة المعنية لا ترى اسمكم ولا رقمكم. وكل اطلاع على الأصل مسجل، وترون السجل.',
    'sensitive.start': 'ابدأوا مع زر الخروج',
    'exit.button': 'خروج سريع',
    'exit.help': 'يفتح موقع الطقس',
  },
  fr: {
    'sensitive.link': 'Corruption, violence, menace ? Lisez d’abord ceci',
    'sensitive.title': 'Corruption, violence ou menace',
    'sensitive.lead': 'Vous pouvez raconter sans être vu. Voici comment vous protéger.',
    'sensitive.danger': 'En danger maintenant ? Appelez le 19, ou le 177 pour la Gendarmerie.',
    'sensitive.exit.title': 'Le bouton « Sortir vite »',
    'sensitive.exit.what':
      'Il est en haut de chacune de ces pages. Il ouvre un site de météo. Cet appareil oublie vos réponses.',
    'sensitive.exit.keys': 'Au clavier : appuyez trois fois sur Maj.',
    'sensitive.exit.kept':
      'Vos réponses ne sont pas perdues. Avant de sortir, demandez un lien ou un code avec « Continuer plus tard ».',
    'sensitive.exit.limits':
      'L’adresse peut rester dans l’historique. Prenez une fenêtre privée, ou le téléphone d’une personne sûre.',
    'sensitive.name.title': 'Votre nom et votre numéro',
    'sensitive.name':
      'Vous pouvez taire votre nom. Nous ne pourrons alors pas vous joindre. Le numéro et le code suffisent pour suivre.',
    'sensitive.name.shield':
      'L’administration ne voit ni votre nom ni votre numéro. Qui ouvre l’original est noté, et vous le voyez.',
    'sensitive.start': 'Commencer avec le bouton de sortie',
    'exit.button': 'Sortir vite',
    'exit.help': 'ouvre un site de météo',
  },
  en: {
    'sensitive.link': 'Corruption, violence, threats? Read this first',
    'sensitive.title': 'Corruption, violence or threats',
    'sensitive.lead': 'You can tell us without being seen. Here is how to protect yourself.',
    'sensitive.danger': 'In danger right now? Call 19, or 177 for the Gendarmerie.',
    'sensitive.exit.title': 'The “Leave now” button',
    'sensitive.exit.what':
      'It is at the top of each of these pages. It opens a weather site. This device forgets your answers.',
    'sensitive.exit.keys': 'By keyboard: press Shift three times.',
    'sensitive.exit.kept':
      'Your answers are not lost. Before you leave, ask for a link or a code with “Continue later”.',
    'sensitive.exit.limits':
      'The address may stay in the history. Use a private window, or the phone of someone you trust.',
    'sensitive.name.title': 'Your name and number',
    'sensitive.name':
      'You need not give your name. Then we cannot reach you. Your number and code are enough to follow it.',
    'sensitive.name.shield':
      'The office sees neither your name nor your number. Whoever opens the original is logged, and you see it.',
    'sensitive.start': 'Start with the exit button',
    'exit.button': 'Leave now',
    'exit.help': 'opens a weather site',
  },
})
