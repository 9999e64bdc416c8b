import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface SourceFile {
  /** From the project's root, with slashes. */
  readonly path: string
  readonly text: string
  /** What it imports: project files from the root, packages by name. */
  readonly imports: readonly string[]
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"\n]*?(?:from\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|\}\s*from\s*['"]([^'"]+)['"]/g

const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(IMPORT)].map((match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    if (!target.startsWith('.')) return target
    return path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
  })

const walk = (folder: string): string[] =>
  fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const at = `${folder}/${entry.name}`
    if (entry.isDirectory()) return walk(at)
    return /\.(ts|js)$/.test(entry.name) ? [at] : []
  })

/** The product's own files: src, channels and media, without their tests. */
export const sourceFiles = (): SourceFile[] =>
  ['src', 'channels', 'media']
    .flatMap(walk)
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => {
      const text = fs.readFileSync(path.join(ROOT, file), 'utf8')
      return { path: file, text, imports: importsOf(file, text) }
    })
