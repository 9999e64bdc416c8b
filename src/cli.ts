#!/usr/bin/env node
import { keepCompiled } from './platform/keep-compiled.ts'

// Before anything large is loaded.
keepCompiled()
const { commands } = await import('./cli/commands.ts')
const { runCommand } = await import('./cli/run.ts')

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  say: (text) => void process.stderr.write(text),
})
