import { createHash } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import { receiptContent } from '../core/receipt.ts'
import type { Accepted, Submission } from '../core/submission.ts'

/**
 * A key that comes again with another content is another message under a name already taken: the sender must hear of it.
 * Throws `idempotency_mismatch`.
 */
export const requireSameContent = (
  accepted: Pick<Accepted, 'repeat' | 'contentSha256'>,
  content: Pick<Submission, 'text' | 'media'>,
): void => {
  const digest = createHash('sha256').update(receiptContent(content)).digest('hex')
  if (accepted.repeat && accepted.contentSha256 !== digest) throw new AppError('idempotency_mismatch')
}
