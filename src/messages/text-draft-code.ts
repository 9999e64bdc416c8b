import type { Locale } from '../core/locale.ts'
import { findWay, readConversation } from './find-way.ts'
import { MASKED_CODE, queueMessages } from './queue-messages.ts'
import type { WriteDeps } from './write-to-complainant.ts'

/**
 * Texts the code that opens a draft to the number its writer gave. The code itself is put in when the message goes out.
 * False: no network is there to send it, or the number wants no texts of ours. `occasion` names the wish: the same one is
 * texted once.
 */
export const textDraftCode = (
  deps: WriteDeps,
  wish: {
    readonly draftId: string
    readonly phone: string
    readonly language: Locale
    readonly occasion: string
  },
): Promise<boolean> =>
  deps.db.orm.transaction(async (tx) => {
    const { draftId, phone, language, occasion } = wish
    const conversation = await readConversation(tx, 'sms', phone)
    const way = findWay(deps.drivers, conversation, 'sms', phone)
    if (way === undefined || conversation?.state.stopped) return false
    const purpose = 'draft_code'
    const draft = {
      purpose,
      language,
      text: deps.write(language, purpose, { accessCode: MASKED_CODE }),
      variables: { draft: draftId },
      dedupeKey: `draft.code:${draftId}:${occasion}`,
    } as const
    await queueMessages(tx, { now: deps.clock.now(), newId: deps.newId }, way, [draft])
    return true
  })
