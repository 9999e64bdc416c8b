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

/** What a complaint is about, as far as somebody says it: absent leaves it as it was, null takes it back. */
export interface Classification {
  /** Code of a service of the body that has it, or of a body above. */
  readonly service?: string | null | undefined
  readonly cause?: Cause | null | undefined
}
