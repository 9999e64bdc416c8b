#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Before anything large is loaded: a command answers three times as fast from its second call on. Beside the packages, where
// nobody else writes: in the shared temporary folder any user of the machine could give us code.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/wasl', import.meta.url)))
const { commands } = await import('./cli/commands.ts')
const { runCommand } = await import('./cli/run.ts')

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  say: (text) => void process.stderr.write(text),
})
