import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

/**
 * Runs before `npm test`: sees that the machine has what the suite drives. Root on Debian gets what is missing from apt;
 * anyone else gets the one command to run, and exit 1. Quiet and quick when all is there.
 */
interface Part {
  /** What has to exist: a program on PATH, or a file by pattern. */
  readonly needs: readonly string[]
  /** The Debian package that brings it. */
  readonly brings: string
}

const PARTS: readonly Part[] = [
  { needs: ['ffmpeg', 'ffprobe'], brings: 'ffmpeg' },
  { needs: ['chromium'], brings: 'chromium' },
  { needs: ['clamd'], brings: 'clamav-daemon' },
  // The pgbench on PATH is a wrapper that comes with the client alone.
  { needs: ['/usr/lib/postgresql/*/bin/pgbench'], brings: 'postgresql' },
  { needs: ['strace'], brings: 'strace' },
  { needs: ['openssl'], brings: 'openssl' },
  { needs: ['pdftotext', 'pdftoppm'], brings: 'poppler-utils' },
  {
    needs: [
      '/usr/share/fonts/truetype/noto/NotoSans-Regular.*',
      '/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.*',
    ],
    brings: 'fonts-noto-core',
  },
  { needs: ['dovecot', '/usr/lib/dovecot/imap'], brings: 'dovecot-imapd' },
  { needs: ['/usr/lib/dovecot/lmtp'], brings: 'dovecot-lmtpd' },
]

/** Chromium without windows to draw: pages cost half. Where it cannot be had, Chromium itself does. */
const SHELL = 'chromium-headless-shell'

/** A user's PATH lacks the folders where daemons lie. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']

const exists = (need: string): boolean =>
  need.startsWith('/')
    ? fs.globSync(need).length > 0
    : FOLDERS.some((folder) => fs.existsSync(`${folder}/${need}`))

const missing = (): Part[] => PARTS.filter((part) => !part.needs.every(exists))

const isDebian = (): boolean =>
  fs.existsSync('/usr/bin/apt-get') && /^ID=debian$/m.test(fs.readFileSync('/etc/os-release', 'utf8'))

const aptGet = (...args: string[]): boolean => {
  // apt writes to stderr here: stdout belongs to the tests.
  const { status } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 2, 2],
  })
  return status === 0
}

const POLICY = '/usr/sbin/policy-rc.d'

/** The tests start what they need themselves: packages must not start their services. This file is how Debian is told. */
const withoutServices = <T>(work: () => T): T => {
  const ours = !fs.existsSync(POLICY)
  if (ours) fs.writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  process.once('exit', () => {
    if (ours) fs.rmSync(POLICY, { force: true })
  })
  process.once('SIGINT', () => process.exit(130))
  return work()
}

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const install = (packages: readonly string[]): boolean => {
  process.stderr.write(`Installing what the tests need: ${packages.join(' ')}\n`)
  return (
    aptGet('update') &&
    withoutServices(() => aptGet('install', '--yes', '--no-install-recommends', ...packages))
  )
}

const packages = missing().map((part) => part.brings)
const list = packages.join(' ')
if (packages.length > 0) {
  if (!isDebian())
    fail(`The tests need what these Debian packages bring: ${list}. Install their like and start again.`)
  if (process.getuid?.() !== 0)
    fail(
      `The tests need more of this machine. Run:\n  sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${list}`,
    )
  if (!install(packages)) fail('apt-get failed.')
  const still = missing().flatMap((part) => part.needs)
  if (still.length > 0) fail(`Installed, and yet not found: ${still.join(' ')}`)
}
if (isDebian() && process.getuid?.() === 0 && !exists(SHELL)) install([SHELL])
