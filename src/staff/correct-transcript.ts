import { AppError } from '../core/errors.ts'
import { audit } from './audit.ts'
import { isUuid } from './open-evidence.ts'
import { findHeldComplaint } from './open-identity.ts'
import type { ReadDeps } from './read-complaint.ts'
import type { Actor } from './rights.ts'

/** A person corrects or confirms what a recording says; from then on it is no machine's any more. */
export const correctTranscript = async (
  deps: ReadDeps,
  actor: Actor,
  { reference, asset, text }: { readonly reference: string; readonly asset: string; readonly text: string },
): Promise<void> => {
  const complaint = await findHeldComplaint(deps, actor, reference, 'transcript.correct')
  const now = deps.clock.now()
  const changed = isUuid(asset)
    ? await deps.db.sql`
        update transcripts t set text = ${text}, source = case when t.text = ${text} then source else 'person' end, confirmed_at = ${now}
        from media_assets m where t.asset_id = ${asset} and m.id = t.asset_id and m.complaint_id = ${complaint.id} returning t.asset_id`
    : []
  if (changed.length === 0) throw new AppError('not_found')
  await audit(deps, actor, {
    action: 'transcript.correct',
    subject: complaint.reference,
    facts: { asset },
  })
}
