import type { AddressInfo } from 'node:net'
import smpp, { type Pdu, type Session } from 'smpp'
import { encodeText } from '../../channels/sms/smpp/coding.ts'
import type { SmppConfig } from '../../channels/sms/smpp/config.ts'
import { encodingOf } from '../../src/core/segments.ts'
import { pollUntil } from './poll-until.ts'

/** In place of a status, when the link went down instead. */
export const NO_ANSWER = -1

export interface Submitted {
  readonly id: string
  readonly from: string
  readonly to: string
  /** As the library decodes it: a second pair of eyes on our own coding. */
  readonly text: string
  readonly dataCoding: number
  /** reference, total, number of the user data header. */
  readonly part: readonly number[] | undefined
  readonly registered: number
}

const read = (pdu: Pdu, id: string): Submitted => {
  const { message, udh } = pdu.short_message as { message: string; udh?: Buffer[] }
  return {
    id,
    from: `${pdu.source_addr_ton === 1 ? '+' : ''}${pdu.source_addr}`,
    to: `${pdu.dest_addr_ton === 1 ? '+' : ''}${pdu.destination_addr}`,
    text: message,
    dataCoding: pdu.data_coding,
    part: udh?.[0] && [...udh[0].subarray(2)],
    registered: pdu.registered_delivery,
  }
}

/** A message centre of an operator on a real socket: takes binds and submit_sm, delivers texts and receipts, misbehaves on demand. */
export const startSmsc = async () => {
  const submitted: Submitted[] = []
  /** Statuses that the next submit_sm are answered with; then all is well. */
  const refusals: number[] = []
  const behaviour = { silent: false, deaf: false, slowMs: 0, password: 'secret' }
  /** Delivered in the same breath as the answer to the next bind; then the statuses they were answered with. */
  const waiting: object[] = []
  const taken: number[] = []
  let open = 0
  let mostOpen = 0
  let bound: Session | undefined
  let binds = 0
  let enquiries = 0

  const server = smpp.createServer((session) => {
    session.setMaxListeners(0)
    session.on('error', () => {})
    session.on('close', () => {
      if (bound === session) bound = undefined
    })
    session.on('bind_transceiver', (pdu: Pdu) => {
      const isRight = pdu.password === behaviour.password
      session.send(pdu.response({ command_status: isRight ? 0 : 0x0e, system_id: 'SMSC' }))
      if (!isRight) return
      for (const fields of waiting.splice(0))
        session.deliver_sm(fields, ({ command_status }) => taken.push(command_status))
      binds += 1
      bound = session
    })
    session.on('enquire_link', (pdu: Pdu) => {
      enquiries += 1
      if (behaviour.deaf) return
      session.send(pdu.response())
    })
    session.on('unbind', (pdu: Pdu) => {
      if (bound === session) bound = undefined
      session.send(pdu.response())
      session.close()
    })
    session.on('submit_sm', (pdu: Pdu) => {
      if (behaviour.silent) {
        behaviour.silent = false
        return
      }
      const refusal = refusals.shift()
      // 0 lets one through.
      if (refusal) {
        session.send(pdu.response({ command_status: refusal }))
        return
      }
      const id = `00A${submitted.length.toString(16)}`
      submitted.push(read(pdu, id))
      open += 1
      mostOpen = Math.max(mostOpen, open)
      setTimeout(() => {
        open -= 1
        session.send(pdu.response({ message_id: id }))
      }, behaviour.slowMs)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })

  const bind = async (): Promise<Session> => {
    await pollUntil(() => bound !== undefined)
    return bound!
  }
  /** Sends a deliver_sm and gives the status it was answered with, or NO_ANSWER. */
  const deliver = async (fields: object): Promise<number> => {
    const session = await bind()
    return new Promise((resolve) => {
      session.once('close', () => resolve(NO_ANSWER))
      session.deliver_sm(
        { source_addr_ton: 1, source_addr_npi: 1, dest_addr_ton: 0, dest_addr_npi: 1, ...fields },
        (answer) => resolve(answer.command_status),
      )
    })
  }
  const config = (): SmppConfig => ({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    tls: false,
    systemId: 'wasl',
    password: 'secret',
    from: '3737',
  })
  return {
    config,
    submitted,
    refusals,
    waiting,
    taken,
    behaviour,
    bind,
    deliver,
    binds: () => binds,
    enquiries: () => enquiries,
    /** Messages that waited for an answer at once, at most. */
    mostOpen: () => mostOpen,
    drop: () => {
      bound?.destroy()
      bound = undefined
    },
    text: (from: string, text: string, more: object = {}) =>
      deliver({
        source_addr: from.replace('+', ''),
        destination_addr: '3737',
        data_coding: encodingOf(text) === 'gsm7' ? 0 : 8,
        short_message: encodeText(text, encodingOf(text)),
        ...more,
      }),
    receipt: (id: string, stat: string, from = '+212612345678') =>
      deliver({
        source_addr: from.slice(1),
        destination_addr: '3737',
        esm_class: 4,
        data_coding: 0,
        short_message: Buffer.from(
          `id:${id} sub:001 dlvrd:001 submit date:2611211000 done date:2611211001 stat:${stat} err:000 text:`,
        ),
      }),
    close: async () => {
      bound?.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Smsc = Awaited<ReturnType<typeof startSmsc>>
