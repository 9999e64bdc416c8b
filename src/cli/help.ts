import type { Command, Option } from './command.ts'

const column = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

const flag = (name: string, option: Option): string =>
  option.type === 'boolean' ? `--${name}` : `--${name} ${option.value ?? 'TEXT'}`

const about = ({ about: text, choices, required }: Option): string =>
  [text, choices && `one of ${choices.join(', ')}`, required && 'required'].filter(Boolean).join('; ')

const COMMON: readonly (readonly [string, string])[] = [
  ['--json', 'data as JSON on stdout'],
  ['--help', 'this text'],
]

const EXITS = 'Exit: 0 done, 1 failed, 2 usage, 3 configuration. stdout is data, stderr is talk.'

/** The whole command line. */
export const overview = (commands: readonly Command[]): string =>
  [
    'wasl: multichannel intake gateway for public complaints',
    '',
    'Usage: wasl COMMAND [OPTIONS]',
    '',
    'Commands:',
    column(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Each command has --help with examples, and --json. The configuration is the environment: see .env.example.',
    EXITS,
    '',
  ].join('\n')

/** One command with its options and examples. */
export const commandHelp = (command: Command): string =>
  [
    `wasl ${command.name}: ${command.summary}`,
    '',
    `Usage: wasl ${[command.name, ...(command.arguments ?? [])].join(' ')} [OPTIONS]`,
    '',
    'Options:',
    column([
      ...Object.entries(command.options).map(
        ([name, option]) => [flag(name, option), about(option)] as const,
      ),
      ...COMMON,
    ]),
    '',
    'Examples:',
    ...command.examples.map((example) => `  wasl ${example}`),
    '',
    EXITS,
    '',
  ].join('\n')
