import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { freePort } from './gateway-process.ts'

/** PostgreSQL refuses root: the suite running as root lends it to nobody. */
const NOBODY = 65_534
const person = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

const findServer = (): string => {
  const [found] = fs.globSync('/usr/lib/postgresql/*/bin').sort().reverse()
  if (found === undefined) throw new Error('no PostgreSQL server of the distribution is installed')
  return found
}

/** The distribution's own PostgreSQL over TCP with an empty database, as an operator would name it in DATABASE_URL. */
export const startDistributionPostgres = async (
  folder: string,
): Promise<{ url: string; stop: () => Promise<void> }> => {
  const programs = findServer()
  const home = path.join(folder, 'postgresql')
  const port = await freePort()
  fs.mkdirSync(home)
  if (person.uid !== undefined) fs.chownSync(home, person.uid, person.gid)
  const options = { ...person, cwd: home, stdio: 'ignore' } as const
  const cluster = path.join(home, 'cluster')
  execFileSync(
    path.join(programs, 'initdb'),
    ['-D', cluster, '-U', 'wasl', '-E', 'UTF8', '--locale=C', '--auth=trust', '--no-sync'],
    options,
  )
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${home}`,
    'fsync=off',
  ]
  const server = spawn(
    path.join(programs, 'postgres'),
    ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
    options,
  )
  return {
    // The gateway waits for a database that is still starting.
    url: `postgres://wasl@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const ended = once(server, 'exit')
      // Fast shutdown: clients are disconnected.
      server.kill('SIGINT')
      await ended
    },
  }
}
