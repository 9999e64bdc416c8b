import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface SunkMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

/** A reply the sink gives instead of taking the mail, by the recipient's local part: `refuse550@…`, `later451@…`. */
const refusalOf = (address: string): Error | undefined => {
  const code = /^(?:refuse|later)(\d{3})@/.exec(address)?.[1]
  return code === undefined
    ? undefined
    : Object.assign(new Error(`5.1.1 <${address}> no`), { responseCode: Number(code) })
}

/** A real SMTP server on loopback that keeps what it is given. `onTaken` may hold back the word that a mail was taken. */
export const startSmtpSink = async (hooks: { readonly onTaken?: () => 'hold' | undefined } = {}) => {
  const mails: SunkMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo: ({ address }, _session, done) => done(refusalOf(address)),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        mails.push({
          from,
          to: envelope.rcptTo.map((to) => to.address),
          raw: Buffer.concat(chunks).toString(),
        })
        if (hooks.onTaken?.() !== 'hold') done()
      })
    },
  })
  // A client that is killed while it sends resets its connection.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
