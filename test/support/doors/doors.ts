import { forBodies, forStaff } from './api.ts'
import { onConsole } from './console.ts'
import type { Door } from './who.ts'

const under = (prefix: string, doors: Readonly<Record<string, Door>>): Record<string, Door> =>
  Object.fromEntries(Object.entries(doors).map(([key, door]) => [key.replace(' ', ` ${prefix}`), door]))

/** Every door of officials and bodies by method and route. A door of the house that is not here fails the test. */
export const DOORS: Readonly<Record<string, Door>> = {
  ...onConsole,
  ...under('/api/v1/staff', forStaff),
  ...under('/api/v1/referrals', forBodies),
}
