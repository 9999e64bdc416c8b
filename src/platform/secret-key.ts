import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Config } from '../config.ts'

const KEY_BYTES = 32

/**
 * The key of the configuration, or the one under DATA_DIR, made at the first start and readable by its owner only. Two
 * processes that start together get the same key: it is written aside and linked into place, and the link of the later one fails.
 */
export const loadSecretKey = (config: Pick<Config, 'secretKey' | 'dataDir'>): string => {
  if (config.secretKey !== undefined) return config.secretKey
  const file = path.join(config.dataDir, 'secret-key')
  if (!fs.existsSync(file)) createKeyFile(file)
  return fs.readFileSync(file, 'utf8').trim()
}

const createKeyFile = (file: string): void => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  fs.writeFileSync(aside, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flush: true })
  try {
    fs.linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    fs.rmSync(aside)
  }
}
