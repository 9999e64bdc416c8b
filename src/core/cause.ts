/** Why people complain: one short list for every body, so that the sector reports compare. Chosen by whoever handles the complaint. */
export const CAUSES = [
  'delay',
  'no_reply',
  'refusal_unexplained',
  'error_in_file',
  'missing_information',
  'conduct',
  'access',
  'cost',
  'quality',
  'other',
] as const
export type Cause = (typeof CAUSES)[number]
