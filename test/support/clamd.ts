import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { until } from './media.ts'

/** The harmless file every scanner recognises, written so that this file is not recognised itself. */
export const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
)

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port }, () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.on('close', () => socket.destroy())
    socket.on('connect', () => socket.end())
  })

/** A real clamd with one signature, its own port, and a stream limit of 1 MB. */
export const startClamd = async (): Promise<{ url: string; stop: () => Promise<void> }> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-clamd-'))
  const port = await freePort()
  fs.mkdirSync(path.join(folder, 'db'))
  fs.writeFileSync(path.join(folder, 'db', 'eicar.ndb'), `Eicar-Test:0:*:${EICAR.toString('hex')}\n`)
  const lines = [
    `DatabaseDirectory ${folder}/db`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'Foreground yes',
    'StreamMaxLength 1M',
    `TemporaryDirectory ${folder}`,
    `User ${os.userInfo().username}`,
  ]
  fs.writeFileSync(path.join(folder, 'clamd.conf'), `${lines.join('\n')}\n`)
  const child = spawn('/usr/sbin/clamd', ['-c', path.join(folder, 'clamd.conf')], { stdio: 'ignore' })
  await until(() => answers(port), 30_000)
  return {
    url: `tcp://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}
