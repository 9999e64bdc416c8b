import fs from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'

/** A full disk (or a used-up quota) in the words of the catalogue; anything else as it came. */
export const fileError = (error: unknown): unknown =>
  codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT'
    ? new AppError('insufficient_storage', { cause: error })
    : error

/** A rename is on disk only when its folder is. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await fs.open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
