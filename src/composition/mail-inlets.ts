import type { MailListenConfig } from '../../channels/email/config.ts'
import type { MailboxDeps } from '../../channels/email/imap/read-mailbox.ts'
import type { MailboxReconciled } from '../../channels/email/imap/reconcile-mailbox.ts'
import type { MailListener } from '../../channels/email/lmtp/listen.ts'
import { createMailDoor, EMAIL } from '../../channels/email/record-mail.ts'
import { ConfigError } from '../config.ts'
import type { ChannelAdapter } from '../core/channel.ts'
import { createMailboxMemory } from '../intake/mailbox-memory.ts'
import type { ReceiveEvent } from '../intake/receive-events.ts'
import type { Parts } from './parts.ts'

/** Where a gateway to try things on takes mail; another free port where something listens there already. */
const EMBEDDED: MailListenConfig = { protocol: 'smtp', host: '127.0.0.1', port: 2525 }

interface InletParts {
  readonly receive: ReceiveEvent
}

const mailboxDeps = (parts: Parts, { receive }: InletParts): MailboxDeps => ({
  memory: createMailboxMemory({ sql: parts.db.sql }),
  record: createMailDoor({ ...parts, receive }),
})

/** A person waits for the answer, in milliseconds; what is not done by then the gateway does in its own time. */
const RECONCILE_PATIENCE_MS = 30 * 60_000

/** Holds every mailbox against the ledger once and files what is missing. */
export const reconcileMailboxes = async (parts: Parts, inlet: InletParts): Promise<MailboxReconciled[]> => {
  const { reconcileMailbox } = await import('../../channels/email/imap/reconcile-mailbox.ts')
  const deps = mailboxDeps(parts, inlet)
  const signal = AbortSignal.timeout(RECONCILE_PATIENCE_MS)
  return Promise.all(parts.config.mail.mailboxes.map((mailbox) => reconcileMailbox(deps, mailbox, signal)))
}

/** The mailboxes as a channel whose doors are watched; undefined where none is configured. */
export const mailboxChannel = (parts: Parts, inlet: InletParts): ChannelAdapter | undefined => {
  const { config, newId, logger } = parts
  const { mailboxes } = config.mail
  if (mailboxes.length === 0) return undefined
  const deps = {
    ...mailboxDeps(parts, inlet),
    holder: newId(),
    note: (event: { event: string; code?: string }) =>
      event.code === undefined ? logger.info(event) : logger.warn(event),
  }
  return {
    id: EMAIL,
    watch: async (_receive, signal) => {
      // Loaded only where a mailbox is.
      const { watchMailbox } = await import('../../channels/email/imap/watch-mailbox.ts')
      await Promise.all(mailboxes.map((mailbox) => watchMailbox(deps, mailbox, signal)))
    },
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '')

const nameListen = (config: MailListenConfig, error: unknown): ConfigError =>
  new ConfigError([
    {
      variable: 'LMTP_LISTEN',
      seen: JSON.stringify(`${config.protocol}://${config.host}:${config.port}`),
      wanted: `an address and port of this machine that nobody else listens on (${codeOf(error)})`,
    },
  ])

/** Opens the door for mail servers; undefined where none is configured and the gateway is not one to try things on. */
export const openMailListener = async (
  parts: Parts,
  { receive }: InletParts,
): Promise<MailListener | undefined> => {
  const { config, embedded, logger } = parts
  const { listen, mailboxes } = config.mail
  const isToTry = embedded && mailboxes.length === 0
  if (listen === undefined && !isToTry) return undefined
  const { listenForMail } = await import('../../channels/email/lmtp/listen.ts')
  const deps = {
    record: createMailDoor({ ...parts, receive }),
    note: ({ reason, ...event }: { event: string; reason?: unknown }) =>
      reason === undefined ? logger.info(event) : logger.warn({ ...event, code: codeOf(reason) }),
  }
  if (listen !== undefined)
    return listenForMail(deps, listen).catch((error: unknown) => {
      throw nameListen(listen, error)
    })
  return listenForMail(deps, EMBEDDED).catch(() => listenForMail(deps, { ...EMBEDDED, port: 0 }))
}
