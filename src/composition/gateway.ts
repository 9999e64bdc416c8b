import type { Config } from '../config.ts'
import { createApp } from '../http/app.ts'
import { createSpool } from '../intake/spool.ts'
import type { Logger } from '../platform/logger.ts'
import { createMetrics } from '../platform/metrics.ts'
import { newUuidV7 } from '../platform/system-clock.ts'
import { channelsOf, openChannels } from './channels.ts'
import { type Demo, prepareDemo } from './demo.ts'
import { composeFeatures } from './features.ts'
import { registerRoutes } from './http.ts'
import { openMailListener } from './mail-inlets.ts'
import { nameListen, prepareFolders } from './name-cause.ts'
import { foldersOf, openParts } from './parts.ts'
import { composeRelay } from './relay.ts'
import { startSweeps } from './sweeps.ts'
import { startWatches } from './watches.ts'

export interface Roles {
  /** Answers HTTP. */
  readonly serve: boolean
  /** Works the outbox and the sweeps. */
  readonly work: boolean
}

export interface Gateway {
  /** Where HTTP is answered; undefined for a worker alone. */
  readonly address: string | undefined
  readonly demo: Demo | undefined
  /** Where mail servers deliver; undefined where that door is closed. */
  readonly mailAddress: string | undefined
  /** Stops in the reverse order of the start. */
  stop(): Promise<void>
}

/** What an orderly stop may take in all is under 30 s: requests end first, then work under way, then the clients. */
const REQUESTS_GRACE_MS = 10_000
const WORK_GRACE_MS = 10_000

/** Resolves with what ends first: the work or the patience. */
const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms).unref())])

/** Starts the gateway in the given roles: folders, clients, features, then doors; what fails on the way is undone. */
export const startGateway = async (config: Config, logger: Logger, roles: Roles): Promise<Gateway> => {
  prepareFolders(config)
  const spool = createSpool({ folder: foldersOf(config).spool, newId: newUuidV7 })
  if (roles.serve) await spool.open()
  const closers: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse())
      await close().catch((error: unknown) => logger.error({ event: 'gateway.stop_failed', err: error }))
  }
  try {
    const parts = await openParts(config, logger)
    closers.push(parts.close)
    const metrics = createMetrics()
    const features = await composeFeatures(parts, metrics)
    closers.push(features.close)
    const demo = await prepareDemo(parts, features)
    if (demo) closers.push(demo.stop)
    if (roles.work) {
      // Stopped after the relay, which sends over the same links.
      closers.push(startWatches(parts, features, channelsOf(parts, features)))
      const relay = composeRelay(parts, features).start()
      closers.push(() => relay.stop(WORK_GRACE_MS))
      closers.push(startSweeps(parts, features))
    }
    if (!roles.serve) return { address: undefined, demo, mailAddress: undefined, stop }
    const app = await createApp({
      logger,
      newId: parts.newId,
      trustedProxies: config.http.trustedProxies,
      errorPage: features.errorPage,
    })
    await registerRoutes(app, parts, features, metrics)
    closers.push(await openChannels(app, parts, features, spool))
    const { host, port } = config.http
    const address = await app.listen({ host, port }).catch((error: unknown) => {
      throw nameListen(config.http, error)
    })
    closers.push(() => atMost(REQUESTS_GRACE_MS, app.close()))
    const mail = await openMailListener(parts, features)
    if (mail) closers.push(mail.close)
    return { address, demo, mailAddress: mail?.address, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
