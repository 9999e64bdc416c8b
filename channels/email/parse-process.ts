import type { FiledFile, KeepFile, KeptFile, ReadMail } from '../../src/core/mail-message.ts'
import { parseMail } from './parse-mail.ts'
import type { FromParser, ToParser } from './parse-protocol.ts'

/** A place where one answer is waited for. */
const createSlot = <T>() => {
  let resolve: ((value: T) => void) | undefined
  return {
    wait: () =>
      new Promise<T>((given) => {
        resolve = given
      }),
    give: (value: T) => resolve?.(value),
  }
}

const PIECE_BYTES = 256 * 1024

/** The parser gives a file line by line; a message between processes for each would cost more than the reading. */
async function* inPieces(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = []
  let bytes = 0
  const piece = (): Buffer => {
    const whole = Buffer.concat(chunks)
    chunks = []
    bytes = 0
    return whole
  }
  for await (const chunk of content) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= PIECE_BYTES) yield piece()
  }
  if (bytes > 0) yield piece()
}

const TICK_MS = 100
/** Of an idle loop: a parser that computes lets none pass. */
const STUCK_TICKS = 50

/** Settles when the process has had nothing to do for long although the message has not been read: it never will be. */
const guardIdle = (isAlone: () => boolean) => {
  const { promise, resolve } = Promise.withResolvers<FromParser>()
  let ticks = 0
  const timer = setInterval(() => {
    ticks = isAlone() ? ticks + 1 : 0
    if (ticks >= STUCK_TICKS) resolve({ say: 'broken' })
  }, TICK_MS)
  return { stuck: promise, stop: () => clearInterval(timer) }
}

const said = (read: { mail: ReadMail; files: readonly FiledFile[] }): FromParser => ({ say: 'read', ...read })

const serve = (say: (message: FromParser) => void): ((message: ToParser) => void) => {
  const input = createSlot<Uint8Array | undefined>()
  const taken = createSlot<boolean>()
  const kept = createSlot<KeptFile>()

  /** Everything was given to the parser; nothing is waited for from outside. */
  let isFed = false
  let isAsking = false
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    isAsking = true
    return await answer.finally(() => {
      isAsking = false
    })
  }

  async function* chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const answer = input.wait()
      say({ say: 'need' })
      const bytes = await answer
      if (bytes === undefined) {
        isFed = true
        return
      }
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
  }

  const keep: KeepFile = async (file, position, content) => {
    say({ say: 'file', file, position })
    let wanted = true
    for await (const bytes of inPieces(content as AsyncIterable<Buffer>)) {
      if (!wanted) continue
      const answer = taken.wait()
      say({ say: 'piece', bytes })
      wanted = await asked(answer)
    }
    const answer = kept.wait()
    say({ say: 'file_end' })
    return await asked(answer)
  }

  const read = async (): Promise<void> => {
    const guard = guardIdle(() => isFed && !isAsking)
    try {
      say(await Promise.race([parseMail(chunks(), keep).then(said), guard.stuck]))
    } catch {
      say({ say: 'broken' })
    } finally {
      guard.stop()
      isFed = false
    }
  }

  return (message) => {
    if (message.say === 'read') void read()
    else if (message.say === 'chunk') input.give(message.bytes)
    else if (message.say === 'end') input.give(undefined)
    else if (message.say === 'more') taken.give(message.wanted)
    else kept.give(message.kept)
  }
}

process.on(
  'message',
  serve((message) => process.send?.(message)),
)
// Whoever stops the gateway may signal its whole group; the gateway says when a reading ends, or is gone itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.once('disconnect', () => process.exit())
