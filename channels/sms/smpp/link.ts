import { setTimeout as pause } from 'node:timers/promises'
import smpp, { type Pdu, type Session } from 'smpp'
import type { Receive } from '../../../src/core/channel.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { SmppConfig } from './config.ts'
import { createEventNames, type EventNames } from './name-events.ts'
import { eventOf, SMPP_TYPE } from './parse.ts'

/** The library's own decoding loses octets that its tables do not know; we record them and decode ourselves. */
for (const field of [smpp.commands['deliver_sm']?.params['short_message'], smpp.tlvs['message_payload']])
  if (field) delete field.filter

const OK = 0x00
const SYSTEM_ERROR = 0x08

const ANSWER_MS = 10_000
const ENQUIRE_EVERY_MS = 30_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

export interface LinkEvent {
  readonly event: 'smpp.bound' | 'smpp.lost' | 'smpp.refused' | 'smpp.not_recorded'
  readonly reason?: unknown
}

export interface LinkDeps {
  readonly config: SmppConfig
  readonly clock: Clock
  /** Hears of the link, never of what went over it. */
  readonly note: (event: LinkEvent) => void
}

type Ask = (heard: (response: Pdu) => void) => boolean

/** Asks and waits for the answer; undefined when none comes in time or the link is down. */
const answered = (ask: Ask, signal?: AbortSignal): Promise<Pdu | undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWER_MS)
    const end = (answer: Pdu | undefined) => {
      clearTimeout(timer)
      resolve(answer)
    }
    signal?.addEventListener('abort', () => end(undefined), { once: true })
    if (!ask(end)) end(undefined)
  })

const opened = (config: SmppConfig): Promise<Session> =>
  new Promise((resolve, reject) => {
    const { host, port, tls } = config
    const session = smpp.connect({ host, port, tls })
    const timer = setTimeout(() => session.destroy(), ANSWER_MS)
    session.on('error', reject)
    session.once('close', () => reject(new Error('the SMSC closed the connection')))
    session.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      resolve(session)
    })
  })

const bound = async (config: SmppConfig): Promise<Session> => {
  const session = await opened(config)
  const { systemId: system_id, password } = config
  const answer = await answered((heard) =>
    session.bind_transceiver({ system_id, password, interface_version: 0x34, system_type: '' }, heard),
  )
  if (answer?.command_status === OK) return session
  session.destroy()
  throw new Error(`the SMSC refused the bind with status ${answer?.command_status ?? 'none'}`)
}

/** Answers deliver_sm only once its event is durable; an SMSC that hears an error or nothing brings it again. */
const listen = (session: Session, { clock, note }: LinkDeps, names: EventNames, receive: Receive): void => {
  const take = async (pdu: Pdu): Promise<void> => {
    const { body, ...event } = eventOf(pdu, clock.now())
    const externalId = names.nameOf(body, event.receivedAt)
    await receive([{ ...event, externalId, raw: { type: SMPP_TYPE, body } }])
    if (session.send(pdu.response({ command_status: OK, message_id: '' })))
      names.answered(body, event.receivedAt, clock.now())
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
const keepAlive = (session: Session): (() => void) => {
  const timer = setInterval(() => {
    void answered((heard) => session.enquire_link(heard)).then((answer) => {
      if (answer === undefined) session.destroy()
    })
  }, ENQUIRE_EVERY_MS)
  return () => clearInterval(timer)
}

const untilClosed = (session: Session, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    session.once('close', resolve)
    const leave = () => {
      void answered((heard) => session.unbind(heard)).then(() => session.destroy())
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })

/**
 * One bound connection to an SMSC, kept for as long as `watch` runs: bound again after every loss, sooner at first and then
 * every half minute. `ask` gives undefined while there is none.
 */
export const createSmppLink = (deps: LinkDeps) => {
  let current: Session | undefined
  const names = createEventNames()

  const serve = async (receive: Receive, signal: AbortSignal): Promise<void> => {
    const session = await bound(deps.config)
    session.removeAllListeners('error')
    session.on('error', (reason: unknown) => {
      deps.note({ event: 'smpp.lost', reason })
      session.destroy()
    })
    listen(session, deps, names, receive)
    const stopEnquiring = keepAlive(session)
    current = session
    deps.note({ event: 'smpp.bound' })
    await untilClosed(session, signal)
    current = undefined
    names.linkLost(deps.clock.now())
    stopEnquiring()
  }

  return {
    isBound: () => current !== undefined,
    ask: async (what: (session: Session, heard: (response: Pdu) => void) => boolean, signal: AbortSignal) => {
      const session = current
      return session && answered((heard) => what(session, heard), signal)
    },
    watch: async (receive: Receive, signal: AbortSignal): Promise<void> => {
      for (let wait = FIRST_WAIT_MS; !signal.aborted; ) {
        const began = performance.now()
        await serve(receive, signal).catch((reason: unknown) => deps.note({ event: 'smpp.refused', reason }))
        if (signal.aborted) return
        // A link that lasted was good: the next loss is its first.
        wait = performance.now() - began > LONGEST_WAIT_MS ? FIRST_WAIT_MS : wait
        await pause(wait, undefined, { signal, ref: false }).catch(() => {})
        wait = Math.min(wait * 2, LONGEST_WAIT_MS)
      }
    },
  }
}

export type SmppLink = ReturnType<typeof createSmppLink>
