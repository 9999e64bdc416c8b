import { pageTexts } from './define.ts'

/** How a legal date was counted: the same sentence for the official and for the person who waits. */
export const dates = pageTexts({
  ar: {
    why: 'لماذا هذا التاريخ؟',
    'why.review.calendar':
      'أودعت يوم {filed}. تضاف {review} يوما متتاليا{first, select, yes {، ويحسب يوم الإيداع} other {، ولا يحسب يوم الإيداع}}{rolls, select, yes {. إن صادف عطلة فاليوم الموالي} other {}}. القاعدة رقم {version}.',
    'why.review.working':
      'أودعت يوم {filed}. تضاف {review} يوم عمل{first, select, yes {، ويحسب يوم الإيداع} other {، ولا يحسب يوم الإيداع}}{rolls, select, yes {. إن صادف عطلة فاليوم الموالي} other {}}. القاعدة رقم {version}.',
    'why.answer.calendar':
      'أودعت يوم {filed}. {review} يوما للفحص ثم {answer} يوما للجواب، متتالية{first, select, yes {، ويحسب يوم الإيداع} other {، ولا يحسب يوم الإيداع}}{rolls, select, yes {. إن صادف عطلة فاليوم الموالي} other {}}. القاعدة رقم {version}.',
    'why.answer.working':
      'أودعت يوم {filed}. {review} يوم عمل للفحص ثم {answer} للجواب{first, select, yes {، ويحسب يوم الإيداع} other {، ولا يحسب يوم الإيداع}}{rolls, select, yes {. إن صادف عطلة فاليوم الموالي} other {}}. القاعدة رقم {version}.',
    'why.stopped':
      'توقف العد {days, plural, one {يوما واحدا} two {يومين} few {# أيام} many {# يوما} other {# يوم}} في انتظار جواب صاحب الشكاية.',
    'why.stands':
      'العد متوقف في انتظار جواب صاحب الشكاية، إلى {date} على الأكثر. إن أجاب قبل ذلك تقدم هذا التاريخ.',
    'why.runs_on': 'العد يستمر أثناء انتظار جواب صاحب الشكاية.',
  },
  fr: {
    why: 'Pourquoi cette date ?',
    'why.review.calendar':
      'Déposée le {filed}, plus {review} jours calendaires{first, select, yes {, jour du dépôt compris} other {, sans le jour du dépôt}}{rolls, select, yes { ; un jour chômé mène au suivant} other {}}. Règle n° {version}.',
    'why.review.working':
      'Déposée le {filed}, plus {review} jours ouvrés{first, select, yes {, jour du dépôt compris} other {, sans le jour du dépôt}}{rolls, select, yes { ; un jour chômé mène au suivant} other {}}. Règle n° {version}.',
    'why.answer.calendar':
      'Déposée le {filed} : {review} jours calendaires d’examen, puis {answer} de réponse{first, select, yes {, jour du dépôt compris} other {, sans le jour du dépôt}}{rolls, select, yes { ; un jour chômé mène au suivant} other {}}. Règle n° {version}.',
    'why.answer.working':
      'Déposée le {filed} : {review} jours ouvrés d’examen, puis {answer} de réponse{first, select, yes {, jour du dépôt compris} other {, sans le jour du dépôt}}{rolls, select, yes { ; un jour chômé mène au suivant} other {}}. Règle n° {version}.',
    'why.stopped':
      'Le compte s’est arrêté {days, plural, one {# jour} other {# jours}}, en attente de l’information demandée.',
    'why.stands':
      'Le compte est arrêté en attente de l’information demandée, jusqu’au {date} au plus. Une réponse plus rapide avance cette date.',
    'why.runs_on': 'Le compte continue pendant l’attente de l’information demandée.',
  },
  en: {
    why: 'Why this date?',
    'why.review.calendar':
      'Filed on {filed}, plus {review} calendar days{first, select, yes {, the day of filing included} other {, without the day of filing}}{rolls, select, yes {; a closed day leads to the next} other {}}. Rule no. {version}.',
    'why.review.working':
      'Filed on {filed}, plus {review} working days{first, select, yes {, the day of filing included} other {, without the day of filing}}{rolls, select, yes {; a closed day leads to the next} other {}}. Rule no. {version}.',
    'why.answer.calendar':
      'Filed on {filed}: {review} calendar days of review, then {answer} for the answer{first, select, yes {, the day of filing included} other {, without the day of filing}}{rolls, select, yes {; a closed day leads to the next} other {}}. Rule no. {version}.',
    'why.answer.working':
      'Filed on {filed}: {review} working days of review, then {answer} for the answer{first, select, yes {, the day of filing included} other {, without the day of filing}}{rolls, select, yes {; a closed day leads to the next} other {}}. Rule no. {version}.',
    'why.stopped':
      'The count stood still for {days, plural, one {# day} other {# days}}, waiting for what was asked.',
    'why.stands':
      'The count stands still, waiting for what was asked, until {date} at the latest. A quicker reply brings this date forward.',
    'why.runs_on': 'The count goes on while what was asked is awaited.',
  },
})
