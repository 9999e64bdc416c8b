import type { Names } from '../core/locale.ts'

/** What people complain about; the texts of each are in texts.ts. */
export const TOPICS = [
  'hospital',
  'school',
  'court',
  'road',
  'water',
  'street',
  'civil_status',
  'tax',
  'customs',
  'land',
  'pension',
  'transport',
  'housing',
  'farm',
] as const
export type Topic = (typeof TOPICS)[number]

export interface SeedBody {
  readonly code: string
  readonly names: Names
  readonly parent?: string
  readonly territory?: string
  readonly keywords: readonly string[]
  readonly outsideGround?: 'national_defence'
  /** Topics its complaints are about, and how many come to it beside the others. */
  readonly topics?: readonly Topic[]
  readonly weight?: number
}

const names = (ar: string, fr: string, en: string): Names => ({ ar, fr, en })

/** Bodies in the manner of the Moroccan State, invented where they are local: ministries, establishments, units below them. */
export const BODIES: readonly SeedBody[] = [
  {
    code: 'REFORME',
    names: names(
      'الوزارة المكلفة بإصلاح الإدارة',
      'Ministère chargé de la Réforme de l’administration',
      'Ministry of Administrative Reform',
    ),
    keywords: ['administration', 'fonctionnaire', 'الإدارة', 'موظف'],
  },
  {
    code: 'SANTE',
    names: names('وزارة الصحة والحماية الاجتماعية', 'Ministère de la Santé', 'Ministry of Health'),
    keywords: [
      'santé',
      'médecin',
      'médicament',
      'ambulance',
      'الصحة',
      'طبيب',
      'دواء',
      'إسعاف',
      'health',
      'doctor',
    ],
    topics: ['hospital'],
    weight: 4,
  },
  {
    code: 'SANTE-FES',
    parent: 'SANTE',
    names: names(
      'المديرية الجهوية للصحة فاس مكناس',
      'Direction régionale de la Santé Fès-Meknès',
      'Regional Health Directorate Fès-Meknès',
    ),
    territory: 'Fès Meknès فاس مكناس',
    keywords: ['hôpital', 'مستشفى', 'hospital'],
    topics: ['hospital'],
    weight: 3,
  },
  {
    code: 'SANTE-FES-CHU',
    parent: 'SANTE-FES',
    names: names(
      'المستشفى الجامعي فاس',
      'Centre hospitalier universitaire de Fès',
      'University Hospital of Fès',
    ),
    territory: 'Fès فاس',
    keywords: ['CHU', 'hôpital universitaire', 'المستشفى الجامعي', 'scanner'],
    topics: ['hospital'],
    weight: 3,
  },
  {
    code: 'EDUCATION',
    names: names('وزارة التربية الوطنية', 'Ministère de l’Éducation nationale', 'Ministry of Education'),
    keywords: [
      'école',
      'lycée',
      'professeur',
      'élève',
      'مدرسة',
      'ثانوية',
      'أستاذ',
      'تلميذ',
      'school',
      'teacher',
    ],
    topics: ['school'],
    weight: 4,
  },
  {
    code: 'EDUCATION-SOUSS',
    parent: 'EDUCATION',
    names: names(
      'الأكاديمية الجهوية سوس ماسة',
      'Académie régionale Souss-Massa',
      'Regional Academy Souss-Massa',
    ),
    territory: 'Agadir Taroudant أكادير تارودانت',
    keywords: ['transport scolaire', 'النقل المدرسي', 'cantine', 'مطعم مدرسي'],
    topics: ['school'],
    weight: 2,
  },
  {
    code: 'JUSTICE',
    names: names('وزارة العدل', 'Ministère de la Justice', 'Ministry of Justice'),
    keywords: ['tribunal', 'jugement', 'greffe', 'محكمة', 'حكم', 'كتابة الضبط', 'court'],
    topics: ['court'],
    weight: 2,
  },
  {
    code: 'INTERIEUR',
    names: names('وزارة الداخلية', 'Ministère de l’Intérieur', 'Ministry of the Interior'),
    keywords: ['préfecture', 'caïd', 'commune', 'عمالة', 'قائد', 'جماعة'],
    topics: ['civil_status'],
    weight: 2,
  },
  {
    code: 'COMMUNE-CASABLANCA',
    parent: 'INTERIEUR',
    names: names('جماعة الدار البيضاء', 'Commune de Casablanca', 'Municipality of Casablanca'),
    territory: 'Casablanca Casa الدار البيضاء كازا',
    keywords: [
      'éclairage public',
      'déchets',
      'trottoir',
      'الإنارة العمومية',
      'أزبال',
      'رصيف',
      'street light',
      'waste',
    ],
    topics: ['street', 'civil_status'],
    weight: 5,
  },
  {
    code: 'COMMUNE-AGADIR',
    parent: 'INTERIEUR',
    names: names('جماعة أكادير', 'Commune d’Agadir', 'Municipality of Agadir'),
    territory: 'Agadir أكادير',
    keywords: ['éclairage public', 'déchets', 'espace vert', 'الإنارة العمومية', 'أزبال', 'حديقة'],
    topics: ['street', 'civil_status'],
    weight: 3,
  },
  {
    code: 'EQUIPEMENT',
    names: names(
      'وزارة التجهيز والماء',
      'Ministère de l’Équipement et de l’Eau',
      'Ministry of Public Works and Water',
    ),
    keywords: ['route', 'pont', 'barrage', 'طريق', 'قنطرة', 'سد', 'road', 'bridge'],
    topics: ['road'],
    weight: 3,
  },
  {
    code: 'TRANSPORT',
    names: names('وزارة النقل واللوجيستيك', 'Ministère du Transport', 'Ministry of Transport'),
    keywords: [
      'permis de conduire',
      'autobus',
      'train',
      'رخصة السياقة',
      'حافلة',
      'قطار',
      'driving licence',
      'bus',
    ],
    topics: ['transport'],
    weight: 2,
  },
  {
    code: 'FINANCES',
    names: names('وزارة الاقتصاد والمالية', 'Ministère de l’Économie et des Finances', 'Ministry of Finance'),
    keywords: ['finances', 'المالية'],
  },
  {
    code: 'IMPOTS',
    parent: 'FINANCES',
    names: names('المديرية العامة للضرائب', 'Direction générale des Impôts', 'Tax Directorate'),
    keywords: ['impôt', 'taxe', 'TVA', 'ضريبة', 'رسم', 'tax'],
    topics: ['tax'],
    weight: 2,
  },
  {
    code: 'DOUANE',
    parent: 'FINANCES',
    names: names('إدارة الجمارك', 'Administration des Douanes', 'Customs Administration'),
    keywords: ['douane', 'colis', 'جمارك', 'طرد', 'customs'],
    topics: ['customs'],
    weight: 1,
  },
  {
    code: 'ONEE',
    names: names(
      'المكتب الوطني للكهرباء والماء',
      'Office national de l’Électricité et de l’Eau',
      'National Electricity and Water Office',
    ),
    keywords: [
      'électricité',
      'coupure',
      'facture',
      'compteur',
      'eau potable',
      'كهرباء',
      'انقطاع',
      'فاتورة',
      'عداد',
      'ماء',
      'water',
      'power cut',
    ],
    topics: ['water'],
    weight: 5,
  },
  {
    code: 'FONCIER',
    names: names('وكالة المحافظة العقارية', 'Agence de la Conservation foncière', 'Land Registry Agency'),
    keywords: ['titre foncier', 'cadastre', 'رسم عقاري', 'مسح', 'land title'],
    topics: ['land'],
    weight: 2,
  },
  {
    code: 'CNSS',
    names: names(
      'الصندوق الوطني للضمان الاجتماعي',
      'Caisse nationale de Sécurité sociale',
      'National Social Security Fund',
    ),
    keywords: ['pension', 'retraite', 'cotisation', 'remboursement', 'معاش', 'تقاعد', 'اشتراك', 'تعويض'],
    topics: ['pension'],
    weight: 3,
  },
  {
    code: 'HABITAT',
    names: names('وزارة إعداد التراب والإسكان', 'Ministère de l’Habitat', 'Ministry of Housing'),
    keywords: ['logement', 'permis de construire', 'سكن', 'رخصة البناء', 'housing'],
    topics: ['housing'],
    weight: 2,
  },
  {
    code: 'AGRICULTURE',
    names: names('وزارة الفلاحة', 'Ministère de l’Agriculture', 'Ministry of Agriculture'),
    keywords: ['subvention', 'irrigation', 'semences', 'دعم', 'سقي', 'بذور', 'farm'],
    topics: ['farm'],
    weight: 2,
  },
  {
    code: 'DEFENSE',
    names: names(
      'إدارة الدفاع الوطني',
      'Administration de la Défense nationale',
      'National Defence Administration',
    ),
    keywords: ['armée', 'militaire', 'caserne', 'جيش', 'عسكري', 'ثكنة', 'army'],
    outsideGround: 'national_defence',
  },
]
