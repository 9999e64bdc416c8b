import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { expect, it } from 'vitest'
import { until } from '../support/gateway-process.ts'
import { openMailStage } from '../support/mail-stage.ts'
import { mailOf } from '../support/mail-text.ts'

/** A key and a certificate of its own for 127.0.0.1. */
const certify = (folder: string, name: string) => {
  const [key, cert] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.pem`)]
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), file: cert }
}

/** TLS in front of a mail server; `heard` tells what came out of the tunnel. */
const startTunnel = async (port: number, identity: { key: Buffer; cert: Buffer }) => {
  const heard: string[] = []
  const server = tls.createServer(identity, (client) => {
    const inner = net.connect(port, '127.0.0.1')
    client.on('data', (chunk) => heard.push(chunk.toString('latin1')))
    client.pipe(inner).pipe(client)
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, heard, close: () => server.close() }
}

it('reads a mailbox over TLS, and gives no password to a server that cannot prove who it is', async () => {
  const stage = await openMailStage()
  const ours = certify(stage.folder, 'ours')
  const tunnel = await startTunnel(stage.dovecot.ports.imap, ours)
  const stranger = await startTunnel(stage.dovecot.ports.imap, certify(stage.folder, 'stranger'))
  stage.dovecot.put('plaintes', [mailOf('through the tunnel')])
  const gateway = await stage.start({
    NODE_EXTRA_CA_CERTS: ours.file,
    IMAP_URL: [tunnel, stranger]
      .map(({ port }) => `imaps://plaintes:secret@127.0.0.1:${port}/INBOX`)
      .join(' '),
  })
  await until('the mail is filed', async () => (await stage.endOf('numero through the tunnel'))[0])
  const reason = await until('the stranger is told of', async () => {
    const { checks } = (await (await fetch(`${gateway.base}/readyz`)).json()) as {
      checks: { mailboxes: { ok: boolean; reason?: string } }
    }
    return checks.mailboxes.reason
  })
  expect(reason).toMatch(/^2 127\.0\.0\.1\/INBOX: DEPTH_ZERO_SELF_SIGNED_CERT$/)
  expect(tunnel.heard.join('')).toMatch(/AUTHENTICATE|LOGIN/)
  expect(stranger.heard).toEqual([])
  await stage.close()
  tunnel.close()
  stranger.close()
}, 120_000)
