import { type Config, ConfigError, readConfig } from '../config.ts'
import { bareAddress } from '../core/reply-address.ts'
import { EmbeddedRefusal } from '../db/embedded.ts'
import { SpoolRefusal } from '../intake/spool.ts'
import { createLogger, type Logger } from '../platform/logger.ts'
import type { Gateway, Roles } from './gateway.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, configuration: 3 } as const

/** An orderly stop that has not ended by then is given up. */
const STOP_BUDGET_MS = 28_000

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Reads the configuration or ends the process: one line for each problem. */
const configOrExit = (): Config => {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    say(error.message)
    process.exit(EXIT.configuration)
  }
}

const announce = (config: Config, gateway: Gateway): void => {
  const url = config.http.publicUrl
  const lines = [
    ['Citizen', url],
    ...(gateway.demo ? [['Console', gateway.demo.consoleUrl]] : []),
    ...(gateway.demo?.simulatorUrl ? [['Simulator', gateway.demo.simulatorUrl]] : []),
    ...(gateway.mailAddress ? [['SMTP', `${gateway.mailAddress} for ${bareAddress(config.mail.from)}`]] : []),
  ]
  process.stdout.write(
    `Wasl is ready.\n${lines.map(([name, value]) => `  ${name?.padEnd(10)} ${value}\n`).join('')}`,
  )
}

const stopOnSignal = (gateway: Gateway, logger: Logger): void => {
  let stopping = false
  const stop = async (signal: string) => {
    // A second signal means "at once".
    if (stopping) process.exit(EXIT.failed)
    stopping = true
    logger.info({ event: 'gateway.stopping', signal })
    setTimeout(() => process.exit(EXIT.failed), STOP_BUDGET_MS).unref()
    await gateway.stop()
    process.exit(EXIT.done)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

/** Starts the gateway in the given roles and keeps it until SIGTERM or SIGINT. */
export const runUntilSignal = async (roles: Roles): Promise<void> => {
  const config = configOrExit()
  const logger = createLogger(config.logLevel)
  try {
    // Loaded only now: a wrong value is told at once.
    const { startGateway } = await import('./gateway.ts')
    const gateway = await startGateway(config, logger, roles)
    stopOnSignal(gateway, logger)
    announce(config, gateway)
  } catch (error) {
    logger.debug({ event: 'gateway.start_failed', err: error })
    const reason = error instanceof Error ? error.message : String(error)
    say(error instanceof ConfigError ? reason : `The gateway could not start: ${reason}`)
    // The folder or the machine is not as the spool or the embedded PostgreSQL needs it: a matter of configuration.
    const isConfiguration = [ConfigError, EmbeddedRefusal, SpoolRefusal].some((kind) => error instanceof kind)
    process.exit(isConfiguration ? EXIT.configuration : EXIT.failed)
  }
}
