import { setTimeout as pause } from 'node:timers/promises'
import smpp, { type Pdu, type Session } from 'smpp'
import type { DoorMemory, Receive } from '../../../src/core/channel.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { SmppConfig } from './config.ts'
import { createEventNames, type EventNames } from './name-events.ts'
import { eventOf, SMPP_TYPE } from './parse.ts'

/** The library's own decoding loses octets that its tables do not know; we record them and decode ourselves. */
for (const field of [smpp.commands['deliver_sm']?.params['short_message'], smpp.tlvs['message_payload']])
  if (field) delete field.filter

const OK = 0x00
const SYSTEM_ERROR = 0x08

/** Milliseconds. */
const TIMING = {
  /** An answer that has not come by then does not come. */
  answer: 10_000,
  enquireEvery: 30_000,
  firstWait: 500,
  longestWait: 30_000,
  /** How often what was answered is looked at: has it arrived for sure? */
  settleEvery: 5_000,
}

export interface LinkEvent {
  readonly event: 'smpp.bound' | 'smpp.lost' | 'smpp.refused' | 'smpp.not_recorded'
  readonly reason?: unknown
}

export interface LinkDeps {
  readonly config: SmppConfig
  readonly clock: Clock
  /** Hears of the link, never of what went over it. */
  readonly note: (event: LinkEvent) => void
  readonly timing?: Partial<typeof TIMING>
}

type Timing = typeof TIMING

type Ask = (heard: (response: Pdu) => void) => boolean

/** Asks and waits for the answer; undefined when none comes in time or the signal aborts. */
const answered = (ask: Ask, patience: number, signal?: AbortSignal): Promise<Pdu | undefined> =>
  new Promise((resolve) => {
    const leave = () => end(undefined)
    const timer = setTimeout(leave, patience)
    const end = (answer: Pdu | undefined) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', leave)
      resolve(answer)
    }
    signal?.addEventListener('abort', leave, { once: true })
    if (!ask(end)) end(undefined)
  })

const opened = ({ host, port, tls }: SmppConfig, { answer }: Timing): Promise<Session> =>
  new Promise((resolve, reject) => {
    const session = smpp.connect({ host, port, tls })
    const timer = setTimeout(() => session.destroy(), answer)
    session.on('error', reject)
    session.once('close', () => reject(new Error('the SMSC closed the connection')))
    session.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      resolve(session)
    })
  })

const bind = async (session: Session, config: SmppConfig, timing: Timing): Promise<void> => {
  const { systemId: system_id, password } = config
  const answer = await answered(
    (heard) =>
      session.bind_transceiver({ system_id, password, interface_version: 0x34, system_type: '' }, heard),
    timing.answer,
  )
  if (answer?.command_status === OK) return
  session.destroy()
  throw new Error(`the SMSC refused the bind with status ${answer?.command_status ?? 'none'}`)
}

/** Answers deliver_sm only once its event is durable; an SMSC that hears an error or nothing brings it again. */
const listen = (session: Session, { clock, note }: LinkDeps, names: EventNames, receive: Receive): void => {
  const take = async (pdu: Pdu): Promise<void> => {
    const brought = eventOf(pdu, clock.now())
    const { body, ...event } = brought
    try {
      const named = await names.nameOf(brought)
      await receive([{ ...event, ...named, raw: { type: SMPP_TYPE, body } }])
      if (session.send(pdu.response({ command_status: OK, message_id: '' })))
        names.answered(named, event.receivedAt, clock.now())
    } finally {
      names.settle(brought)
    }
  }
  session.on('deliver_sm', (pdu: Pdu) => {
    take(pdu).catch((reason: unknown) => {
      note({ event: 'smpp.not_recorded', reason })
      session.send(pdu.response({ command_status: SYSTEM_ERROR }))
    })
  })
  session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()))
  session.on('unbind', (pdu: Pdu) => {
    session.send(pdu.response())
    session.close()
  })
}

/** A link that says nothing for too long is dead, whatever the socket believes. */
const keepAlive = (session: Session, { enquireEvery, answer }: Timing): (() => void) => {
  const timer = setInterval(() => {
    void answered((heard) => session.enquire_link(heard), answer).then((heard) => {
      if (heard === undefined) session.destroy()
    })
  }, enquireEvery)
  return () => clearInterval(timer)
}

const untilClosed = (session: Session, { answer }: Timing, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    session.once('close', resolve)
    const leave = () => {
      void answered((heard) => session.unbind(heard), answer).then(() => session.destroy())
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })

/**
 * One bound connection to an SMSC, kept for as long as `watch` runs: bound again after every loss, sooner at first and then
 * every half minute. `ask` gives undefined while there is none.
 */
export const createSmppLink = (deps: LinkDeps) => {
  const timing: Timing = { ...TIMING, ...deps.timing }
  let current: { readonly session: Session; readonly lost: AbortSignal } | undefined

  const settleAnswers = (names: EventNames): (() => void) => {
    const timer = setInterval(() => {
      names
        .linkStands(deps.clock.now())
        .catch((reason: unknown) => deps.note({ event: 'smpp.not_recorded', reason }))
    }, timing.settleEvery)
    return () => clearInterval(timer)
  }

  const serve = async (receive: Receive, names: EventNames, signal: AbortSignal): Promise<void> => {
    const session = await opened(deps.config, timing)
    // Before the bind: what waits at the SMSC comes in the same breath as its answer.
    listen(session, deps, names, receive)
    await bind(session, deps.config, timing)
    const losing = new AbortController()
    session.removeAllListeners('error')
    session.on('error', (reason: unknown) => {
      deps.note({ event: 'smpp.lost', reason })
      session.destroy()
    })
    const stops = [keepAlive(session, timing), settleAnswers(names)]
    current = { session, lost: losing.signal }
    deps.note({ event: 'smpp.bound' })
    await untilClosed(session, timing, signal)
    current = undefined
    names.linkLost()
    for (const stop of stops) stop()
    // Whoever still waits for an answer on this link hears at once that none comes.
    losing.abort()
  }

  return {
    isBound: () => current !== undefined,
    ask: async (what: (session: Session, heard: (response: Pdu) => void) => boolean, signal: AbortSignal) => {
      if (current === undefined) return undefined
      const { session, lost } = current
      return answered((heard) => what(session, heard), timing.answer, AbortSignal.any([signal, lost]))
    },
    watch: async (receive: Receive, signal: AbortSignal, memory: DoorMemory): Promise<void> => {
      const names = createEventNames(memory)
      for (let wait = timing.firstWait; !signal.aborted; ) {
        const began = performance.now()
        await serve(receive, names, signal).catch((reason: unknown) =>
          deps.note({ event: 'smpp.refused', reason }),
        )
        if (signal.aborted) return
        // A link that lasted was good: the next loss is its first.
        wait = performance.now() - began > timing.longestWait ? timing.firstWait : wait
        await pause(wait, undefined, { signal, ref: false }).catch(() => {})
        wait = Math.min(wait * 2, timing.longestWait)
      }
    },
  }
}

export type SmppLink = ReturnType<typeof createSmppLink>
