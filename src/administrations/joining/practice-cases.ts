import type { Kind } from '../../core/complaint.ts'
import type { Locale } from '../../core/locale.ts'

/** One complaint of nobody, to learn on. */
export interface PracticeCase {
  readonly kind: Kind
  readonly language: Locale
  readonly text: string
  readonly place: string
}

/** The exercise: what a desk meets in its first week, in both languages. */
export const CASES: readonly PracticeCase[] = [
  {
    kind: 'complaint',
    language: 'fr',
    place: 'Fès',
    text: 'Exercice. J’ai déposé mon dossier il y a trois mois. Personne ne me répond.',
  },
  { kind: 'complaint', language: 'ar', place: 'سلا', text: 'تمرين. طلبت وثيقة منذ شهر ولم أتوصل بها.' },
  {
    kind: 'complaint',
    language: 'fr',
    place: 'Agadir',
    text: 'Exercice. Le guichet ferme à midi alors que l’affiche dit seize heures.',
  },
  {
    kind: 'suggestion',
    language: 'ar',
    place: 'الرباط',
    text: 'تمرين. أقترح أن تفتحوا الشباك يوم السبت صباحا.',
  },
  { kind: 'complaint', language: 'ar', place: 'طنجة', text: 'تمرين. هذه القضية أمام المحكمة منذ سنة.' },
  {
    kind: 'complaint',
    language: 'fr',
    place: 'Oujda',
    text: 'Exercice. Mon voisin refuse de me rendre ma tondeuse.',
  },
  {
    kind: 'observation',
    language: 'fr',
    place: 'Safi',
    text: 'Exercice. Les numéros d’attente ne s’affichent plus dans la salle.',
  },
  { kind: 'complaint', language: 'ar', place: 'وجدة', text: 'تمرين. أديت الرسم مرتين عن نفس الطلب.' },
  {
    kind: 'complaint',
    language: 'fr',
    place: 'Taza',
    text: 'Exercice. On me demande un papier que la loi ne demande plus.',
  },
  { kind: 'complaint', language: 'ar', place: 'الناظور', text: 'تمرين. لم أفهم سبب رفض طلبي.' },
]
