import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { LIMITS } from '../../src/core/limits.ts'
import type { KeepFile, KeptFile, ReadMessage, ReadResult } from '../../src/core/mail-message.ts'
import type { FromParser, ToParser } from './parse-protocol.ts'

export interface MessageReaderOptions {
  /** Processes at most: while one is held up by a poison mail, the others go on. */
  readonly processes?: number
  /** Wall clock of one message, in milliseconds, without what the store or the source take. */
  readonly patienceMs?: number
  /** Heap of one process. */
  readonly memoryMb?: number
}

const DEFAULTS = { processes: 2, patienceMs: 20_000, memoryMb: 192 } as const
/** How often the clock is looked at. */
const TICK_MS = 100
/** How V8 ends when its heap is full, and how a kernel ends who takes its last memory. */
const OUT_OF_MEMORY: readonly (NodeJS.Signals | null)[] = ['SIGABRT', 'SIGKILL']
const PARSER = fileURLToPath(new URL('./parse-process.ts', import.meta.url))

interface OpenFile {
  readonly stream: PassThrough
  readonly kept: Promise<KeptFile>
  bytes: number
}

/** Time spent in the process only: what others make us wait for is not the message's fault. */
const createStopwatch = (patienceMs: number, onEnd: () => void) => {
  let spent = 0
  let waiting = 0
  // Loading a new process is not the message's time either.
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
    hasBegun: () => begun,
    stop: () => clearInterval(timer),
  }
}

type Stopwatch = ReturnType<typeof createStopwatch>

const openFile = (keep: KeepFile, message: Extract<FromParser, { say: 'file' }>): OpenFile | undefined => {
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

/** Carries one message through one process: chunks in, files out to the store, the meaning at the end. */
const createDialogue = (parser: ChildProcess, raw: Readable, keep: KeepFile, watch: Stopwatch) => {
  // Who is gone is not told anything; that it went is seen by its end.
  const say = (message: ToParser): void => void (parser.connected && parser.send(message, () => {}))
  const source = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let file: OpenFile | undefined
  /** Of the files that were kept. */
  let keptBytes = 0
  const isOver = ({ bytes }: OpenFile): boolean =>
    bytes > LIMITS.mailFileBytes || keptBytes + bytes > LIMITS.mailFilesBytes

  const feed = async (): Promise<void> => {
    const { value, done } = await watch.aside(source.next())
    say(done ? { say: 'end' } : { say: 'chunk', bytes: value })
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

  const answer = async (message: FromParser): Promise<ReadResult | undefined> => {
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

/**
 * V8 may abort its whole process where a heap ends, a thread's as well: hostile input is read in a process of its own.
 * It is given nothing of ours, and leaves no image of its memory behind, which would be somebody's mail.
 */
const startParser = (memoryMb: number): ChildProcess => {
  const parser = fork(PARSER, {
    execPath: '/bin/sh',
    execArgv: [
      '-c',
      'ulimit -c 0; exec "$0" "$@"',
      process.execPath,
      '--no-warnings',
      `--max-old-space-size=${memoryMb}`,
    ],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Its end is what is looked at; without a listener an error would be the gateway's own.
  return parser.on('error', () => {})
}

/** Whether the gateway stays for this process. */
const hold = (parser: ChildProcess, held: boolean): void => {
  for (const handle of [parser, parser.channel]) held ? handle?.ref() : handle?.unref()
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null

const end = async (parser: ChildProcess): Promise<void> => {
  if (hasEnded(parser)) return
  const ended = once(parser, 'exit')
  parser.ref()
  parser.kill('SIGKILL')
  await ended
}

/** One message through one process. `fit`: it may read another one. Rejects for the store's, the caller's and the machine's sake only. */
const readWith = async (
  parser: ChildProcess,
  options: Required<MessageReaderOptions>,
  raw: Readable,
  keep: KeepFile,
  signal: AbortSignal,
): Promise<{ result: ReadResult; fit: boolean }> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ result: ReadResult; fit: boolean }>()
  const fail = (reason: 'too_slow' | 'too_heavy' | 'broken') =>
    resolve({ result: { ok: false, reason }, fit: false })
  const watch = createStopwatch(options.patienceMs, () => fail('too_slow'))
  const dialogue = createDialogue(parser, raw, keep, watch)
  const onMessage = (message: FromParser): void => {
    watch.begin()
    // What broke one reading may still be at work in its process.
    dialogue.answer(message).then((result) => result && resolve({ result, fit: result.ok }), reject)
  }
  const onExit = (_code: number | null, by: NodeJS.Signals | null): void => {
    // Before it asked for the first bytes the message had no part in it.
    if (!watch.hasBegun()) reject(new Error('the process that reads mail did not begin'))
    else fail(OUT_OF_MEMORY.includes(by) ? 'too_heavy' : 'broken')
  }
  const onAbort = () => reject(signal.reason)
  parser.on('message', onMessage).on('error', reject).on('exit', onExit)
  signal.addEventListener('abort', onAbort, { once: true })
  hold(parser, true)
  dialogue.begin()
  try {
    return await promise
  } finally {
    watch.stop()
    signal.removeEventListener('abort', onAbort)
    parser.off('message', onMessage).off('error', reject).off('exit', onExit)
    hold(parser, false)
    dialogue.abandon()
    raw.destroy()
  }
}

export interface MessageReader {
  readonly read: ReadMessage
  close(): Promise<void>
}

/**
 * Reads messages in processes with a wall clock and a memory limit: whatever a message is, the gateway goes on, and a
 * process that was held up or died is replaced.
 */
export const createMessageReader = (given: MessageReaderOptions = {}): MessageReader => {
  const options = { ...DEFAULTS, ...given }
  const idle: ChildProcess[] = []
  const waiting: (() => void)[] = []
  let busy = 0
  let closed = false

  const enter = async (): Promise<void> => {
    if (busy >= options.processes) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy += 1
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else busy -= 1
  }
  const takeParser = (): ChildProcess => {
    const parser = idle.pop()
    if (parser === undefined) return startParser(options.memoryMb)
    return hasEnded(parser) ? takeParser() : parser
  }

  const read: ReadMessage = async (raw, keep, signal) => {
    await enter()
    let parser: ChildProcess | undefined
    let fit = false
    try {
      signal.throwIfAborted()
      parser = takeParser()
      const ended = await readWith(parser, options, raw, keep, signal)
      fit = ended.fit
      return ended.result
    } finally {
      if (parser && fit && !closed) idle.push(parser)
      else if (parser) void end(parser)
      leave()
    }
  }
  return {
    read,
    close: async () => {
      closed = true
      await Promise.all(idle.splice(0).map(end))
    },
  }
}
