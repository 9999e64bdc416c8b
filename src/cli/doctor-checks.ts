import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { openLink } from '../../channels/email/imap/link.ts'
import { codeOf } from '../../channels/email/imap/watch-mailbox.ts'
import { createClamdScanner } from '../../media/clamd.ts'
import { findMediaTools } from '../../media/ffmpeg.ts'
import { openServer, openStores } from '../composition/parts.ts'
import type { Config } from '../config.ts'
import { openDatabase } from '../db/client.ts'
import { migrateDatabase, pendingMigrations } from '../db/migrate.ts'
import { createLogger } from '../platform/logger.ts'
import { checkMailServer } from '../platform/mail-server-check.ts'
import { loadSecretKey } from '../platform/secret-key.ts'
import { hasSecondWall, MAKE_SECOND_WALL } from '../staff/rights.ts'

/** What one check found. `fix` says what to do about a warning or a failure. */
export type Finding =
  | { readonly state: 'ok'; readonly found: string }
  | { readonly state: 'warning' | 'failed'; readonly found: string; readonly fix: string }

export interface Check {
  readonly name: string
  run(config: Config): Promise<Finding>
}

const ok = (found: string): Finding => ({ state: 'ok', found })
const warning = (found: string, fix: string): Finding => ({ state: 'warning', found, fix })
const failed = (found: string, fix: string): Finding => ({ state: 'failed', found, fix })

const reasonOf = (error: unknown): string =>
  error instanceof Error
    ? ((error.message || (error as { code?: string }).code) ?? error.name)
    : String(error)

const PATIENCE_MS = 5_000
const CLOCK_TOLERANCE_MS = 2_000

/** The server answers, is new enough, carries every migration, and its clock agrees with ours. */
const database: Check = {
  name: 'database',
  run: async (config) => {
    let server: Awaited<ReturnType<typeof openServer>> | undefined
    try {
      server = await openServer(config, createLogger('silent'))
      // The embedded database belongs to us: it is brought up to date. A server of yours is only looked at.
      if (config.databaseUrl === undefined) await migrateDatabase(server.url, { patience: PATIENCE_MS })
      const db = openDatabase({ url: server.url, connections: 1 })
      try {
        const asked = performance.timeOrigin + performance.now()
        const [row] = await db.sql<{ version: string; now: Date }[]>`
          select current_setting('server_version') as version, clock_timestamp() as now`
        const pending = await pendingMigrations(server.url)
        if (pending > 0) return failed(`${pending} migrations are missing`, 'Run: npx wasl migrate')
        const skew = Math.abs((row?.now.getTime() ?? 0) - asked)
        if (skew > CLOCK_TOLERANCE_MS)
          return failed(
            `its clock is ${Math.round(skew / 1000)} s away from this machine's`,
            'Set both by NTP: legal dates hang on them.',
          )
        if (!(await hasSecondWall(db.sql)))
          return warning(
            'its row-level security keeps no bodies apart: only our own conditions do',
            `An administrator runs: ${MAKE_SECOND_WALL}`,
          )
        return ok(
          `PostgreSQL ${row?.version}${config.databaseUrl === undefined ? ', embedded' : ''}; clocks agree`,
        )
      } finally {
        await db.close()
      }
    } catch (error) {
      return failed(reasonOf(error), 'Check DATABASE_URL and that the server answers there.')
    } finally {
      await server?.stop()
    }
  },
}

/** An object can be put, read back and deleted. */
const store: Check = {
  name: 'object store',
  run: async (config) => {
    const fix =
      config.s3 === undefined
        ? `Make ${config.dataDir} a folder this user can write.`
        : 'Check S3_ENDPOINT, S3_BUCKET and the keys, and that the bucket exists.'
    const key = `doctor/${randomBytes(8).toString('hex')}`
    const body = randomBytes(1024)
    try {
      const { store: objects } = await openStores(config)
      await objects.put(key, Readable.from([body]), {
        maxBytes: body.length,
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      const back = await objects.get(key)
      const same = back !== undefined && (await buffer(back)).equals(body)
      await objects.delete(key)
      return same
        ? ok(config.s3 === undefined ? `files under ${config.dataDir}` : `bucket ${config.s3.bucket}`)
        : failed('an object came back changed', fix)
    } catch (error) {
      return failed(reasonOf(error), fix)
    }
  },
}

const mail: Check = {
  name: 'mail',
  run: async (config) => {
    if (config.mail.url === undefined) return ok('the local mailbox page')
    try {
      await checkMailServer(config.mail.url, PATIENCE_MS)
      return ok('the server greets and takes the login')
    } catch (error) {
      return failed(reasonOf(error), 'Check SMTP_URL: host, port, smtp or smtps, user and password.')
    }
  },
}

/** Signs in to every mailbox and opens it. Each is named by its place in IMAP_URL. */
const mailboxes: Check = {
  name: 'mailboxes',
  run: async ({ mail: { mailboxes: wanted } }) => {
    const ends = await Promise.all(
      wanted.map((mailbox) =>
        openLink(mailbox, AbortSignal.timeout(PATIENCE_MS)).then((link) => link.close(), codeOf),
      ),
    )
    const failures = ends.flatMap((code, nth) =>
      code === undefined ? [] : [`${nth + 1} ${wanted[nth]?.name}: ${code}`],
    )
    if (failures.length === 0) return ok(wanted.length === 0 ? 'off' : `${wanted.length} can be read`)
    return failed(failures.join(', '), 'Check IMAP_URL: host, port, imap or imaps, user, password, folder.')
  },
}

const secretKey: Check = {
  name: 'secret key',
  run: async (config) => {
    try {
      loadSecretKey(config)
    } catch (error) {
      return failed(reasonOf(error), `Let this user read ${path.join(config.dataDir, 'secret-key')}.`)
    }
    if (config.secretKey !== undefined) return ok('SECRET_KEY')
    return ok(`${path.join(config.dataDir, 'secret-key')}; back it up: receipts' codes hang on it`)
  },
}

const media: Check = {
  name: 'media tools',
  run: async (config) => {
    const found = await findMediaTools(config.media)
    if (!found.ok) return failed(found.problem, 'Install ffmpeg, or set FFMPEG_PATH and FFPROBE_PATH.')
    const { version, origin, warnings } = found.tools
    const [first] = warnings
    return first === undefined
      ? ok(`ffmpeg ${version} (${origin})`)
      : warning(`ffmpeg ${version} (${origin})`, warnings.join(' '))
  },
}

/** Lets the scanner look at a file that is surely clean: this one. */
const scanner: Check = {
  name: 'scanner',
  run: async ({ clamdUrl }) => {
    if (clamdUrl === undefined) return ok('off')
    const answer = await createClamdScanner(clamdUrl).scan(
      import.meta.filename,
      AbortSignal.timeout(PATIENCE_MS),
    )
    return answer.verdict === 'clean'
      ? ok('clamd answers')
      : failed(
          answer.verdict === 'unavailable' ? answer.reason : answer.verdict,
          'Check CLAMD_URL and that clamd listens there on TCP: downloads wait while it is away.',
        )
  },
}

/** Whoever holds the database can rewrite the audit whole: its heads have to be kept by somebody else. */
const audit: Check = {
  name: 'audit',
  run: async ({ databaseUrl, audit: { anchorTo, anchorFile } }) => {
    const kept = [...(anchorTo ?? []), ...(anchorFile === undefined ? [] : [anchorFile])].join(', ')
    const folder = anchorFile === undefined ? undefined : path.dirname(anchorFile)
    if (folder !== undefined && !isWritable(folder))
      return failed(`${folder} cannot be written`, 'Check AUDIT_ANCHOR_FILE.')
    if (kept !== '') return ok(`its heads go to ${kept}`)
    const found = "its heads go to the ministry's auditors alone"
    if (databaseUrl === undefined) return ok(found)
    return warning(found, 'Set AUDIT_ANCHOR_TO or AUDIT_ANCHOR_FILE: a witness out of your own reach.')
  },
}

const isWritable = (folder: string): boolean => {
  try {
    fs.accessSync(folder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

const GIB = 1024 ** 3
const LEAST_FREE = GIB / 4
const WISHED_FREE = 4 * GIB

const disk: Check = {
  name: 'disk',
  run: async (config) => {
    fs.mkdirSync(config.dataDir, { recursive: true })
    const { bavail, bsize } = fs.statfsSync(config.dataDir)
    const free = bavail * bsize
    const found = `${(free / GIB).toFixed(1)} GiB free under ${config.dataDir}`
    if (free < LEAST_FREE) return failed(found, 'Make room, or set DATA_DIR to a larger disk.')
    if (free < WISHED_FREE) return warning(found, 'One upload may take 2 GiB: make room soon.')
    return ok(found)
  },
}

const FONTS = [
  '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
]

const fonts: Check = {
  name: 'fonts',
  run: async () => {
    const require = createRequire(import.meta.url)
    try {
      for (const font of FONTS) fs.accessSync(require.resolve(font), fs.constants.R_OK)
      return ok('Latin and Arabic, for receipts in PDF')
    } catch {
      return failed('the fonts of the receipts are missing', 'Run: npm ci')
    }
  },
}

const address: Check = {
  name: 'address',
  run: async ({ http }) => {
    const { protocol, hostname } = new URL(http.publicUrl)
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost')
    if (protocol === 'https:' || local) return ok(http.publicUrl)
    return warning(
      `${http.publicUrl} is plain HTTP`,
      'Put TLS before it and set PUBLIC_URL: browsers give no microphone without.',
    )
  },
}

export const checks: readonly Check[] = [
  database,
  store,
  mail,
  mailboxes,
  media,
  scanner,
  secretKey,
  audit,
  disk,
  fonts,
  address,
]
