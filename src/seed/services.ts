import type { Names } from '../core/locale.ts'
import type { Topic } from './bodies.ts'

export interface SeedService {
  readonly code: string
  readonly names: Names
  readonly keywords: readonly string[]
  /** Only complaints about this are about the service; absent: any of the body. */
  readonly topic?: Topic
}

const service = (code: string, ar: string, fr: string, en: string, ...keywords: string[]): SeedService => ({
  code,
  names: { ar, fr, en },
  keywords,
})
const about = (topic: Topic, of: SeedService): SeedService => ({ ...of, topic })

const CIVIL = service(
  'ETAT-CIVIL',
  'الحالة المدنية',
  'État civil',
  'Civil registry',
  'acte de naissance',
  'عقد الازدياد',
)
const TOWN: readonly SeedService[] = [
  about('street', service('ECLAIRAGE', 'الإنارة العمومية', 'Éclairage public', 'Street lighting')),
  about('street', service('PROPRETE', 'النظافة', 'Propreté', 'Waste collection')),
  about('street', service('VOIRIE', 'الأزقة والأرصفة', 'Voirie et trottoirs', 'Streets and pavements')),
]

/** What the demo's bodies offer, by the code of the body; the one most complained about first. */
export const SERVICES: Readonly<Record<string, readonly SeedService[]>> = {
  SANTE: [
    service('URGENCES', 'المستعجلات', 'Urgences', 'Emergency care', 'urgences', 'مستعجلات', 'emergency'),
    service(
      'CONSULTATION',
      'الفحوصات',
      'Consultations',
      'Consultations',
      'rendez-vous',
      'موعد',
      'appointment',
    ),
    service('EXAMENS', 'التحاليل والأشعة', 'Analyses et imagerie', 'Tests and imaging'),
    service('HOSPITALISATION', 'الاستشفاء', 'Hospitalisation', 'Hospital stays'),
  ],
  EDUCATION: [
    service('BOURSES', 'المنح', 'Bourses', 'Grants', 'bourse', 'منحة', 'grant'),
    service('INSCRIPTION', 'التسجيل', 'Inscriptions', 'Enrolment', 'inscription', 'تسجيل'),
    service('ENSEIGNEMENT', 'التدريس', 'Enseignement', 'Teaching'),
    service('INTERNATS', 'الداخليات', 'Internats', 'Boarding schools'),
  ],
  JUSTICE: [
    service('COPIES', 'نسخ الأحكام', 'Copies de jugements', 'Copies of judgments'),
    service('EXECUTION', 'تنفيذ الأحكام', 'Exécution des jugements', 'Enforcement of judgments'),
    service('CASIER', 'السجل العدلي', 'Casier judiciaire', 'Criminal records'),
  ],
  INTERIEUR: [
    service('CERTIFICATS', 'الشواهد الإدارية', 'Certificats administratifs', 'Administrative certificates'),
    service('AUTORISATIONS', 'الرخص الإدارية', 'Autorisations administratives', 'Administrative permits'),
  ],
  'COMMUNE-CASABLANCA': [about('civil_status', CIVIL), ...TOWN],
  'COMMUNE-AGADIR': [about('civil_status', CIVIL), ...TOWN],
  EQUIPEMENT: [
    service('ENTRETIEN', 'صيانة الطرق', 'Entretien des routes', 'Road maintenance'),
    service('OUVRAGES', 'القناطر والمنشآت', 'Ponts et ouvrages', 'Bridges and structures'),
    service('SIGNALISATION', 'التشوير', 'Signalisation', 'Road signs'),
  ],
  TRANSPORT: [
    service('PERMIS', 'رخص السياقة', 'Permis de conduire', 'Driving licences'),
    service('VOYAGEURS', 'نقل المسافرين', 'Transport de voyageurs', 'Passenger transport'),
    service('IMMATRICULATION', 'تسجيل المركبات', 'Immatriculation des véhicules', 'Vehicle registration'),
  ],
  IMPOTS: [
    service('DECLARATIONS', 'التصريح والأداء', 'Déclarations et paiements', 'Returns and payments'),
    service('RESTITUTION', 'استرجاع الضريبة', 'Restitution d’impôt', 'Tax refunds'),
    service('ATTESTATIONS', 'الشهادات الجبائية', 'Attestations fiscales', 'Tax certificates'),
  ],
  DOUANE: [
    service('COLIS', 'الطرود البريدية', 'Colis postaux', 'Postal parcels'),
    service(
      'VEHICULES',
      'سيارات المغاربة المقيمين بالخارج',
      'Véhicules des MRE',
      'Vehicles of Moroccans abroad',
    ),
  ],
  ONEE: [
    service('EAU', 'توزيع الماء', 'Distribution d’eau', 'Water supply'),
    service('FACTURATION', 'الفوترة', 'Facturation', 'Billing'),
    service('ELECTRICITE', 'توزيع الكهرباء', 'Distribution d’électricité', 'Electricity supply'),
    service('RACCORDEMENT', 'الربط بالشبكة', 'Raccordement', 'Connection'),
  ],
  FONCIER: [
    service('IMMATRICULATION', 'التحفيظ', 'Immatriculation foncière', 'Land registration'),
    service('CERTIFICATS', 'شواهد الملكية', 'Certificats de propriété', 'Certificates of title'),
    service('PLANS', 'التصاميم العقارية', 'Plans cadastraux', 'Cadastral plans'),
  ],
  CNSS: [
    service('PENSIONS', 'المعاشات', 'Pensions', 'Pensions'),
    service('SOINS', 'تعويض مصاريف العلاج', 'Remboursement des soins', 'Reimbursement of care'),
    service('CARRIERE', 'بيان التصريحات', 'Relevé de carrière', 'Career statement'),
  ],
  HABITAT: [
    service('LOGEMENT-SOCIAL', 'السكن الاجتماعي', 'Logement social', 'Social housing'),
    service('CONSTRUIRE', 'رخص البناء', 'Permis de construire', 'Building permits'),
  ],
  AGRICULTURE: [
    service('AIDES', 'الدعم الفلاحي', 'Aides agricoles', 'Farm aid'),
    service('IRRIGATION', 'السقي', 'Irrigation', 'Irrigation'),
    service('SEMENCES', 'البذور', 'Semences', 'Seeds'),
  ],
}
