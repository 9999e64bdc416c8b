import { pageTexts } from './define.ts'

/** Filing without a network: what is kept on the telephone, and the truth about what was sent. */
export const offline = pageTexts({
  ar: {
    'offline.title': 'شكاية دون شبكة',
    'offline.lead': 'يمكنكم تقديم شكايتكم الآن. نحفظها في هذا الهاتف، ونرسلها وحدنا حين ترجع الشبكة.',
    'offline.shared': 'لا تستعملوا هذه الصفحة في هاتف ليس لكم. فالشكاية تبقى فيه حتى ترسل.',
    'offline.usual': 'رجعت الشبكة؟ استعملوا الصفحة العادية',
    'offline.scripts': 'هذه الصفحة تحتاج إلى متصفح حديث. اتصلوا بنا، أو ارجعوا حين تكون لكم شبكة.',
    'offline.keep': 'احفظوها وأرسلوها حين ترجع الشبكة',
    'offline.consent': 'حين ترسل، تطلع الإدارة المعنية على رسالتكم وملفاتكم. نحن نحدد الإدارة.',
    'offline.queue': 'شكاياتكم في هذا الهاتف',
    'offline.waiting': 'محفوظة في هذا الهاتف منذ {time}. لم ترسل بعد.',
    'offline.sending': 'نرسلها الآن.',
    'offline.sent': 'أرسلت وسجلت. رقمها {reference} ورمزها {code}.',
    'offline.rest': 'بقيت ملفات في الطريق: {count}.',
    'offline.receipt': 'افتحوا الوصل',
    'offline.wrong': 'لم تقبل بعد: {problems}',
    'offline.change': 'تعديل',
    'offline.forget': 'حذف من هذا الهاتف',
    'offline.forget.sure': 'هل نحذفها من هذا الهاتف؟',
    'offline.kept': 'حفظنا شكايتكم في هذا الهاتف. لم ترسل بعد.',
    'app.description': 'شكايات وملاحظات واقتراحات حول المرافق العمومية',
  },
  fr: {
    'offline.title': 'Plainte sans réseau',
    'offline.lead':
      'Vous pouvez déposer votre plainte maintenant. Elle est gardée sur ce téléphone et part seule au retour du réseau.',
    'offline.shared':
      'N’utilisez pas cette page sur un téléphone qui n’est pas à vous. La plainte y reste jusqu’à l’envoi.',
    'offline.usual': 'Le réseau est revenu ? Prenez la page habituelle',
    'offline.scripts':
      'Cette page demande un navigateur récent. Appelez-nous, ou revenez quand vous aurez du réseau.',
    'offline.keep': 'Garder, et envoyer au retour du réseau',
    'offline.consent':
      'Une fois envoyée, l’administration concernée voit votre message et vos fichiers. Nous trouvons l’administration.',
    'offline.queue': 'Vos plaintes sur ce téléphone',
    'offline.waiting': 'Gardée sur ce téléphone depuis {time}. Pas encore envoyée.',
    'offline.sending': 'Envoi en cours.',
    'offline.sent': 'Envoyée et enregistrée. Numéro {reference}, code {code}.',
    'offline.rest': 'Fichiers encore en route : {count}.',
    'offline.receipt': 'Ouvrir le reçu',
    'offline.wrong': 'Pas encore acceptée : {problems}',
    'offline.change': 'Modifier',
    'offline.forget': 'Retirer de ce téléphone',
    'offline.forget.sure': 'La retirer de ce téléphone ?',
    'offline.kept': 'Votre plainte est gardée sur ce téléphone. Elle n’est pas encore envoyée.',
    'app.description': 'Plaintes, observations et suggestions sur les services publics',
  },
  en: {
    'offline.title': 'Complaint without a network',
    'offline.lead':
      'You can make your complaint now. It is kept on this phone and goes by itself when the network is back.',
    'offline.shared':
      'Do not use this page on a phone that is not yours. The complaint stays on it until it is sent.',
    'offline.usual': 'Is the network back? Use the usual page',
    'offline.scripts': 'This page needs a recent browser. Call us, or come back when you have a network.',
    'offline.keep': 'Keep it, and send it when the network is back',
    'offline.consent':
      'Once sent, the office concerned sees your message and files. We find out which office it is.',
    'offline.queue': 'Your complaints on this phone',
    'offline.waiting': 'Kept on this phone since {time}. Not sent yet.',
    'offline.sending': 'Being sent now.',
    'offline.sent': 'Sent and registered. Number {reference}, code {code}.',
    'offline.rest': 'Files still on their way: {count}.',
    'offline.receipt': 'Open the receipt',
    'offline.wrong': 'Not accepted yet: {problems}',
    'offline.change': 'Change',
    'offline.forget': 'Remove from this phone',
    'offline.forget.sure': 'Remove it from this phone?',
    'offline.kept': 'Your complaint is kept on this phone. It has not been sent yet.',
    'app.description': 'Complaints, observations and suggestions on public services',
  },
})
