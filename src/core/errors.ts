/**
 * The closed catalogue of what can go wrong at a door. A code is stable: clients branch on it and the texts of the three
 * languages hang on it (`error.<code>` in src/html/catalogue). HTTP is not known here; src/http/error-handler.ts maps it.
 */
export const ERRORS = {
  validation: 'A field is missing or wrong; `fields` names each with its reason.',
  text_or_media_required: 'A filing needs a text or at least one file.',
  text_too_long: 'The text is longer than the limit.',
  too_many_files: 'More files than the limit.',
  file_too_large: 'The file is larger than the limit.',
  file_empty: 'The file holds no bytes.',
  upload_unknown: 'An upload named in the filing does not exist, is not finished or belongs to someone else.',
  upload_expired: 'The upload was abandoned and has been removed.',
  administration_unknown: 'No administration has this code.',
  outside_scope: 'The subject lies outside public complaints (National Defence); the direction is given.',
  anonymous_not_allowed: 'The policy of this administration asks for a name and a contact.',
  phone_invalid: 'The telephone number cannot exist.',
  email_invalid: 'The e-mail address cannot exist.',
  reference_invalid: 'The reference does not have ten digits or its check digit does not match.',
  not_found: 'Nothing is here, or it is not for you.',
  wrong_code: 'Unknown reference or wrong access code: the two are told alike.',
  locked: 'Too many wrong codes; the way is closed for an hour.',
  too_many_requests: 'More requests than one client is given; `Retry-After` says when to return.',
  unauthenticated: 'A valid token or session is needed.',
  forbidden: 'The token or session has no right to this.',
  csrf: 'The form did not come from our own page.',
  conflict: 'The record is in a state that does not allow this.',
  idempotency_mismatch: 'The same Idempotency-Key came with another content.',
  ground_required: 'A refusal needs a ground from the list.',
  transfer_required: 'A complaint of another body is transferred, never refused.',
  not_mergeable: 'One of the two is over, merged already, or others are merged into it.',
  other_reviewer: 'Whoever handled an earlier round does not judge the next one.',
  reason_required: 'Opening what shows the person needs a reason from the list; the person reads it.',
  ask_first: '"Unintelligible" is a ground only after the person was asked once.',
  not_ready: 'The body may not go live yet; `fields` names what is missing.',
  no_sector_accepted: 'A synthesis adds up accepted sector reports, and there is none yet.',
  report_in_hand:
    'The report is with the ministry, or accepted: it is not built again before it is returned or published.',
  other_eyes: 'Whoever handed a report in does not accept it.',
  address_forbidden: 'The address points to a place that outbound calls may not reach.',
  payload_too_large: 'The request is larger than the limit.',
  unsupported_media_type: 'The content type is not one this address takes.',
  insufficient_storage: 'There is no room for uploads now; the text can still be filed.',
  unavailable: 'A part of the gateway is away; try again.',
  proof_of_work: 'The proof of work is missing, wrong or used.',
  internal: 'An unexpected failure; it is logged under the request id.',
} as const

export type ErrorCode = keyof typeof ERRORS

/** Names a field with a reason from the catalogue, for the summary at the head of a form. */
export interface FieldError {
  readonly field: string
  readonly code: string
  /** A limit or an example to show beside it. */
  readonly detail?: string
}

/** Thrown where the straight line cannot go on; expected outcomes at seams are unions instead. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: readonly FieldError[]
  readonly retryAfter: number | undefined

  constructor(
    code: ErrorCode,
    options: { fields?: readonly FieldError[]; retryAfter?: number; cause?: unknown; detail?: string } = {},
  ) {
    super(options.detail ?? ERRORS[code], { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.fields = options.fields ?? []
    this.retryAfter = options.retryAfter
  }
}
