/** Why one attempt did not succeed. An expected failure is data, never a throw. */
export interface DeliveryError {
  /** Stable, from the place that failed: `smtp_550`, `http_503`, `forbidden_address`… */
  readonly code: string
  /** For staff: says what happened, holds no secret and no personal data. */
  readonly message: string
  /** False: trying again cannot help; the message becomes a dead letter at once. */
  readonly retryable: boolean
  /** Seconds the other side asked us to wait (`Retry-After`). */
  readonly retryAfter?: number
  /** True: nothing more may be sent to this destination until a person says so (HTTP 410). */
  readonly disablesDestination?: boolean
}

export type DeliveryResult =
  | { readonly ok: true; readonly providerId?: string }
  | { readonly ok: false; readonly error: DeliveryError }

export const delivered = (providerId?: string): DeliveryResult =>
  providerId === undefined ? { ok: true } : { ok: true, providerId }

export const failed = (error: DeliveryError): DeliveryResult => ({ ok: false, error })
