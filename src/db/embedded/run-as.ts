import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
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
 * In its own user namespace root is told that it is user 1000, which satisfies postgres, while the kernel still treats
 * it as the owner of root's files: the way through a home folder that only root may enter.
 */
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'] as const

const inNamespace: RunAs = { uid: 0, gid: 0, prefix: NAMESPACE, become: {} }
const asUser = (uid: number, gid: number): RunAs => ({ uid, gid, prefix: [], become: { uid, gid } })

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

const rootChoices = (owner: fs.Stats | undefined): RunAs[] => {
  if (owner === undefined) return [asUser(NOBODY, NOBODY), inNamespace]
  return [owner.uid === 0 ? inNamespace : asUser(owner.uid, owner.gid)]
}

/**
 * Decides who runs the server. postgres refuses root, so root hands it to `nobody`, or to whoever owns the data folder
 * already; where that user cannot reach the folder or the programs, root hides in a user namespace. Anyone else runs it
 * as himself and must own the folder. `owner` is the status of an existing data folder. Throws EmbeddedRefusal.
 */
export const chooseRunAs = (folder: string, owner: fs.Stats | undefined, binaries: Binaries): RunAs => {
  const uid = process.getuid?.() ?? -1
  const gid = process.getgid?.() ?? -1
  if (uid !== 0) {
    if (owner !== undefined && owner.uid !== uid)
      throw new EmbeddedRefusal(
        `${folder} belongs to user ${owner.uid}, the gateway runs as user ${uid}`,
        `Start it as that user or as root, run \`sudo chown -R ${uid} ${path.dirname(folder)}\``,
      )
    return { uid, gid, prefix: [], become: {} }
  }
  const parent = path.dirname(folder)
  const choice = rootChoices(owner).find((who) => reaches(who, parent, binaries))
  if (choice !== undefined) return choice
  const closed = closedFolder(parent, path.dirname(binaries.postgres))
  throw new EmbeddedRefusal(
    `PostgreSQL does not run as root, and user ${owner?.uid || NOBODY} cannot pass ${closed}`,
    owner !== undefined && owner.uid !== 0
      ? `Run \`chmod o+x ${closed}\` or \`chown -R root ${folder}\``
      : `Run \`chmod o+x ${closed}\`, start the gateway as another user`,
  )
}
