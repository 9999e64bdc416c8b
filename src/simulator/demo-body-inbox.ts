import { createHash } from 'node:crypto'
import { request } from 'undici'
import type { Dossier, DossierFile } from '../core/dossier.ts'

/** One dossier as it last arrived, with what the check of its files gave. */
export interface ReceivedDossier {
  readonly event: string
  readonly at: Date
  readonly dossier: Dossier
  /** By URL: whether the bytes behind it have the hash of the manifest. */
  readonly checked: ReadonlyMap<string, boolean>
}

export interface DemoInbox {
  /** Keeps a dossier, newest first, and opens its files as a body would. */
  take(event: string, dossier: Dossier): void
  list(): readonly ReceivedDossier[]
  /** Resolves when no file is being opened any more. */
  settled(): Promise<void>
  /** Leaves what is still being opened. */
  close(): Promise<void>
}

/** A demonstration, not an archive: older dossiers make room. */
const KEPT = 100

const filesOf = (dossier: Dossier): DossierFile[] =>
  dossier.media.flatMap(({ original, renditions }) => [original, ...renditions])

/** Reads a file by its link without holding it; false when the bytes or their number differ, or it does not open. */
const hashMatches = async (file: DossierFile, url: string, signal: AbortSignal): Promise<boolean> => {
  const { statusCode, body } = await request(url, { signal })
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of body) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return statusCode === 200 && bytes === file.bytes && hash.digest('hex') === file.sha256
}

const OPEN_WITHIN_MS = 60_000

/** What the demo body has received. Only links of the gateway itself are opened. */
export const createDemoInbox = (deps: { clock: { now(): Date }; publicUrl: string }): DemoInbox => {
  const received = new Map<string, ReceivedDossier>()
  const opening = new Set<Promise<void>>()
  const closing = new AbortController()
  const settled = async () => {
    await Promise.all(opening)
  }

  const check = async (dossier: Dossier, checked: Map<string, boolean>): Promise<void> => {
    for (const file of filesOf(dossier))
      if (file.url?.startsWith(`${deps.publicUrl}/`))
        checked.set(
          file.url,
          await hashMatches(
            file,
            file.url,
            AbortSignal.any([closing.signal, AbortSignal.timeout(OPEN_WITHIN_MS)]),
          ).catch(() => false),
        )
  }

  return {
    take: (event, dossier) => {
      const checked = new Map<string, boolean>()
      // Insertion order is the order of arrival: an update moves its dossier to the end.
      received.delete(dossier.referral.id)
      received.set(dossier.referral.id, { event, at: deps.clock.now(), dossier, checked })
      for (const oldest of received.keys()) {
        if (received.size <= KEPT) break
        received.delete(oldest)
      }
      const task = check(dossier, checked).finally(() => opening.delete(task))
      opening.add(task)
    },
    list: () => [...received.values()].reverse(),
    settled,
    close: () => {
      closing.abort()
      return settled()
    },
  }
}
