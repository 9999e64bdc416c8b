import { pageTexts } from './define.ts'

/** Merging complaints that say the same, and taking them apart. */
export const consoleMerging = pageTexts({
  ar: {
    'desk.merge': 'ضمها إلى شكاية مماثلة',
    'desk.merge.hint': 'تبقى الشكاية الأولى جارية، وجوابها جواب للاثنتين.',
    'desk.merge.into': 'رقم الشكاية الأخرى',
    'desk.merge.compare': 'قارنوا بينهما',
    'desk.merge.lead': 'هل تقول الشكايتان الشيء نفسه؟ اقرأوهما جنبا إلى جنب قبل أن تقرروا.',
    'desk.merge.this': 'هذه ستغلق',
    'desk.merge.that': 'هذه تبقى جارية',
    'desk.merge.files':
      '{count, plural, =0 {بلا ملفات} one {ملف واحد} two {ملفان} few {# ملفات} many {# ملفا} other {# ملف}}',
    'desk.merge.told': 'نخبر صاحب الأولى بلغته وعلى طريقه، وكيف يعيد تقديمها إن لم يوافق.',
    'desk.merge.answered': 'يقرأ جواب الثانية كما كتب لصاحبها: لا تذكروا فيه أحدا.',
    'desk.merge.undone': 'يمكن فصلها فيما بعد: تعود كما كانت، بآجالها وتاريخها.',
    'desk.merge.send': 'ضم الشكاية',
    'desk.merge.back': 'الرجوع دون ضم',
    'desk.merge.undo': 'فصلها من جديد',
    'desk.merged.into': 'مضمومة إلى',
    'desk.merged.others':
      '{count, plural, one {ضمت إليها شكاية.} two {ضمت إليها شكايتان.} few {ضمت إليها # شكايات.} many {ضمت إليها # شكاية.} other {ضمت إليها # شكاية.}}',
    'desk.merged.read':
      '{count, plural, one {يقرأ هذا الجواب شخص آخر.} two {يقرأ هذا الجواب شخصان آخران.} few {يقرأ هذا الجواب # أشخاص آخرين.} many {يقرأ هذا الجواب # شخصا آخر.} other {يقرأ هذا الجواب # شخص آخر.}} لا تذكروا فيه ما يخص أحدا.',
    'desk.merged.languages':
      'منهم من يقرأ بلغة أخرى: {languages}. يصلهم جوابكم كما هو، مسبوقا بجملة بلغتهم. أضيفوا ترجمته إن أمكن.',
  },
  fr: {
    'desk.merge': 'Joindre à une plainte semblable',
    'desk.merge.hint': 'L’autre plainte continue ; sa réponse vaudra pour les deux.',
    'desk.merge.into': 'Numéro de l’autre plainte',
    'desk.merge.compare': 'Comparer les deux',
    'desk.merge.lead':
      'Ces deux plaintes disent-elles la même chose ? Lisez-les côte à côte avant de décider.',
    'desk.merge.this': 'Celle-ci sera close',
    'desk.merge.that': 'Celle-ci continue',
    'desk.merge.files': '{count, plural, =0 {Aucun fichier} one {# fichier} other {# fichiers}}',
    'desk.merge.told':
      'L’auteur de la première est prévenu dans sa langue et par son canal, avec la façon de la renvoyer s’il n’est pas d’accord.',
    'desk.merge.answered': 'Il lira la réponse de la seconde telle qu’elle est écrite : n’y nommez personne.',
    'desk.merge.undone':
      'Vous pourrez les séparer : elle reprend alors sa place, avec ses délais et son historique.',
    'desk.merge.send': 'Joindre la plainte',
    'desk.merge.back': 'Revenir sans joindre',
    'desk.merge.undo': 'La séparer de nouveau',
    'desk.merged.into': 'Jointe à',
    'desk.merged.others':
      '{count, plural, one {# plainte lui est jointe.} other {# plaintes lui sont jointes.}}',
    'desk.merged.read':
      '{count, plural, one {# autre personne lira cette réponse.} other {# autres personnes liront cette réponse.}} N’y écrivez rien qui ne concerne que l’une d’elles.',
    'desk.merged.languages':
      'Certains lisent une autre langue : {languages}. Votre réponse leur parvient telle quelle, après une phrase dans leur langue. Ajoutez sa traduction si vous le pouvez.',
  },
  en: {
    'desk.merge': 'Merge with a similar complaint',
    'desk.merge.hint': 'The other complaint goes on; its answer will be for both.',
    'desk.merge.into': 'Number of the other complaint',
    'desk.merge.compare': 'Compare the two',
    'desk.merge.lead': 'Do these two say the same? Read them side by side before you decide.',
    'desk.merge.this': 'This one will be closed',
    'desk.merge.that': 'This one goes on',
    'desk.merge.files': '{count, plural, =0 {No files} one {# file} other {# files}}',
    'desk.merge.told':
      'Whoever sent the first is told in their language and on their channel, with how to send it again if they do not agree.',
    'desk.merge.answered': 'They will read the answer to the second as it is written: name nobody in it.',
    'desk.merge.undone':
      'You can take them apart later: it then stands where it stood, with its dates and its history.',
    'desk.merge.send': 'Merge the complaint',
    'desk.merge.back': 'Back without merging',
    'desk.merge.undo': 'Take it apart again',
    'desk.merged.into': 'Merged into',
    'desk.merged.others':
      '{count, plural, one {# complaint is merged into it.} other {# complaints are merged into it.}}',
    'desk.merged.read':
      '{count, plural, one {# other person will read this answer.} other {# other people will read this answer.}} Write nothing in it that concerns only one of them.',
    'desk.merged.languages':
      'Some of them read another language: {languages}. They get your answer as it is, after a sentence in their language. Add its translation if you can.',
  },
})
