import type { Tick } from '../../src/core/joining.ts'

/** Statements about the body BASSIN, whose people are `$1`, and what the ministry's page then says is missing. */
interface Loss {
  readonly lose: string
  readonly win: string
  readonly words: readonly string[]
}

/** How each tick is lost and won again; `also`: what falls with it. */
export const LOSSES: Readonly<Record<Tick, Loss>> = {
  approved: {
    lose: 'update affiliations set approved_at = null where contact_email like $1',
    win: 'update affiliations set approved_at = now() where contact_email like $1',
    words: [],
  },
  names: {
    lose: `update administrations set names = names - 'ar' where code = 'BASSIN' and $1 <> ''`,
    win: `update administrations set names = names || '{"ar": "وكالة"}' where code = 'BASSIN' and $1 <> ''`,
    words: ['Nom en arabe et en français'],
  },
  units: {
    lose: 'update affiliations set no_units = false where contact_email like $1',
    win: 'update affiliations set no_units = true where contact_email like $1',
    words: ['Arbre des unités'],
  },
  manager: {
    lose: `update staff_members set disabled_at = now() where role = 'manager' and email like $1`,
    win: 'update staff_members set disabled_at = null where email like $1',
    words: ['Un responsable a ouvert son compte', 'Un adjoint du responsable a ouvert son compte'],
  },
  deputy: {
    lose: `update staff_members set disabled_at = now() where email = 'adjoint@bassin.example' and email like $1`,
    win: 'update staff_members set disabled_at = null where email like $1',
    words: ['Un adjoint du responsable a ouvert son compte'],
  },
  agents: {
    lose: `update staff_members set enrolled_at = null where role = 'trainee' and email like $1`,
    win: `update staff_members set enrolled_at = now() where role = 'trainee' and email like $1`,
    words: ['Un agent au moins s’est exercé'],
  },
  services: {
    lose: `update services set retired_at = now() where code = 'EAU' and $1 <> ''`,
    win: `update services set retired_at = null where code = 'EAU' and $1 <> ''`,
    words: ['Un service au moins'],
  },
  calendar: {
    lose: 'update affiliations set calendar_seen_at = null where contact_email like $1',
    win: 'update affiliations set calendar_seen_at = now() where contact_email like $1',
    words: ['Calendrier des jours fériés confirmé'],
  },
  templates: {
    lose: `update answer_templates set ended_at = now() where language = 'ar' and $1 <> ''`,
    win: `update answer_templates set ended_at = null where $1 <> ''`,
    words: ['Un modèle de réponse en arabe et un en français'],
  },
  connector: {
    lose: 'update affiliations set connector = null where contact_email like $1',
    win: `update affiliations set connector = 'console' where contact_email like $1`,
    words: ['Voie d’arrivée des plaintes choisie', 'Essai de conformité réussi'],
  },
  practice: {
    lose: `update complaints set status = 'formal_review' where id = (select complaint_id from referrals where id not in
      (select answer_referral from conformance_runs) and state = 'answered' and $1 <> '' order by id limit 1)`,
    win: `update complaints set status = 'answered' where status = 'formal_review' and $1 <> ''`,
    words: ['Dix plaintes d’exercice terminées'],
  },
  conformance: {
    lose: `update conformance_runs set passed = false where $1 <> ''`,
    win: `update conformance_runs set passed = true where $1 <> ''`,
    words: ['Essai de conformité réussi'],
  },
}
/** A tick is lost without its own record too. */
export const EMPTY_CALENDAR: Loss = {
  lose: `update holidays set day = day - 4000 where $1 <> ''`,
  win: `update holidays set day = day + 4000 where $1 <> ''`,
  words: ['Calendrier des jours fériés confirmé'],
}
