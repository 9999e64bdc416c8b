import { execFile } from 'node:child_process'
import { access, chmod, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import ffmpeg from 'fluent-ffmpeg'
import { MEDIA_LIMITS } from './limits.ts'
import { findSandbox, runTool, type Sandbox, type Tool, type ToolResult } from './sandbox.ts'

const execute = promisify(execFile)

export interface MediaTools {
  readonly ffmpeg: string
  readonly ffprobe: string
  readonly origin: 'configured' | 'path' | 'bundled'
  /** As the tool calls itself: `5.1.9-0+deb12u1`. */
  readonly version: string
  readonly sandbox: Sandbox
  /** For the log at start and for `doctor`. */
  readonly warnings: readonly string[]
}

export interface MediaToolsWanted {
  readonly ffmpegPath: string | undefined
  readonly ffprobePath: string | undefined
  /** Folders to search, as in PATH. */
  readonly searchPath: string
  /** The bundled build dates from 2018: enough to try the gateway, never beside a real database or provider. */
  readonly bundledToolsAllowed: boolean
}

export type MediaToolsFound =
  | { readonly ok: true; readonly tools: MediaTools }
  | { readonly ok: false; readonly problem: string }

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

const onPath = async (name: string, searchPath: string): Promise<string | undefined> => {
  for (const folder of searchPath.split(path.delimiter).filter((part) => path.isAbsolute(part)))
    if (await isProgram(path.join(folder, name))) return path.join(folder, name)
  return undefined
}

/** The build that npm brought along. npm may have dropped the executable bits: see the traps of `@ffmpeg-installer`. */
const bundled = async (name: 'ffmpeg' | 'ffprobe'): Promise<string | undefined> => {
  try {
    const require = createRequire(import.meta.url)
    const file: unknown = require(`@${name}-installer/${name}`).path
    if (typeof file !== 'string') return undefined
    if (!(await isProgram(file))) await chmod(file, 0o755)
    return file
  } catch {
    return undefined
  }
}

interface Pair {
  readonly ffmpeg: string | undefined
  readonly ffprobe: string | undefined
  readonly origin: MediaTools['origin']
}

const findPair = async (wanted: MediaToolsWanted): Promise<Pair> => {
  if (wanted.ffmpegPath !== undefined || wanted.ffprobePath !== undefined)
    return {
      ffmpeg: wanted.ffmpegPath ?? (await onPath('ffmpeg', wanted.searchPath)),
      ffprobe: wanted.ffprobePath ?? (await onPath('ffprobe', wanted.searchPath)),
      origin: 'configured',
    }
  const found = {
    ffmpeg: await onPath('ffmpeg', wanted.searchPath),
    ffprobe: await onPath('ffprobe', wanted.searchPath),
  }
  if ((found.ffmpeg && found.ffprobe) || !wanted.bundledToolsAllowed) return { ...found, origin: 'path' }
  return { ffmpeg: await bundled('ffmpeg'), ffprobe: await bundled('ffprobe'), origin: 'bundled' }
}

const versionOf = async (program: string): Promise<string | undefined> => {
  try {
    const { stdout } = await execute(program, ['-version'], { env: {}, timeout: 10_000 })
    return /^ff\w+ version (\S+)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

const INSTALL = 'Install ffmpeg (Debian: apt-get install ffmpeg) or set FFMPEG_PATH and FFPROBE_PATH.'

/**
 * Finds ffmpeg and ffprobe: configured, else on the search path, else the bundled build where that is allowed; and the
 * walls that can be put round them. A problem is one sentence with its fix.
 */
export const findMediaTools = async (wanted: MediaToolsWanted): Promise<MediaToolsFound> => {
  const { ffmpeg, ffprobe, origin } = await findPair(wanted)
  if (ffmpeg === undefined || ffprobe === undefined)
    return { ok: false, problem: `${ffmpeg === undefined ? 'ffmpeg' : 'ffprobe'} was not found. ${INSTALL}` }
  const [version, probeVersion, sandbox] = await Promise.all([
    versionOf(ffmpeg),
    versionOf(ffprobe),
    findSandbox(),
  ])
  if (version === undefined) return { ok: false, problem: `${ffmpeg} does not run as ffmpeg. ${INSTALL}` }
  if (probeVersion === undefined)
    return { ok: false, problem: `${ffprobe} does not run as ffprobe. ${INSTALL}` }
  const warnings = [
    ...(origin === 'bundled' ? [`The bundled ffmpeg of 2018 is used: for trying only. ${INSTALL}`] : []),
    ...(['network', 'limits', 'lifetime'] as const)
      .filter((wall) => !sandbox.walls.includes(wall))
      .map((wall) => `Media tools run without the ${wall} wall on this machine; see media/README.md.`),
  ]
  return { ok: true, tools: { ffmpeg, ffprobe, origin, version, sandbox, warnings } }
}

/**
 * The formats a tool may open. A playlist (HLS, concat, DASH) is none of them, whatever it is called: it would open
 * other files and addresses. `-protocol_whitelist` alone does not stop that.
 */
const FORMATS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,wav,mp3,amr,caf,aac,flac,avi'

/** What stands before every `-i` of a file that came from outside. */
export const inputGuards = (formats = FORMATS): string[] => [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  formats,
]

export interface Input {
  /** Relative to the job folder. */
  readonly file: string
  readonly options?: readonly string[]
  readonly formats?: string
}
export interface Output {
  readonly file: string
  readonly options: readonly string[]
}

/**
 * The argument list of one ffmpeg run: guards, input, outputs. fluent-ffmpeg only puts the list together; it starts
 * nothing, because its own time-out and kill cannot be relied on.
 */
export const ffmpegArguments = (input: Input, outputs: readonly Output[]): string[] => {
  const command = ffmpeg()
    .input(`file:${input.file}`)
    .inputOptions([
      '-v',
      'error',
      '-nostdin',
      ...inputGuards(input.formats),
      '-max_pixels',
      String(MEDIA_LIMITS.framePixels),
      ...(input.options ?? []),
    ])
  for (const output of outputs) command.output(output.file).outputOptions([...output.options])
  const { _getArguments: list } = command as unknown as { _getArguments(): string[] }
  return list.call(command)
}

/** Limits of every output that is a file: length, size, threads. */
export const OUTPUT_LIMITS = [
  '-t',
  String(MEDIA_LIMITS.durationSeconds),
  '-fs',
  String(MEDIA_LIMITS.renditionBytes),
] as const

export const runFfmpeg = (
  tools: MediaTools,
  args: readonly string[],
  job: Pick<Tool, 'cwd' | 'signal' | 'onOutput'>,
): Promise<ToolResult> => runTool(tools.sandbox, { program: tools.ffmpeg, args, ...job })
