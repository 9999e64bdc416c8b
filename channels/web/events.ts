/** Events of a complaint's history that have words of their own in the catalogue (`event.<name>`). */
const WORDED = new Set([
  'received',
  'referred',
  'triaged',
  'review_started',
  'information_requested',
  'information_received',
  'admissible',
  'inadmissible',
  'transferred',
  'accepted',
  'in_progress',
  'answered',
  'resubmitted',
  'closed',
  'withdrawn',
  'late',
  'outside_scope',
  'code_locked',
])

/** The name under which an event is told; one without words is told as an update, never left out. */
export const knownEvent = (event: string): string => (WORDED.has(event) ? event : 'other')
