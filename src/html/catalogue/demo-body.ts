import { texts } from './define.ts'

/** The administration inside `npm start` that shows what a real one would have received. */
export const demoBody = texts({
  ar: {
    'simulator.title': 'المحاكي',
    'demo.title': 'إدارة تجريبية',
    'demo.lead': 'هنا ما توصلت به الإدارات التجريبية، كما يصل إلى إدارة حقيقية.',
    'demo.empty': 'لا شيء بعد. قدموا شكاية إلى إحدى الإدارات التجريبية.',
    'demo.got': 'توصلت {administration} بـ «{event}» يوم {at}',
    'demo.signature': 'التوقيع صحيح',
    'demo.hash.matches': 'البصمة مطابقة',
    'demo.hash.differs': 'البصمة غير مطابقة',
    'demo.hash.waiting': 'لم تفتح بعد',
    'demo.original': 'الأصل',
  },
  fr: {
    'simulator.title': 'Simulateur',
    'demo.title': 'Administration de démonstration',
    'demo.lead': 'Voici ce que les administrations de démonstration ont reçu, comme une vraie le recevrait.',
    'demo.empty': 'Rien encore. Déposez une plainte auprès d’une administration de démonstration.',
    'demo.got': '{administration} a reçu « {event} » le {at}',
    'demo.signature': 'signature juste',
    'demo.hash.matches': 'empreinte juste',
    'demo.hash.differs': 'empreinte différente',
    'demo.hash.waiting': 'pas encore ouvert',
    'demo.original': 'original',
  },
  en: {
    'simulator.title': 'Simulator',
    'demo.title': 'Demonstration office',
    'demo.lead': 'This is what the demonstration offices received, as a real one would.',
    'demo.empty': 'Nothing yet. File a complaint with a demonstration office.',
    'demo.got': '{administration} received “{event}” on {at}',
    'demo.signature': 'signature valid',
    'demo.hash.matches': 'hash matches',
    'demo.hash.differs': 'hash differs',
    'demo.hash.waiting': 'not opened yet',
    'demo.original': 'original',
  },
})
