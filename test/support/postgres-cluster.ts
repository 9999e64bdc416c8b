import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the cluster's `wasl` database, which is the migrated template. */
    postgresUrl: string
  }
}

/** Starts one PostgreSQL for the whole run, without fsync, and migrates the template every test file copies. */
export default async function setup(project: TestProject) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-test-pg-'))
  fs.chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres(path.join(folder, 'pg'), {
    fsync: 'off',
    max_connections: '400',
  })
  await migrateDatabase(server.url)
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** A clean database from the migrated template. Gives its URL and a way to drop it. */
export const createTestDatabase = async (
  templateUrl: string,
): Promise<{ url: string; drop: () => Promise<void> }> => {
  const name = `t_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  const url = new URL(templateUrl)
  const socket = url.searchParams.get('host') ?? 'localhost'
  const admin = postgres({
    host: socket,
    port: Number(url.port),
    user: 'wasl',
    database: 'postgres',
    max: 1,
    onnotice: () => {},
  })
  await admin.unsafe(`create database ${name} template wasl`)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}
