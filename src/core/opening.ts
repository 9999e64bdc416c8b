/**
 * Why an official opens what shows the person: name, number, the message as it came, an original with its voice, face or place
 * (law 09-08). A closed list: the person reads the reason in the own language, and the audit, which nothing can be erased from,
 * holds no free words.
 */
export const OPENING_REASONS = ['reach', 'verify', 'evidence', 'wish', 'inspection'] as const
export type OpeningReason = (typeof OPENING_REASONS)[number]
