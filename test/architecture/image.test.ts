import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { KEYS } from '../../src/environment.ts'
import { ROOT } from './source-files.ts'

const read = (name: string): string => fs.readFileSync(path.join(ROOT, name), 'utf8')

/** Sources of the COPY lines that take from the clone, not from another stage. */
const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
  (sources ?? '').split(' '),
)
const admitted = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name)

describe('the image', () => {
  it.each(copied)('copies %s, which exists and reaches the builder', (source) => {
    expect(fs.existsSync(path.join(ROOT, source))).toBe(true)
    expect(admitted).toContain(source.split('/')[0])
  })

  it('takes every folder that the gateway runs from', () => {
    expect(copied).toEqual(expect.arrayContaining(['src', 'channels', 'media', 'migrations', 'package.json']))
  })

  it('admits nothing that it does not copy', () => {
    expect(admitted.filter((name) => !copied.includes(name ?? ''))).toEqual([])
  })
})

describe('compose.yaml', () => {
  const gateway = /^ {2}gateway:\n(.*?)^ {2}\w/ms.exec(read('compose.yaml'))?.[1] ?? ''
  const names = [...gateway.matchAll(/^ {6}([A-Z0-9_]+): /gm)].map(([, name]) => name ?? '')

  it('sets only variables that the gateway reads', () => {
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !Object.hasOwn(KEYS, name))).toEqual([])
  })

  it('holds no secret', () => {
    const secrets = [...read('compose.yaml').matchAll(/^ +\w*(?:PASSWORD|SECRET)\w*: (.*)$/gm)]
    expect(secrets.length).toBeGreaterThan(0)
    expect(secrets.filter(([, value]) => !value?.startsWith('${'))).toEqual([])
  })
})
