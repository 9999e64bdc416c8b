import type { Secrets } from '../../src/core/secrets.ts'

/** What a form of the tracking page was drawn for. */
export interface Ticket {
  readonly complaintId: string
  readonly round: number
  /** Names this one form: however often it is sent, the same content counts once. */
  readonly key: string
}

type Sealing = { readonly secrets: Pick<Secrets, 'seal' | 'unseal'> }

/** Told apart from everything else that is sealed, the cookie above all. */
const PURPOSE = 'follow-up'

/** The ticket as a hidden field: nobody else can make one, and it reads differently each time (compress-html.ts says why). */
export const sealTicket = ({ secrets }: Sealing, { complaintId, round, key }: Ticket): string =>
  secrets.seal([PURPOSE, complaintId, round, key].join('|'))

export const readTicket = ({ secrets }: Sealing, sealed: string | undefined): Ticket | undefined => {
  try {
    const [purpose, complaintId = '', round, key = ''] = secrets.unseal(sealed ?? '').split('|')
    return purpose === PURPOSE ? { complaintId, round: Number(round), key } : undefined
  } catch {
    return undefined
  }
}
