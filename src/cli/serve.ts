import type { Roles } from '../composition/gateway.ts'
import type { Command } from './command.ts'

/** Runs until SIGTERM or SIGINT, which end the process. What it stands on is loaded only when it is called. */
const running = (roles: Roles) => async (): Promise<undefined> => {
  const { runUntilSignal } = await import('../composition/run.ts')
  await runUntilSignal(roles)
  return undefined
}

export const serve: Command = {
  name: 'serve',
  summary: 'answer HTTP until SIGTERM; any number may run on one database',
  options: {},
  examples: ['serve'],
  run: running({ serve: true, work: false }),
}

export const worker: Command = {
  name: 'worker',
  summary: 'deliver, forward, transcode and sweep until SIGTERM; any number may run on one database',
  options: {},
  examples: ['worker'],
  run: running({ serve: false, work: true }),
}
