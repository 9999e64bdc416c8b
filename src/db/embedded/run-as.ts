import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedRefusal } from './refusal.ts'

/** Under whose name the server runs. */
export interface RunAs {
  /** Who owns its files, seen from outside. */
  readonly uid: number
  readonly gid: number
  /** Words before the command, when a user namespace is needed. */
  readonly prefix: readonly string[]
  /** Ids to take on before the command, when they differ from ours. */
  readonly become: { readonly uid?: number; readonly gid?: number }
}

const NOBODY = 65_534

/**
 * In a user namespace of its own a process is told that it is somebody else, while the kernel still treats it as the
 * owner of its files: root passes postgres's check and yet enters a home folder that only root may enter, and a user
 * without a name, as containers have them, gets one that initdb can look up. User 1 has a name everywhere.
 */
const NAMESPACE = ['unshare', '--user', '--map-user=1', '--map-group=1'] as const

const inNamespace = (uid: number, gid: number): RunAs => ({ uid, gid, prefix: NAMESPACE, become: {} })
const asUser = (uid: number, gid: number): RunAs => ({ uid, gid, prefix: [], become: { uid, gid } })
const asIs = (uid: number, gid: number): RunAs => ({ uid, gid, prefix: [], become: {} })

/** Tries it: only the kernel knows about access lists, mount options and whether namespaces are allowed. */
const reaches = (who: RunAs, parent: string, { postgres, env }: Binaries): boolean => {
  const [command = '', ...args] = [
    ...who.prefix,
    '/bin/sh',
    '-c',
    'cd "$0" && exec "$1" --version',
    parent,
    postgres,
  ]
  return spawnSync(command, args, { env, ...who.become, cwd: '/' }).status === 0
}

const ancestors = (folder: string): string[] => {
  const parent = path.dirname(folder)
  return parent === folder ? [folder] : [...ancestors(parent), folder]
}

const closedFolder = (...folders: string[]): string =>
  folders.flatMap(ancestors).find((folder) => (fs.statSync(folder).mode & 0o001) === 0) ?? folders[0] ?? '/'

const hasName = (): boolean => {
  try {
    return os.userInfo().username !== ''
  } catch {
    return false
  }
}

const asOneself = (folder: string, owner: fs.Stats | undefined, uid: number, binaries: Binaries): RunAs => {
  const gid = process.getgid?.() ?? uid
  if (owner !== undefined && owner.uid !== uid)
    throw new EmbeddedRefusal(
      `${folder} belongs to user ${owner.uid}, the gateway runs as user ${uid}`,
      `Start it as that user or as root, run \`sudo chown -R ${uid} ${path.dirname(folder)}\``,
    )
  if (owner !== undefined || hasName()) return asIs(uid, gid)
  const named = inNamespace(uid, gid)
  if (reaches(named, path.dirname(folder), binaries)) return named
  throw new EmbeddedRefusal(`user ${uid} has no name on this machine`, 'Start the gateway as a named user')
}

const asRoot = (folder: string, owner: fs.Stats | undefined, binaries: Binaries): RunAs => {
  const parent = path.dirname(folder)
  const user = owner === undefined ? asUser(NOBODY, NOBODY) : asUser(owner.uid, owner.gid)
  const choices =
    owner === undefined ? [user, inNamespace(0, 0)] : [user.uid === 0 ? inNamespace(0, 0) : user]
  const choice = choices.find((who) => reaches(who, parent, binaries))
  if (choice !== undefined) return choice
  const closed = closedFolder(parent, path.dirname(binaries.postgres))
  throw user.uid === 0
    ? new EmbeddedRefusal(
        `PostgreSQL does not run as root, ${folder} belongs to root, and user namespaces are off`,
        `Run \`chown -R nobody ${folder}\`, start the gateway as another user`,
      )
    : new EmbeddedRefusal(
        `PostgreSQL does not run as root, and user ${user.uid} cannot pass ${closed}`,
        owner === undefined
          ? `Run \`chmod o+x ${closed}\`, start the gateway as another user`
          : `Run \`chmod o+x ${closed}\` or \`chown -R root ${folder}\``,
      )
}

/**
 * Decides who runs the server. postgres refuses root, so root hands it to `nobody`, or to whoever owns the data folder
 * already; where that user cannot reach the folder or the programs, root hides in a user namespace. Anyone else runs it
 * as himself and must own the folder. `owner` is the status of an existing data folder. Throws EmbeddedRefusal.
 */
export const chooseRunAs = (folder: string, owner: fs.Stats | undefined, binaries: Binaries): RunAs => {
  const uid = process.getuid?.() ?? -1
  return uid === 0 ? asRoot(folder, owner, binaries) : asOneself(folder, owner, uid, binaries)
}
