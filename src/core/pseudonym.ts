import type { Secrets } from './secrets.ts'

/** Stands for the person in this complaint alone: two complaints of one person have two pseudonyms (law 09-08). */
export const pseudonymOf = (secrets: Pick<Secrets, 'mac'>, complaintId: string): string =>
  `C-${secrets.mac('pseudonym', complaintId).slice(0, 10)}`
