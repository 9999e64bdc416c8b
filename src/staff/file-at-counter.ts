import type { Clock } from '../core/clock.ts'
import type { Accepted, Submission } from '../core/submission.ts'
import type { Database } from '../db/client.ts'
import type { Accept } from '../intake/accept-submission.ts'
import { derivedId } from '../intake/derived-id.ts'
import { requireSameContent } from '../intake/same-content.ts'
import { audit } from './audit.ts'
import { type Actor, requireRight } from './rights.ts'

export interface CounterDeps {
  readonly db: Database
  readonly clock: Clock
  readonly accept: Accept
  /** Texts the receipt to a telephone; false: no network reaches it. Absent where no network carries texts. */
  readonly textReceipt?: ((complaintId: string, phone: string) => Promise<boolean>) | undefined
}

/** What a clerk writes down for somebody. `key` names the form: sent twice, it files once. */
export type CounterFiling = Omit<Submission, 'channel' | 'externalId' | 'receivedAt' | 'raw'> & {
  readonly key: string
}

/** Where the receipt went by itself; empty: it is printed. */
export type ReceiptWays = readonly ('sms' | 'email')[]

/**
 * Files for a person at the counter. The clock starts now. The receipt goes to the e-mail address by the acceptance, and by text
 * to the telephone, where one was given. Throws `idempotency_mismatch` when another filing went by this key.
 */
export const fileAtCounter = async (
  deps: CounterDeps,
  actor: Actor,
  { key, ...filing }: CounterFiling,
): Promise<{ accepted: Accepted; media: Submission['media']; ways: ReceiptWays }> => {
  requireRight(actor, 'complaint.file')
  // The same filing has the same media ids when it comes again.
  const media = filing.media.map((file) => ({
    ...file,
    id: derivedId(`counter:${key}:${file.uploadId ?? file.id}`),
  }))
  const accepted = await deps.accept({
    ...filing,
    channel: 'counter',
    externalId: key,
    receivedAt: deps.clock.now(),
    media,
    raw: {
      type: 'application/json',
      body: Buffer.from(
        JSON.stringify({
          ...filing,
          by: actor.id,
          media: filing.media.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
        }),
      ),
    },
  })
  requireSameContent(accepted, filing)
  const { email, phone } = filing.contact
  const texted = phone !== undefined && (await deps.textReceipt?.(accepted.complaintId, phone)) === true
  if (!accepted.repeat) await audit(deps, actor, { action: 'complaint.file', subject: accepted.reference })
  const ways = [...(texted ? (['sms'] as const) : []), ...(email ? (['email'] as const) : [])]
  return { accepted, media, ways }
}
