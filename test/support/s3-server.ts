import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { S3Options } from '../../src/platform/object-store/s3.ts'

export interface S3Server {
  readonly options: S3Options
  /** Away, as after a crash; `start` brings it back at the same address with the same objects. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Ends it and removes what it kept. */
  stop(): Promise<void>
}

/** s3rver enciphers its continuation tokens with DES, which OpenSSL 3 has only in its legacy provider. */
const LEGACY = '--openssl-legacy-provider'

/** Starts s3rver in a process of its own on loopback, with one empty bucket. */
export const startS3 = async (): Promise<S3Server> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-s3-'))
  const script = path.join(import.meta.dirname, 's3-server.child.ts')
  let port = 0
  const launch = async () => {
    const child = spawn(process.execPath, ['--no-warnings', LEGACY, script, directory, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    port = Number(line.toString())
    return child
  }
  let child = await launch()
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    options: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'wasl',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
      forcePathStyle: true,
    },
    kill,
    start: async () => {
      child = await launch()
    },
    stop: async () => {
      await kill()
      fs.rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The S3 server named by the environment, for a run against a real one. */
export const namedS3 = (env: NodeJS.ProcessEnv): S3Options | undefined =>
  env['TEST_S3_ENDPOINT'] === undefined
    ? undefined
    : {
        endpoint: env['TEST_S3_ENDPOINT'],
        region: env['TEST_S3_REGION'] ?? 'us-east-1',
        bucket: env['TEST_S3_BUCKET'] ?? 'wasl',
        accessKeyId: env['TEST_S3_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['TEST_S3_SECRET_ACCESS_KEY'] ?? '',
        forcePathStyle: env['TEST_S3_FORCE_PATH_STYLE'] !== 'false',
      }
