import path from 'node:path'
import type { Config } from '../config.ts'
import type { Mailer } from '../core/mail.ts'
import type { AdoptingStore, ObjectStore } from '../core/object-store.ts'
import type { Secrets } from '../core/secrets.ts'
import { type Database, openDatabase } from '../db/client.ts'
import { startEmbeddedPostgres } from '../db/embedded.ts'
import { migrateDatabase } from '../db/migrate.ts'
import type { Logger } from '../platform/logger.ts'
import { createMailbox, type Mailbox } from '../platform/mailbox.ts'
import { createMailer } from '../platform/mailer.ts'
import { createFileStore } from '../platform/object-store/files.ts'
import { loadSecretKey } from '../platform/secret-key.ts'
import { createSecrets } from '../platform/secrets.ts'
import { newUuidV7, systemClock } from '../platform/system-clock.ts'
import { hasSecondWall, MAKE_SECOND_WALL } from '../staff/rights.ts'
import { nameDatabase } from './name-cause.ts'

/** Where the parts under DATA_DIR live. */
export const foldersOf = ({ dataDir }: Pick<Config, 'dataDir'>) => ({
  postgres: path.join(dataDir, 'postgres'),
  objects: path.join(dataDir, 'objects'),
  uploads: path.join(dataDir, 'uploads'),
  work: path.join(dataDir, 'work'),
  mailbox: path.join(dataDir, 'mailbox'),
  spool: path.join(dataDir, 'spool'),
})

/** The clients every role of the process needs, opened in this order and closed in the reverse one. */
export interface Parts {
  readonly config: Config
  readonly logger: Logger
  readonly clock: typeof systemClock
  readonly newId: typeof newUuidV7
  readonly secrets: Secrets
  readonly databaseUrl: string
  /** True: the database is our own, so this is a gateway to try things on. */
  readonly embedded: boolean
  /** True: besides, no real number or mailbox is configured, so the simulator and the demo body may show what they get. */
  readonly simulated: boolean
  readonly db: Database
  readonly store: ObjectStore
  /** The same store when it is files of ours, which can take a finished upload by a rename. */
  readonly files: AdoptingStore | undefined
  readonly mailer: Mailer
  readonly mailbox: Mailbox
  close(): Promise<void>
}

/** The store of the configuration. The vendor's SDK takes half a second to load: only where it is used. */
export const openStores = async (config: Config): Promise<Pick<Parts, 'store' | 'files'>> => {
  if (config.s3 === undefined) {
    const files = createFileStore({ folder: foldersOf(config).objects })
    return { store: files, files }
  }
  const { createS3Store } = await import('../platform/object-store/s3.ts')
  return { store: createS3Store(config.s3), files: undefined }
}

/** The database of the configuration; the embedded one is started, or joined when another process runs it. */
export const openServer = async (config: Config, logger: Logger) => {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, stop: async () => {} }
  return startEmbeddedPostgres(foldersOf(config).postgres, {}, ({ reason, ...event }) =>
    reason === undefined ? logger.info(event) : logger.error({ ...event, err: reason }),
  )
}

/** Whoever reads a real number or mailbox: what is sent to those people is shown to nobody else. */
const answersRealPeople = ({ twilio, textNetworks, mail }: Config): boolean =>
  twilio !== undefined || textNetworks.length > 0 || mail.mailboxes.length > 0

/** Opens database (migrated), store, mail and secrets as the configuration says. Throws what keeps the gateway from starting. */
export const openParts = async (config: Config, logger: Logger): Promise<Parts> => {
  const folders = foldersOf(config)
  const secrets = createSecrets(loadSecretKey(config))
  const stores = await openStores(config)
  const mailbox = createMailbox(folders.mailbox, newUuidV7)
  const server = await openServer(config, logger)
  try {
    await migrateDatabase(server.url, {
      onWait: (reason) => logger.warn({ event: 'database.waiting', err: reason }),
    })
  } catch (error) {
    await server.stop()
    throw config.databaseUrl === undefined ? error : nameDatabase(error)
  }
  const db = openDatabase({ url: server.url })
  if (!(await hasSecondWall(db.sql))) logger.warn({ event: 'database.one_wall', fix: MAKE_SECOND_WALL })
  const mailer = createMailer({
    url: config.mail.url,
    from: config.mail.from,
    mailbox,
    clock: systemClock,
    secrets,
  })
  return {
    config,
    logger,
    clock: systemClock,
    newId: newUuidV7,
    secrets,
    databaseUrl: server.url,
    embedded: config.databaseUrl === undefined,
    simulated: config.databaseUrl === undefined && !answersRealPeople(config),
    db,
    ...stores,
    mailer,
    mailbox,
    close: async () => {
      await mailer.close()
      await db.close()
      await server.stop()
    },
  }
}
