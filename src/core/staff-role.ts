/** Who may ask for what. `body` is a machine of an administration: it sees its own referrals and nothing else. */
export const STAFF_ROLES = ['ministry-supervisor', 'triage', 'manager', 'agent', 'auditor'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]
/** `driver` is a telephone exchange of our own that posts what it recorded: it files by telephone and sees nothing. */
export type TokenRole = StaffRole | 'body' | 'driver'
