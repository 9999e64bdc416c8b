#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Before anything large is loaded: a command answers three times as fast from its second call on.
enableCompileCache()
const { commands } = await import('./cli/commands.ts')
const { runCommand } = await import('./cli/run.ts')

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  say: (text) => void process.stderr.write(text),
})
