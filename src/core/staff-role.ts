/** Who may ask for what: the people of the ministry, and those of one body. */
export const STAFF_ROLES = [
  'ministry-supervisor',
  'triage',
  'manager',
  'agent',
  'trainee',
  'auditor',
  'clerk',
] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

/**
 * `body` is a machine of an administration: it sees its own referrals and nothing else. `driver` is a telephone exchange of our
 * own that posts what it recorded: it files by telephone and sees nothing.
 */
export type TokenRole = StaffRole | 'body' | 'driver'

/** Roles that make sense only within one body. */
export const OF_A_BODY: readonly TokenRole[] = ['manager', 'agent', 'trainee', 'clerk', 'body']
