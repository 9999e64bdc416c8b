import { PassThrough, type Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { LIMITS } from '../../src/core/limits.ts'
import type { KeepFile, KeptFile, ReadMessage, ReadResult } from '../../src/core/mail-message.ts'
import type { FromThread, ToThread } from './parse-protocol.ts'

export interface MessageReaderOptions {
  /** Threads at most: while one is held up by a poison mail, the others go on. */
  readonly threads?: number
  /** Wall clock of one message, in milliseconds, without what the store or the source take. */
  readonly patienceMs?: number
  /** Heap of one thread. */
  readonly memoryMb?: number
}

const DEFAULTS = { threads: 2, patienceMs: 20_000, memoryMb: 192 } as const
/** How often the clock is looked at. */
const TICK_MS = 100
const HEAP_LIMIT = 'ERR_WORKER_OUT_OF_MEMORY'

interface OpenFile {
  readonly stream: PassThrough
  readonly kept: Promise<KeptFile>
  bytes: number
}

/** Time spent in the thread only: what others make us wait for is not the message's fault. */
const createStopwatch = (patienceMs: number, onEnd: () => void) => {
  let spent = 0
  let waiting = 0
  // Loading a new thread is not the message's time either.
  let begun = false
  const timer = setInterval(() => {
    if (begun && waiting === 0) spent += TICK_MS
    if (spent >= patienceMs) onEnd()
  }, TICK_MS)
  return {
    aside: async <T>(work: Promise<T>): Promise<T> => {
      waiting += 1
      return await work.finally(() => {
        waiting -= 1
      })
    },
    begin: () => {
      begun = true
    },
    stop: () => clearInterval(timer),
  }
}

type Stopwatch = ReturnType<typeof createStopwatch>

const openFile = (keep: KeepFile, message: Extract<FromThread, { say: 'file' }>): OpenFile | undefined => {
  if (message.position >= LIMITS.mailFiles) return undefined
  const stream = new PassThrough()
  const kept = keep(message.file, message.position, stream)
  // Seen when the file ends; until then an early failure must not count as nobody's.
  kept.catch(() => stream.destroy())
  return { stream, kept, bytes: 0 }
}

/** Writes a piece and waits until there is room, or until the store has ended the file by itself. */
const write = async (file: OpenFile, bytes: Uint8Array): Promise<void> => {
  if (file.stream.destroyed || file.stream.write(bytes)) return
  await Promise.race([
    new Promise((resolve) => file.stream.once('drain', resolve)),
    file.kept.catch(() => undefined),
  ])
}

/** Carries one message through one thread: chunks in, files out to the store, the meaning at the end. */
const createDialogue = (worker: Worker, raw: Readable, keep: KeepFile, watch: Stopwatch) => {
  const say = (message: ToThread): void => worker.postMessage(message)
  const source = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let file: OpenFile | undefined
  /** Of the files that were kept. */
  let keptBytes = 0
  const isOver = ({ bytes }: OpenFile): boolean =>
    bytes > LIMITS.mailFileBytes || keptBytes + bytes > LIMITS.mailFilesBytes

  const feed = async (): Promise<void> => {
    const { value, done } = await watch.aside(source.next())
    if (done) return say({ say: 'end' })
    const bytes = new Uint8Array(value)
    worker.postMessage({ say: 'chunk', bytes } satisfies ToThread, [bytes.buffer])
  }

  const take = async (bytes: Uint8Array): Promise<void> => {
    if (file) {
      file.bytes += bytes.byteLength
      if (!isOver(file)) await watch.aside(write(file, bytes))
    }
    say({ say: 'more', wanted: file !== undefined && !isOver(file) })
  }

  const finish = async (): Promise<KeptFile> => {
    if (file === undefined) return { ok: false, reason: 'too_many' }
    if (isOver(file)) {
      file.stream.destroy(new Error('too large'))
      await watch.aside(file.kept).catch(() => undefined)
      return { ok: false, reason: 'too_large' }
    }
    file.stream.end()
    keptBytes += file.bytes
    return await watch.aside(file.kept)
  }

  const answer = async (message: FromThread): Promise<ReadResult | undefined> => {
    if (message.say === 'need') await feed()
    else if (message.say === 'file') file = openFile(keep, message)
    else if (message.say === 'piece') await take(message.bytes)
    else if (message.say === 'file_end') say({ say: 'kept', kept: await finish() })
    else if (message.say === 'broken') return { ok: false, reason: 'broken' }
    else return { ok: true, mail: message.mail, files: message.files }
    return undefined
  }
  return { begin: () => say({ say: 'read' }), answer, abandon: () => file?.stream.destroy() }
}

const startThread = (memoryMb: number): Worker => {
  const worker = new Worker(new URL('./parse-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
    // Hostile input is read here: nothing of ours is to be found.
    env: {},
  })
  worker.unref()
  return worker
}

/** One message through one thread. `fit`: the thread may read another one. Rejects for the store's and caller's sake only. */
const readWith = async (
  worker: Worker,
  options: Required<MessageReaderOptions>,
  raw: Readable,
  keep: KeepFile,
  signal: AbortSignal,
): Promise<{ result: ReadResult; fit: boolean }> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ result: ReadResult; fit: boolean }>()
  const fail = (reason: 'too_slow' | 'too_heavy' | 'broken') =>
    resolve({ result: { ok: false, reason }, fit: false })
  const watch = createStopwatch(options.patienceMs, () => fail('too_slow'))
  const dialogue = createDialogue(worker, raw, keep, watch)
  const onMessage = (message: FromThread): void => {
    watch.begin()
    // What broke one reading may still be at work in its thread.
    dialogue.answer(message).then((result) => result && resolve({ result, fit: result.ok }), reject)
  }
  const onError = (error: unknown) =>
    fail((error as { code?: string }).code === HEAP_LIMIT ? 'too_heavy' : 'broken')
  const onAbort = () => reject(signal.reason)
  worker.on('message', onMessage).on('error', onError)
  signal.addEventListener('abort', onAbort, { once: true })
  worker.ref()
  dialogue.begin()
  try {
    return await promise
  } finally {
    watch.stop()
    signal.removeEventListener('abort', onAbort)
    worker.off('message', onMessage).off('error', onError).unref()
    dialogue.abandon()
    raw.destroy()
  }
}

export interface MessageReader {
  readonly read: ReadMessage
  close(): Promise<void>
}

/**
 * Reads messages in threads with a wall clock and a memory limit: whatever a message is, the event loop goes on, and a
 * thread that was held up or died is replaced.
 */
export const createMessageReader = (given: MessageReaderOptions = {}): MessageReader => {
  const options = { ...DEFAULTS, ...given }
  const idle: Worker[] = []
  const waiting: (() => void)[] = []
  let busy = 0
  let closed = false

  const enter = async (): Promise<void> => {
    if (busy >= options.threads) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy += 1
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else busy -= 1
  }

  const read: ReadMessage = async (raw, keep, signal) => {
    await enter()
    const worker = idle.pop() ?? startThread(options.memoryMb)
    let fit = false
    try {
      signal.throwIfAborted()
      const ended = await readWith(worker, options, raw, keep, signal)
      fit = ended.fit
      return ended.result
    } finally {
      if (fit && !closed) idle.push(worker)
      else void worker.on('error', () => {}).terminate()
      leave()
    }
  }
  return {
    read,
    close: async () => {
      closed = true
      await Promise.all(idle.splice(0).map((worker) => worker.terminate()))
    },
  }
}
