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

/** Nothing here has to survive a crash. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '400',
}

/** Starts one PostgreSQL for the whole run and migrates the template every test database begins as. */
export default async function setup(project: TestProject) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-test-pg-'))
  fs.chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres(path.join(folder, 'pg'), SETTINGS)
  await migrateDatabase(server.url)
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

const connect = (url: URL, database: string) =>
  postgres({
    host: url.searchParams.get('host') ?? 'localhost',
    port: Number(url.port),
    user: 'wasl',
    database,
    max: 1,
    onnotice: () => {},
  })

/** What the migrations put into tables, so that a used database can be given it again. */
const KEEP_SEED = `
  create schema seed;
  do $$ declare name text; filled boolean; begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
      execute format('select exists (select from public.%I)', name) into filled;
      if filled then execute format('create table seed.%I as table public.%I', name, name); end if;
    end loop;
  end $$`

/** As it was made: nobody connected, no row but the seed. Triggers sleep, or the audit would refuse to be emptied. */
const RESET = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid();
  set session_replication_role = replica;
  do $$ declare name text; filled boolean; begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
      execute format('select exists (select from public.%I)', name) into filled;
      if filled then execute format('delete from public.%I', name); end if;
    end loop;
    for name in select tablename from pg_tables where schemaname = 'seed' loop
      execute format('insert into public.%I table seed.%I', name, name);
    end loop;
  end $$`

/** Databases of this process that nobody uses: making one costs many times what emptying one does. */
const free: string[] = []

const makeDatabase = async (url: URL): Promise<string> => {
  const name = `t_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  const admin = connect(url, 'postgres')
  await admin.unsafe(`create database ${name} template wasl`)
  await admin.end()
  const database = connect(url, name)
  await database.unsafe(KEEP_SEED)
  await database.end()
  return name
}

/** A clean, migrated database. Gives its URL and a way to let go of it. */
export const createTestDatabase = async (
  templateUrl: string,
): Promise<{ url: string; drop: () => Promise<void> }> => {
  const url = new URL(templateUrl)
  const name = free.pop() ?? (await makeDatabase(url))
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      const database = connect(url, name)
      await database.unsafe(RESET)
      await database.end()
      free.push(name)
    },
  }
}
