import fs from 'node:fs/promises'
import path from 'node:path'
import type { NewId } from '../core/clock.ts'

/** Where mail goes when no server is configured: one `.eml` file a message, newest first when listed. */
export interface Mailbox {
  /** Keeps a message as it would have been sent, with the return path a server would have noted. */
  deliver(message: Uint8Array, returnPath: string): Promise<void>
  /** Ids of the messages, newest first. */
  list(limit: number): Promise<readonly string[]>
  /** The message's bytes, or undefined when nothing has this id. */
  read(id: string): Promise<Buffer | undefined>
}

/** A box for trying things out: older messages make room. */
const CAPACITY = 1_000
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A mailbox in a folder, made when the first message comes. `newId` gives UUIDv7, so names sort by time. */
export const createMailbox = (folder: string, newId: NewId): Mailbox => {
  const ids = async (): Promise<string[]> => {
    const names = await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    return names
      .filter((name) => name.endsWith('.eml'))
      .map((name) => name.slice(0, -'.eml'.length))
      .filter((id) => ID.test(id))
      .sort()
      .reverse()
  }
  const fileOf = (id: string) => path.join(folder, `${id}.eml`)

  return {
    deliver: async (message, returnPath) => {
      await fs.mkdir(folder, { recursive: true, mode: 0o700 })
      const id = newId()
      const partial = path.join(folder, `${id}.partial`)
      await fs.writeFile(partial, [`Return-Path: <${returnPath}>\r\n`, message], { mode: 0o600 })
      await fs.rename(partial, fileOf(id))
      const old = (await ids()).slice(CAPACITY)
      await Promise.all(old.map((each) => fs.rm(fileOf(each), { force: true })))
    },
    list: async (limit) => (await ids()).slice(0, limit),
    read: async (id) => {
      if (!ID.test(id)) return undefined
      return fs.readFile(fileOf(id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
    },
  }
}
