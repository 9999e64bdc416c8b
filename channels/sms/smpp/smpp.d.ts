/** The part of node-smpp 0.5 that we use; it ships no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events'
  import type { Server as NetServer } from 'node:net'

  export interface Pdu {
    readonly command: string
    readonly command_status: number
    readonly sequence_number: number
    readonly source_addr: string
    readonly source_addr_ton: number
    readonly source_addr_npi: number
    readonly destination_addr: string
    readonly dest_addr_ton: number
    readonly dest_addr_npi: number
    readonly esm_class: number
    readonly data_coding: number
    readonly registered_delivery: number
    readonly system_id: string
    readonly password: string
    readonly message_id: string
    readonly short_message: Buffer | { readonly message: string | Buffer; readonly udh?: readonly Buffer[] }
    readonly message_payload?: Buffer | { readonly message: string | Buffer }
    readonly receipted_message_id?: string
    readonly message_state?: number
    readonly sar_msg_ref_num?: number
    readonly sar_total_segments?: number
    readonly sar_segment_seqnum?: number
    response(options?: object): Pdu
  }

  export interface Session extends EventEmitter {
    send(pdu: Pdu): boolean
    bind_transceiver(options: object, heard: (response: Pdu) => void): boolean
    submit_sm(options: object, heard: (response: Pdu) => void): boolean
    deliver_sm(options: object, heard: (response: Pdu) => void): boolean
    enquire_link(heard: (response: Pdu) => void): boolean
    unbind(heard: (response: Pdu) => void): boolean
    close(): void
    destroy(): void
  }

  interface Field {
    filter?: object
  }

  const smpp: {
    connect(options: object): Session
    createServer(heard: (session: Session) => void): NetServer
    readonly commands: Readonly<Record<string, { readonly params: Readonly<Record<string, Field>> }>>
    readonly tlvs: Readonly<Record<string, Field>>
  }
  export default smpp
}
