import { execFile, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { MEDIA_LIMITS } from './limits.ts'

/** Each wall round a tool, the best way to build it first. The tool is the last word of the command line. */
const WALLS = {
  // A tool that was tricked into opening an address finds no network at all.
  network: [
    ['/usr/bin/unshare', '--net', '--'],
    ['/usr/bin/unshare', '--map-root-user', '--net', '--'],
  ],
  limits: [['/usr/bin/prlimit', '--nofile=64', '--']],
  priority: [['/usr/bin/nice', '-n', '10']],
  // Last, because the kernel forgets the parent-death signal when credentials change.
  lifetime: [
    [
      '/usr/bin/setpriv',
      '--no-new-privs',
      '--bounding-set=-all',
      '--inh-caps=-all',
      '--pdeathsig=KILL',
      '--',
    ],
    ['/usr/bin/setpriv', '--no-new-privs', '--pdeathsig=KILL', '--'],
  ],
} as const
type Wall = keyof typeof WALLS

export interface Sandbox {
  /** The walls this machine can build; `doctor` names the missing ones. */
  readonly walls: readonly Wall[]
  readonly prefix: (limits: ToolLimits) => readonly string[]
}

export interface ToolLimits {
  /** Address space as well as memory; a JavaScript engine reserves more than it uses and lives with memory alone. */
  readonly address: boolean
}

const runs = (command: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const [program = '', ...args] = [...command, '/bin/true']
    execFile(program, args, { env: {}, timeout: 5_000 }, (error) => resolve(error === null))
  })

const limitArguments = ({ address }: ToolLimits): string[] => [
  '/usr/bin/prlimit',
  `--data=${MEDIA_LIMITS.memoryBytes}`,
  ...(address ? [`--as=${MEDIA_LIMITS.addressBytes}`] : []),
  `--cpu=${MEDIA_LIMITS.cpuSeconds}`,
  `--fsize=${MEDIA_LIMITS.renditionBytes + 16 * 1024 * 1024}`,
  `--nofile=${MEDIA_LIMITS.openFiles}`,
  '--core=0',
  '--',
]

/** Finds out once which walls stand here. Never fails: a Mac or a locked-down container has fewer, and says so. */
export const findSandbox = async (): Promise<Sandbox> => {
  const built: { wall: Wall; words: readonly string[] }[] = []
  for (const wall of Object.keys(WALLS) as Wall[])
    for (const words of WALLS[wall])
      if (await runs([...built.flatMap((b) => b.words), ...words])) {
        built.push({ wall, words })
        break
      }
  return {
    walls: built.map(({ wall }) => wall),
    prefix: (limits) =>
      built.flatMap(({ wall, words }) => (wall === 'limits' ? limitArguments(limits) : words)),
  }
}

export interface Tool {
  readonly program: string
  readonly args: readonly string[]
  /** The job folder: the only place the tool writes to. */
  readonly cwd: string
  readonly signal: AbortSignal
  readonly limits?: ToolLimits
  /** Takes the output as it comes; without it the output is collected, up to a limit. */
  readonly onOutput?: (chunk: Buffer) => void
}

export type ToolResult =
  | { readonly ok: true; readonly stdout: Buffer; readonly stderr: string }
  | { readonly ok: false; readonly reason: 'aborted' | 'too_costly' | 'failed'; readonly stderr: string }

/** The first bytes of a stream, up to a limit; the rest is read and dropped so that the tool never blocks. */
const collect = (stream: Readable, limit: number): (() => Buffer) => {
  const chunks: Buffer[] = []
  let kept = 0
  stream.on('data', (chunk: Buffer) => {
    if (kept < limit) chunks.push(chunk.subarray(0, limit - kept))
    kept += chunk.length
  })
  return () => Buffer.concat(chunks)
}

/** The last bytes of a stream: a tool says at the end why it gave up. */
const collectTail = (stream: Readable, limit: number): (() => Buffer) => {
  let tail = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-limit)
  })
  return () => tail
}

const OVER_LIMIT =
  /allocate memory|out of memory|malloc of size|bad_alloc|File too large|No space left|allocation failed/i

const reasonOf = (signal: AbortSignal, killedBy: NodeJS.Signals | null, stderr: string) => {
  if (signal.aborted) return 'aborted'
  if (killedBy === 'SIGXCPU' || killedBy === 'SIGXFSZ' || killedBy === 'SIGKILL') return 'too_costly'
  return OVER_LIMIT.test(stderr) ? 'too_costly' : 'failed'
}

/** Ends the tool and whatever it started. The group may be gone already. */
const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    return
  }
}

/**
 * Runs one tool behind the walls: explicit path, no shell, empty environment, own process group, which is killed whole
 * at the end and when the signal aborts. Resolves after the tool is gone; never rejects for what the tool did.
 */
export const runTool = (sandbox: Sandbox, tool: Tool): Promise<ToolResult> =>
  new Promise((resolve, reject) => {
    if (tool.signal.aborted) return resolve({ ok: false, reason: 'aborted', stderr: '' })
    const [program = '', ...args] = [
      ...sandbox.prefix(tool.limits ?? { address: true }),
      tool.program,
      ...tool.args,
    ]
    const child = spawn(program, args, {
      cwd: tool.cwd,
      env: {},
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const abort = () => child.pid !== undefined && killGroup(child.pid)
    tool.signal.addEventListener('abort', abort, { once: true })
    const stderr = collectTail(child.stderr, MEDIA_LIMITS.stderrBytes)
    const stdout = tool.onOutput ? undefined : collect(child.stdout, MEDIA_LIMITS.stdoutBytes)
    if (tool.onOutput) child.stdout.on('data', tool.onOutput)
    child.once('error', reject)
    child.once('exit', abort)
    child.once('close', (code, killedBy) => {
      tool.signal.removeEventListener('abort', abort)
      const talk = stderr().toString('utf8')
      if (code === 0) resolve({ ok: true, stdout: stdout?.() ?? Buffer.alloc(0), stderr: talk })
      else resolve({ ok: false, reason: reasonOf(tool.signal, killedBy, talk), stderr: talk })
    })
  })
