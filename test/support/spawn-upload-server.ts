import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import type { S3Options } from '../../src/platform/object-store/s3.ts'

export interface SpawnedServer {
  readonly url: string
  /** Resident bytes now. */
  resident(): number
  /** The most resident bytes it ever had. */
  residentPeak(): number
  kill(): Promise<void>
}

const statusLine = (pid: number, name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** Starts the upload door as a child on loopback; `kill` is SIGKILL. */
export const spawnUploadServer = async (options: {
  readonly databaseUrl: string
  readonly folder: string
  readonly s3?: S3Options | undefined
}): Promise<SpawnedServer> => {
  const script = path.join(import.meta.dirname, 'upload-server.child.ts')
  const s3 = options.s3 ? [JSON.stringify(options.s3)] : []
  const child = spawn(
    process.execPath,
    ['--no-warnings', script, options.databaseUrl, options.folder, ...s3],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const { pid } = child
  if (pid === undefined) throw new Error('The upload server did not start')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    url: line.toString().trim(),
    resident: () => statusLine(pid, 'VmRSS'),
    residentPeak: () => statusLine(pid, 'VmHWM'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
