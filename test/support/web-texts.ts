import { afterNotice } from '../../channels/sms/conversation.ts'
import type { Clock } from '../../src/core/clock.ts'
import { delivered } from '../../src/core/delivery.ts'
import type { OutgoingText, TextDriver } from '../../src/core/text-message.ts'
import type { Database } from '../../src/db/client.ts'
import { createTextWriter } from '../../src/html/sms-text.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { draftCode } from '../../src/intake/resume-draft.ts'
import { createSendMessage } from '../../src/messages/send-message.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { testSecrets } from './acceptance.ts'

/** A telephone network for the pages: keeps what was handed over, once `deliver` has done the relay's work. */
export const webTexts = () => {
  const sent: OutgoingText[] = []
  const driver: TextDriver = {
    id: 'paper',
    rawType: 'paper',
    channels: ['sms'],
    defaultLine: { sms: '+212530000100' },
    send: async (message) => {
      sent.push(message)
      return delivered(message.id)
    },
    readText: () => undefined,
    readStatus: () => undefined,
  }
  return {
    sent,
    parts: ({ db, clock }: { db: Database; clock: Clock }) => ({
      writing: {
        db,
        clock,
        newId: newUuidV7,
        drivers: [driver],
        write: createTextWriter(undefined),
        afterNotice,
        officeZone: 'Africa/Casablanca',
      },
    }),
    deliver: async ({ db, clock }: { db: Database; clock: Clock }): Promise<void> => {
      const send = createSendMessage({
        db,
        clock,
        newId: newUuidV7,
        drivers: [driver],
        accessCodeOf: (id) => accessCodeOf(testSecrets, id),
        draftCodeOf: (id, phone) => draftCode(testSecrets, id, phone),
        maskedLink: '-',
        createUploadLink: async () => '-',
        templates: new Map(),
        soundUrl: () => '-',
      })
      const queued = await db.sql<{ id: string }[]>`
        select id from outgoing_messages where state = 'queued' order by created_at`
      for (const { id } of queued)
        await send({ messageId: id }, { messageId: id, attempt: 1, signal: new AbortController().signal })
    },
  }
}
