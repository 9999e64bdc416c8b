import fs from 'node:fs'
import path from 'node:path'
import pino from 'pino'
import { inject } from 'vitest'
import { openChannels } from '../../src/composition/channels.ts'
import { composeFeatures } from '../../src/composition/features.ts'
import { registerRoutes } from '../../src/composition/http.ts'
import { openMailListener } from '../../src/composition/mail-inlets.ts'
import { prepareFolders } from '../../src/composition/name-cause.ts'
import { foldersOf, openParts } from '../../src/composition/parts.ts'
import { composeRelay } from '../../src/composition/relay.ts'
import { readConfig } from '../../src/config.ts'
import type { StaffRole } from '../../src/core/staff-role.ts'
import { createApp } from '../../src/http/app.ts'
import { createSpool } from '../../src/intake/spool.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { inviteStaff, signInUrl } from '../../src/staff/members.ts'
import { freePort, scratchFolder } from './gateway-process.ts'
import { createTestDatabase } from './postgres-cluster.ts'
import { startSimulatedProvider } from './simulated-provider.ts'

export const PUBLIC_URL = 'https://wasl.test'
export const COMPLAINTS_ADDRESS = 'plaintes@wasl.test'

export interface DoorOfTheHouse {
  readonly method: string
  readonly url: string
}

/**
 * The gateway as `src/main.ts` puts it together, in this process: every door on real sockets, a simulated telephone provider
 * before it, mail out into a folder. Only the relay waits to be told (`settle`), and the clock can be put forward.
 */
export const openWholeGateway = async () => {
  const folder = scratchFolder('whole')
  const database = await createTestDatabase(inject('postgresUrl'))
  const [port, mailPort] = [await freePort(), await freePort()]
  const base = `http://127.0.0.1:${port}`
  const provider = await startSimulatedProvider({ publicUrl: PUBLIC_URL, deliverTo: base })
  const read = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: path.join(folder, 'data'),
    SECRET_KEY: 'a key for a whole house, thirty-two characters',
    PUBLIC_URL,
    PORT: String(port),
    PATH: process.env['PATH'],
    MAIL_FROM: `Wasl <${COMPLAINTS_ADDRESS}>`,
    LMTP_LISTEN: `smtp://127.0.0.1:${mailPort}`,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    ...provider.environment,
  })
  const config = { ...read, media: { ...read.media, bundledToolsAllowed: true } }
  const logged: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }) as never
  const ahead = { ms: 0 }
  prepareFolders(config)
  const spool = createSpool({ folder: foldersOf(config).spool, newId: newUuidV7 })
  await spool.open()
  const parts = {
    ...(await openParts(config, logger)),
    clock: { now: () => new Date(Date.now() + ahead.ms) },
  }
  const metrics = createMetrics()
  const features = await composeFeatures(parts, metrics)
  const relay = composeRelay(parts, features)
  const doors: DoorOfTheHouse[] = []
  const app = await createApp({ logger, newId: newUuidV7, trustedProxies: [], errorPage: features.errorPage })
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) doors.push({ method: String(each), url })
  })
  await registerRoutes(app, parts, features, metrics)
  const closeChannels = await openChannels(app, parts, features, spool)
  await app.listen({ host: '127.0.0.1', port })
  const mail = await openMailListener(parts, features)

  /** The cookie of a signed-in official. */
  const enter = async (
    role: StaffRole,
    administrationCode?: string,
    email = `${newUuidV7()}@example.org`,
  ) => {
    const body = administrationCode === undefined ? {} : { administrationCode }
    const { token } = await inviteStaff(parts, { email, role, opens: 'session', ...body })
    const url = signInUrl('', token)
    const entered = await app.inject({ method: 'POST', url, headers: { 'sec-fetch-site': 'same-origin' } })
    return String(entered.headers['set-cookie']).split(';')[0] ?? ''
  }
  return {
    app,
    base,
    parts,
    features,
    doors: doors as readonly DoorOfTheHouse[],
    db: parts.db,
    exchange: provider.exchange,
    mailPort,
    /** The log so far, a line each. */
    logged: logged as readonly string[],
    enter,
    settle: () => relay.drain(),
    later: (ms: number) => {
      ahead.ms += ms
    },
    /** Mail that was sent, oldest first. */
    mails: async (): Promise<string[]> => {
      const ids = (await parts.mailbox.list(1_000)).toReversed()
      return Promise.all(ids.map(async (id) => String(await parts.mailbox.read(id))))
    },
    close: async () => {
      await mail?.close()
      await closeChannels()
      await app.close()
      await provider.stop()
      await features.close()
      await parts.close()
      await database.drop()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type WholeGateway = Awaited<ReturnType<typeof openWholeGateway>>
