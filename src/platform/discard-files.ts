import fs from 'node:fs/promises'
import path from 'node:path'

/** A mail's head and first words, or a whole event of the spool. */
const LOOKED_AT = 64 * 1024

const beginningOf = async (file: string): Promise<Buffer> => {
  const handle = await fs.open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const unlessGone = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** Removes the files of a folder whose first 64 KiB contain one of the texts. Gives how many. */
export const discardFilesWith = async (folder: string, texts: readonly string[]): Promise<number> => {
  if (texts.length === 0) return 0
  let discarded = 0
  for (const name of (await unlessGone(fs.readdir(folder))) ?? []) {
    const file = path.join(folder, name)
    const beginning = await unlessGone(beginningOf(file))
    if (beginning === undefined || !texts.some((text) => beginning.includes(text))) continue
    await fs.rm(file, { force: true })
    discarded += 1
  }
  return discarded
}
