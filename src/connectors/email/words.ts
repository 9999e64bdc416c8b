import type { Locale } from '../../core/locale.ts'
import type { ReferralEvent } from '../../core/topics.ts'

/** The texts of the catalogue (src/html/catalogue/dossier.ts) that this mail is made of. */
export type DossierWord =
  | `dossier.subject.${ReferralEvent}`
  | `dossier.intro.${ReferralEvent}`
  | `kind.${'complaint' | 'observation' | 'suggestion'}`
  | `dossier.media.${'stored' | 'processing' | 'ready' | 'failed' | 'blocked'}`
  | 'dossier.reference'
  | 'dossier.kind'
  | 'dossier.received'
  | 'dossier.channel'
  | 'dossier.place'
  | 'dossier.complainant'
  | 'dossier.anonymous'
  | 'dossier.review'
  | 'dossier.answer'
  | 'dossier.late'
  | 'dossier.round'
  | 'dossier.text'
  | 'dossier.files'
  | 'dossier.file'
  | 'dossier.attached'
  | 'dossier.links'
  | 'dossier.transfers'
  | 'dossier.transfer'
  | 'dossier.how'

/** Gives a text in a language with its values filled in. */
export type Words = (
  locale: Locale,
  key: DossierWord,
  values?: Readonly<Record<string, string | number>>,
) => string
