import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

/** A data folder that other users may traverse, since PostgreSQL runs as one of them. */
export const scratchFolder = (name: string): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `wasl-${name}-`))
  fs.chmodSync(folder, 0o755)
  return folder
}

export interface GatewayProcess {
  readonly base: string
  readonly process: ChildProcess
  /** What it printed when it became ready. */
  readonly said: readonly string[]
  /** Its log so far, a line each. */
  readonly logged: readonly string[]
  /** Sends a signal and waits for the end; gives the exit code, or null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts `src/main.ts` as an operator would, with nothing of our environment but what is said here. */
export const startGatewayProcess = (
  environment: Readonly<Record<string, string>>,
  patienceMs = 115_000,
): Promise<GatewayProcess> =>
  new Promise((resolve, reject) => {
    const gateway = spawn(process.execPath, ['--no-warnings', MAIN], {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'error', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said: string[] = []
    const complaints: string[] = []
    const exited = new Promise<number | null>((done) => gateway.once('exit', (code) => done(code)))
    const timer = setTimeout(
      () => reject(new Error(`not ready in time: ${complaints.slice(-20).join('\n')}`)),
      patienceMs,
    )
    createInterface({ input: gateway.stderr }).on('line', (line) => complaints.push(line))
    void exited.then((code) => reject(new Error(`ended with ${code}: ${complaints.slice(-20).join('\n')}`)))
    createInterface({ input: gateway.stdout }).on('line', (line) => {
      said.push(line)
      if (!line.includes('Wasl is ready')) return
      clearTimeout(timer)
      resolve({
        base: `http://127.0.0.1:${environment['PORT']}`,
        process: gateway,
        said,
        logged: complaints,
        end: (signal) => {
          gateway.kill(signal)
          return exited
        },
      })
    })
  })

/** Asks again until it holds; throws the last reason when the patience is over. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  patienceMs = 60_000,
): Promise<T> => {
  const end = performance.now() + patienceMs
  for (let last: unknown; ; ) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      last = error
    }
    if (performance.now() > end) throw new Error(`${what} did not come to hold`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
