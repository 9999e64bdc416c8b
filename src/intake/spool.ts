import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { InboundEvent } from '../core/channel.ts'
import type { NewId } from '../core/clock.ts'
import type { RawForm } from '../core/submission.ts'

/** The folder cannot be written: without it an outage of the database would lose what people send (P05). */
export class SpoolRefusal extends Error {
  override readonly name = 'SpoolRefusal'
}

/** A file that does not hold what was written into it. */
export interface SpooledDamage {
  readonly name: string
  readonly bytes: Buffer
  readonly reason: 'damaged' | 'refused'
}

export interface Spool {
  /** Throws SpoolRefusal when the folder cannot be written durably. Also counts what an earlier run left. */
  open(): Promise<void>
  /** Resolves once the events would survive a power cut. Throws what the file system threw (disk full). */
  put(events: readonly InboundEvent[]): Promise<void>
  /** How many events wait here, as far as this process knows. */
  waiting(): number
  /**
   * Hands over what waits, oldest first, and forgets what was taken; stops at the first `later`. A damaged file, or one
   * whose event can never be recorded, is told to `setAside` and stays as `.corrupt`. Gives how many were dealt with.
   */
  replay(sink: SpoolSink): Promise<number>
}

export interface SpoolSink {
  /** Makes the event durable elsewhere. `later`: not now, try again; `refused`: it can never be. */
  record(event: InboundEvent): Promise<'recorded' | 'later' | 'refused'>
  /** Shows the damage to people. May be called again for the same file. */
  setAside(damage: SpooledDamage): Promise<'done' | 'later'>
}

const EVENT = '.event'
const CORRUPT = '.corrupt'
/** Files handed over together: they share a statement, and at most these come twice after a crash. */
const TOGETHER = 64

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** `<SHA-256 of the rest>\n<JSON head>\n<raw body>`: any damage shows. */
const encode = ({ raw, ...event }: InboundEvent): Buffer => {
  const { body, ...described } = 'body' in raw ? raw : { ...raw, body: new Uint8Array() }
  const head = JSON.stringify({ ...event, raw: { ...described, inline: 'body' in raw } })
  const rest = Buffer.concat([Buffer.from(`${head}\n`), body])
  return Buffer.concat([Buffer.from(`${sha256(rest)}\n`), rest])
}

const decode = (bytes: Buffer): InboundEvent | undefined => {
  const afterSum = bytes.indexOf(10) + 1
  const rest = bytes.subarray(afterSum)
  if (afterSum === 0 || bytes.subarray(0, afterSum - 1).toString() !== sha256(rest)) return undefined
  const end = rest.indexOf(10)
  const { raw, receivedAt, ...event } = JSON.parse(rest.subarray(0, end).toString())
  const { inline, ...described } = raw
  const form = (inline ? { ...described, body: rest.subarray(end + 1) } : described) as RawForm
  return { ...event, receivedAt: new Date(receivedAt), raw: form }
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await fs.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Written under another name and renamed: a file that is seen is whole. */
const writeDurably = async (folder: string, name: string, bytes: Buffer): Promise<void> => {
  const unfinished = path.join(folder, `${name}.tmp`)
  try {
    const handle = await fs.open(unfinished, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await fs.rename(unfinished, path.join(folder, name))
  } catch (error) {
    await fs.rm(unfinished, { force: true }).catch(() => {})
    throw error
  }
}

/** Names sort by the moment of receipt. */
const nameOf = (event: InboundEvent, newId: NewId): string =>
  `${String(event.receivedAt.getTime()).padStart(15, '0')}-${newId()}${EVENT}`

const listFolder = async (folder: string): Promise<string[]> =>
  (await fs.readdir(folder)).filter((name) => name.endsWith(EVENT)).toSorted()

interface SpoolFile {
  readonly name: string
  readonly path: string
  readonly bytes: Buffer
}

/** Undefined when another process that shares the folder was faster. */
const readSpoolFile = async (folder: string, name: string): Promise<SpoolFile | undefined> => {
  const file = path.join(folder, name)
  try {
    return { name, path: file, bytes: await fs.readFile(file) }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

const handOver = async (
  sink: SpoolSink,
  { name, path: file, bytes }: SpoolFile,
): Promise<'done' | 'later'> => {
  const event = decode(bytes)
  const end = event === undefined ? 'damaged' : await sink.record(event)
  if (end === 'later') return 'later'
  if (end === 'recorded') {
    await fs.rm(file, { force: true })
    return 'done'
  }
  const told = await sink.setAside({ name, bytes, reason: end })
  if (told === 'done') await fs.rename(file, `${file}${CORRUPT}`)
  return told
}

/** Proves by doing it that a file survives here. Throws SpoolRefusal. */
const probe = async (folder: string, name: string): Promise<void> => {
  try {
    await fs.mkdir(folder, { recursive: true })
    await fs.chmod(folder, 0o700)
    await writeDurably(folder, name, Buffer.from('probe'))
    await syncFolder(folder)
    await fs.rm(path.join(folder, name))
  } catch (error) {
    const { code = String(error) } = error as { code?: string }
    throw new SpoolRefusal(`DATA_DIR: the spool folder ${folder} cannot be written (${code})`)
  }
}

/** Events that came while the database was away, as files under `folder`. Any number of processes may share it. */
export const createSpool = ({ folder, newId }: { readonly folder: string; readonly newId: NewId }): Spool => {
  let known = 0
  return {
    open: async () => {
      await probe(folder, `${newId()}.probe`)
      known = (await listFolder(folder)).length
    },
    put: async (events) => {
      for (const event of events) {
        await writeDurably(folder, nameOf(event, newId), encode(event))
        known += 1
      }
      await syncFolder(folder)
    },
    waiting: () => known,
    replay: async (sink) => {
      for (let done = 0; ; ) {
        const names = await listFolder(folder)
        known = names.length
        if (known === 0) return done
        const files = await Promise.all(names.slice(0, TOGETHER).map((name) => readSpoolFile(folder, name)))
        const ends = await Promise.all(
          files.filter((file) => file !== undefined).map((file) => handOver(sink, file)),
        )
        done += ends.filter((end) => end === 'done').length
        if (ends.includes('later')) return done
      }
    },
  }
}
