import { foldersOf } from '../composition/parts.ts'
import { createReception } from '../intake/receive-events.ts'
import { replayFailedEvents } from '../intake/replay-events.ts'
import { replaySpool } from '../intake/replay-spool.ts'
import { createSpool } from '../intake/spool.ts'
import { type Command, textOf } from './command.ts'
import { instantOf } from './instant.ts'
import { withParts } from './open-parts.ts'

export const replay: Command = {
  name: 'replay',
  summary: 'bring in what waits in the spool, and have events whose judging failed judged again',
  options: {
    since: { type: 'string', value: 'YYYY-MM-DD[Thh:mmZ]', about: 'only events received since then' },
    channel: {
      type: 'string',
      value: 'NAME',
      about: 'only events of this channel: sms, whatsapp, voice, email',
    },
  },
  examples: ['replay', 'replay --channel email --since 2026-11-20 --json'],
  run: ({ values, config }) => {
    const since = instantOf(values, 'since')
    const channel = textOf(values, 'channel')
    return withParts(config(), async (parts) => {
      const { db, clock, newId, logger } = parts
      const spool = createSpool({ folder: foldersOf(parts.config).spool, newId })
      await spool.open()
      const receive = createReception({ sql: db.sql, newId })
      const spooled = await replaySpool({ db, clock, newId, spool, receive, logger })
      const failed = await replayFailedEvents(
        { sql: db.sql, clock },
        { ...(since && { since }), ...(channel && { channel }) },
      )
      const text = `${spooled} events of the spool recorded, ${failed} failed events before their judge again`
      return { json: { spooled, failed }, text }
    })
  },
}
