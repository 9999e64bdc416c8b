/** How complaints reach a body: its people at the console, or its own system. */
export const CONNECTOR_CHOICES = ['console', 'webhook', 'email', 'open311', 'pull'] as const
export type ConnectorChoice = (typeof CONNECTOR_CHOICES)[number]

/** What a connector must prove before its body goes live. */
export const CONFORMANCE_RULES = [
  'signature',
  'idempotency',
  'slow',
  'error',
  'acknowledgement',
  'answer',
  'transfer',
] as const
export type ConformanceRule = (typeof CONFORMANCE_RULES)[number]

/** What a probe found; `detail` is a code for the report. */
export interface ProbeResult {
  readonly ok: boolean
  readonly detail: string
}

export interface ConformanceResult {
  readonly rule: ConformanceRule
  /**
   * `not_applicable`: nothing of this connector could break the rule. `waiting`: the body has not done its part yet. `not_tried`:
   * the body was too slow for more to be asked of it.
   */
  readonly state: 'passed' | 'failed' | 'not_applicable' | 'waiting' | 'not_tried'
  readonly detail: string
}

/**
 * The rules that a way of reaching a body can break. What people do in the console or by mail signs and repeats nothing; a mail may
 * be refused or come back (`error`).
 */
export const RULES_OF: Readonly<Record<ConnectorChoice, readonly ConformanceRule[]>> = {
  console: ['acknowledgement', 'answer', 'transfer'],
  email: ['slow', 'error', 'acknowledgement', 'answer', 'transfer'],
  pull: ['idempotency', 'acknowledgement', 'answer', 'transfer'],
  open311: CONFORMANCE_RULES,
  webhook: CONFORMANCE_RULES,
}

/** The twelve ticks between a request and the first real complaint. */
export const CHECKLIST = [
  'approved',
  'names',
  'units',
  'manager',
  'deputy',
  'agents',
  'services',
  'calendar',
  'templates',
  'connector',
  'practice',
  'conformance',
] as const
export type Tick = (typeof CHECKLIST)[number]

/** Practice complaints of the exercise; all of them are handled before a body goes live. */
export const PRACTICE_CASES = 10
