import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { and, eq } from 'drizzle-orm'
import type { CallNotice } from '../../core/call.ts'
import type { ObjectStore, StoredObject } from '../../core/object-store.ts'
import type { Database } from '../../db/client.ts'
import { inboundEvents } from '../../db/schema/index.ts'
import { VOICE } from './call-deps.ts'

export interface HearTakeDeps {
  readonly db: Pick<Database, 'orm'>
  readonly store: Pick<ObjectStore, 'get' | 'delete'>
  readonly readNotice: (raw: Buffer) => CallNotice | undefined
  readonly fetch: (
    url: string,
    signal: AbortSignal,
  ) => Promise<
    { readonly ok: true; readonly object: StoredObject } | { readonly ok: false; readonly error: unknown }
  >
}

const AGAIN_MS = 700

/**
 * A caller's own recording, brought over for this one hearing: it may still be thrown away. The provider has it some seconds
 * after it ended, so it is asked for until the signal aborts. Undefined when there is no such recording.
 */
export const hearTake = async (
  deps: HearTakeDeps,
  sid: string,
  signal: AbortSignal,
): Promise<Readable | undefined> => {
  const [event] = await deps.db.orm
    .select({ raw: inboundEvents.rawBody })
    .from(inboundEvents)
    .where(and(eq(inboundEvents.channel, VOICE), eq(inboundEvents.externalId, sid)))
  const notice = event?.raw ? deps.readNotice(event.raw) : undefined
  if (notice?.type !== 'recording') return undefined
  for (;;) {
    const fetched = await deps.fetch(`${notice.url.replace(/\.\w{3}$/, '')}.wav`, signal)
    if (fetched.ok) {
      const { key } = fetched.object
      const body = await deps.store.get(key)
      body?.once('close', () => void deps.store.delete(key).catch(() => {}))
      return body
    }
    if (signal.aborted) return undefined
    await wait(AGAIN_MS, undefined, { signal })
  }
}
