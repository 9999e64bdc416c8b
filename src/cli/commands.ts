import type { Command } from './command.ts'

/** A module of commands. `names` are known before it is loaded. */
export interface CommandModule {
  readonly names: readonly string[]
  readonly load: () => Promise<readonly Command[]>
}

const one = (name: string, load: () => Promise<Command>): CommandModule => ({
  names: [name],
  load: async () => [await load()],
})

/**
 * Every command of `wasl`, in the order of its help. A module is loaded when one of its names is called: most stand on the
 * whole house, and loading all of it takes longer than their work.
 */
export const commands: readonly CommandModule[] = [
  {
    names: ['serve', 'worker'],
    load: () => import('./serve.ts').then(({ serve, worker }) => [serve, worker]),
  },
  one('migrate', async () => (await import('./migrate.ts')).migrate),
  one('doctor', async () => (await import('./doctor.ts')).doctor),
  one('seed', async () => (await import('./seed.ts')).seed),
  one('token create', async () => (await import('./token-create.ts')).tokenCreate),
  one('staff invite', async () => (await import('./staff-invite.ts')).staffInvite),
  one('ledger', async () => (await import('./ledger.ts')).ledger),
  one('reconcile', async () => (await import('./reconcile.ts')).reconcile),
  one('replay', async () => (await import('./replay.ts')).replay),
  one('assets retry', async () => (await import('./assets-retry.ts')).assetsRetry),
  one('clips check', async () => (await import('./clips-check.ts')).clipsCheck),
  one('clips put', async () => (await import('./clips-put.ts')).clipsPut),
  one('receipt verify', async () => (await import('./receipt-command.ts')).receiptVerify),
  one('audit verify', async () => (await import('./audit-verify.ts')).auditVerify),
  one('export', async () => (await import('./export.ts')).exportCommand),
  one('erase', async () => (await import('./erase.ts')).erase),
  one('hold', async () => (await import('./hold.ts')).hold),
  {
    names: [
      ...['build', 'submit', 'return', 'accept', 'publish', 'write', 'measure', 'answer'],
      ...['list', 'status', 'differences', 'recompute', 'paper'],
    ].map((step) => `report ${step}`),
    load: async () => (await import('./report.ts')).reportCommands,
  },
  one('report verify', async () => (await import('./report-verify.ts')).reportVerify),
  one('report calendar', async () => (await import('./report-calendar.ts')).reportCalendar),
  one('calendar', async () => (await import('./calendar.ts')).calendar),
]

/** All of them, for the overview. */
export const loadAll = async (modules: readonly CommandModule[]): Promise<readonly Command[]> =>
  (await Promise.all(modules.map(({ load }) => load()))).flat()

/** The command whose words begin the line; two words win over one. Undefined: there is none. */
export const findCommand = async (
  modules: readonly CommandModule[],
  [first = '', second]: readonly string[],
): Promise<Command | undefined> => {
  for (const wanted of [`${first} ${second}`, first]) {
    const module = modules.find(({ names }) => names.includes(wanted))
    if (module) return (await module.load()).find(({ name }) => name === wanted)
  }
  return undefined
}
