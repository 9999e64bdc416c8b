import { foldedWords, stem } from '../core/fold-text.ts'

/**
 * Words that people use for one thing, whatever the office calls it: French, Arabic, Darija in either script. Data, so that a
 * line more teaches the search a word more.
 */
const GROUPS: readonly string[] = [
  'déchets poubelle poubelles ordures saleté أزبال زبل قمامة نفايات zbel waste rubbish garbage',
  'électricité courant lumière coupure كهرباء الضو ضوء daw electricity power light',
  'eau robinet fuite compteur ماء الما عداد تسرب lma water tap leak',
  'éclairage lampadaire réverbère إنارة مصباح الشارع lamp streetlight',
  'assainissement égout égouts الصرف واد الحار بالوعة sewer drain',
  'route trou chaussée goudron nid poule طريق حفرة زفت triq road pothole',
  'trottoir passage piéton رصيف pavement sidewalk',
  'hôpital clinique dispensaire sbitar صبيطار سبيطار مستشفى مستوصف hospital clinic',
  'santé médecin docteur infirmier maladie طبيب ممرض صحة tbib doctor nurse health',
  'médicament pharmacie دواء صيدلية dwa medicine pharmacy',
  'école classe lycée collège maître مدرسة ثانوية إعدادية قسم أستاذ معلم school teacher',
  'bourse minha منحة طالب university student scholarship',
  'état civil naissance décès mariage livret famille ازدياد وفاة زواج حالة مدنية دفتر عائلي birth death marriage certificate',
  'carte identité cin carta بطاقة وطنية هوية identity card',
  'passeport passport باسبور جواز سفر',
  'police commissariat plainte vol شرطة بوليس سرقة كوميسارية police theft',
  'gendarmerie gendarme درك جندارم',
  'tribunal juge jugement avocat محكمة قاضي حكم محامي mahkama court judge',
  'retraite pension تقاعد معاش pension',
  'cnss sécurité sociale couverture amo ramed ضمان اجتماعي تغطية صحية راميد',
  'impôt taxe percepteur ضريبة رسم درائب tax',
  'permis conduire carte grise vignette رخصة السياقة ورقة رمادية برمي driving licence',
  'bus autobus tobis طوبيس حافلة نقل transport taxi طاكسي',
  'train gare قطار محطة train station',
  'terrain titre foncier conservation cadastre أرض رسم عقاري محافظة land title',
  'construction permis bâtir رخصة البناء بناء building permit',
  'logement habitat bidonville سكن دار براكة housing',
  'poste colis mandat بريد طرد post parcel',
  'internet téléphone réseau هاتف شبكة أنترنت phone network',
  'emploi chômage travail شغل عمل بطالة job work',
  'agriculture élevage irrigation فلاحة ري فلاح farming',
  'forêt arbre incendie غابة شجرة حريق forest fire',
  'corruption pot de vin bakchich رشوة rachwa bribe',
  'douane frontière جمارك ديوانة customs border',
]

const known = new Map<string, Set<string>>()
for (const group of GROUPS) {
  const words = foldedWords(group)
  for (const word of words) {
    const alike = known.get(stem(word)) ?? new Set<string>()
    for (const other of words) if (other !== word) alike.add(other)
    known.set(stem(word), alike)
  }
}

/** The words that may stand for a folded word; none for most. */
export const alikeWords = (word: string): readonly string[] => [...(known.get(stem(word)) ?? [])]
