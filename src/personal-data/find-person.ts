import type { Sql } from '../db/client.ts'
import type { Person } from './inventory.ts'

/** How a person is named: by an address, which takes in everything that came from it, or one complaint by its reference. */
export type Named =
  | { readonly by: 'phone' | 'email'; readonly value: string }
  | { readonly by: 'reference'; readonly value: string }

export interface FoundComplaint {
  readonly id: string
  readonly reference: string
  readonly heldAt: Date | null
}

export interface FoundPerson extends Person {
  readonly complaints: readonly FoundComplaint[]
}

/** Complaints that an address stands in, or that came from it by mail, message or call. */
const complaintsFrom = (sql: Sql, address: string): Promise<FoundComplaint[]> =>
  sql<FoundComplaint[]>`
    select id, reference, held_at as "heldAt" from complaints where id in (
      select complaint_id from complainants where phone = ${address} or email = ${address}
      union select complaint_id from calls where caller = ${address}
      union select complaint_id from mail_messages where from_address = ${address}
      union select l.complaint_id from inbound_events e join ledger_entries l using (channel, external_id)
        where e.sender = ${address}
    ) order by received_at`

/**
 * Everything we know of one person. `value` is normalised: an E.164 number, an address in lower case, ten digits. A reference
 * means that complaint alone, because its address may stand in others.
 */
export const findPerson = async (sql: Sql, { by, value }: Named): Promise<FoundPerson> => {
  const complaints =
    by === 'reference'
      ? await sql<FoundComplaint[]>`
          select id, reference, held_at as "heldAt" from complaints where reference = ${value}`
      : await complaintsFrom(sql, value)
  return {
    complaints,
    complaintIds: complaints.map(({ id }) => id),
    phones: by === 'phone' ? [value] : [],
    emails: by === 'email' ? [value] : [],
  }
}
