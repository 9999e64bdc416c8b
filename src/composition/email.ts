import { createMailReading } from '../../channels/email/examine.ts'
import { createMessageReader } from '../../channels/email/read-message.ts'
import { askSystemDns, createSenderVerifier } from '../../channels/email/verify-sender.ts'
import type { Config } from '../config.ts'
import { bareAddress } from '../core/reply-address.ts'
import { text } from '../html/text.ts'
import { createMailJudge, type ReadMailDeps } from '../intake/read-mail.ts'
import type { Parts } from './parts.ts'

/** Addresses whose mail comes to us: where ours is sent from, and every mailbox that is read. */
const ownAddresses = ({ mail }: Config): readonly string[] => [
  ...new Set([bareAddress(mail.from), ...mail.mailboxes.flatMap(({ address }) => address ?? [])]),
]

/** The e-mail channel behind its inlets: mail that was recorded is read in processes of their own and judged. */
export const composeEmail = (
  parts: Parts,
  {
    deadlineRules,
    ...deps
  }: Pick<ReadMailDeps, 'accept' | 'fallBack' | 'noticeFailed'> &
    Pick<ReadMailDeps['resubmit'], 'deadlineRules'>,
) => {
  const { config, secrets } = parts
  const resubmit = { deadlineRules, officeZone: config.officeZone }
  const reader = createMessageReader()
  const mail = createMailReading({
    reader,
    own: ownAddresses(config),
    host: new URL(config.http.publicUrl).hostname,
    authservId: config.mail.authservId,
    verify: config.mail.verify
      ? createSenderVerifier({ askDns: askSystemDns, host: config.mail.authservId })
      : undefined,
    secrets,
  })
  return { judge: createMailJudge({ ...parts, ...deps, resubmit, mail, words: text }), close: reader.close }
}
