import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError, readConfig } from '../config.ts'
import { AppError } from '../core/errors.ts'
import { type Call, type Command, type Outcome, UsageError } from './command.ts'
import { type CommandModule, findCommand, loadAll } from './commands.ts'
import { commandHelp, overview } from './help.ts'

export interface Streams {
  /** stdout: data and nothing else. */
  out(text: string): void
  /** stderr: talk. */
  say(text: string): void
}

const EXIT = { done: 0, failed: 1, usage: 2, configuration: 3 } as const

const COMMON = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const

const parse = (command: Command, argv: readonly string[]) => {
  const options: NonNullable<ParseArgsConfig['options']> = { ...COMMON }
  for (const [name, { type }] of Object.entries(command.options)) options[name] = { type }
  try {
    const args = argv.slice(command.name.split(' ').length)
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const checkUsage = (command: Command, { values, positionals }: ReturnType<typeof parse>): void => {
  const wanted = command.arguments ?? []
  if (positionals.length !== wanted.length)
    throw new UsageError(
      wanted.length === 0 ? `unexpected ${positionals[0]}` : `${wanted.join(' ')} is wanted`,
    )
  for (const [name, option] of Object.entries(command.options)) {
    const value = values[name]
    if (option.required && (value === undefined || value === ''))
      throw new UsageError(`--${name} is required`)
    if (option.choices && value !== undefined && !option.choices.includes(String(value)))
      throw new UsageError(`--${name} is one of ${option.choices.join(', ')}`)
  }
}

const print = (streams: Streams, outcome: Outcome, asJson: boolean): number => {
  if (asJson) streams.out(`${JSON.stringify(outcome.json)}\n`)
  else if (outcome.text !== '') streams.out(`${outcome.text}\n`)
  return outcome.failed ? EXIT.failed : EXIT.done
}

const explain = (error: unknown, streams: Streams, command: Command | undefined): number => {
  if (error instanceof UsageError) {
    streams.say(`${error.message}\nSee: wasl ${command ? `${command.name} ` : ''}--help\n`)
    return EXIT.usage
  }
  if (error instanceof ConfigError) {
    streams.say(`${error.message}\n`)
    return EXIT.configuration
  }
  const fields = error instanceof AppError ? error.fields.map(({ field, code }) => `${field}: ${code}`) : []
  const reason = error instanceof Error ? error.message || error.name : String(error)
  streams.say(`${[reason, ...fields].join('\n')}\n`)
  return EXIT.failed
}

/** Runs one command line. Gives the exit code. */
export const runCommand = async (
  commands: readonly CommandModule[],
  argv: readonly string[],
  streams: Streams,
  readEnvironment: Call['config'] = readConfig,
): Promise<number> => {
  const command = await findCommand(commands, argv)
  try {
    if (command === undefined) return await printOverview(commands, argv, streams)
    const parsed = parse(command, argv)
    if (parsed.values['help'] === true) {
      streams.out(commandHelp(command))
      return EXIT.done
    }
    checkUsage(command, parsed)
    const { values, positionals } = parsed as { values: Call['values']; positionals: string[] }
    const say = (line: string) => streams.say(`${line}\n`)
    const outcome = await command.run({ values, positionals, config: readEnvironment, say })
    return outcome === undefined ? EXIT.done : print(streams, outcome, values['json'] === true)
  } catch (error) {
    return explain(error, streams, command)
  }
}

const printOverview = async (
  commands: readonly CommandModule[],
  argv: readonly string[],
  streams: Streams,
): Promise<number> => {
  const [word] = argv
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    streams.out(overview(await loadAll(commands)))
    return EXIT.done
  }
  throw new UsageError(`no command "${word}"`)
}
