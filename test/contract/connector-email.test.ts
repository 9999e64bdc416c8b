import net, { type AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmailConnector } from '../../src/connectors/email/connector.ts'
import type { ConnectorMessage } from '../../src/core/connector.ts'
import { text } from '../../src/html/text.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { testSecrets } from '../support/acceptance.ts'
import { dossierOf, enclosureOf, messageOf } from '../support/dossier.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { connectorContract } from './connector.contract.ts'

const noMailbox = { deliver: async () => {}, list: async () => [], read: async () => undefined }

const connectorTo = (smtp: string, mediaBytes?: number) => {
  const mailer = createMailer({
    url: smtp,
    mailbox: noMailbox,
    from: 'Wasl <plaintes@wasl.example>',
    clock: systemClock,
    secrets: testSecrets,
  })
  const connector = createEmailConnector({
    sendMail: mailer.send,
    words: text,
    publicUrl: 'https://wasl.example',
    ...(mediaBytes === undefined ? {} : { mediaBytes }),
  })
  return { connector, close: () => mailer.close() }
}

/** A server that takes the connection and says nothing. */
const startMute = async () => {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

connectorContract('email', async () => {
  const sink = await startSmtpSink()
  const mute = await startMute()
  const gone = await startSmtpSink()
  await gone.close()
  const [real, silent, absent] = [sink, mute, gone].map(({ url }) => connectorTo(url))
  const settings = {
    takes: { address: 'bureau@sante.example', language: 'ar' },
    later: { address: 'later451@sante.example', language: 'fr' },
    never: { address: 'refuse550@sante.example', language: 'fr' },
    silent: { address: 'silent@sante.example', language: 'fr' },
    absent: { address: 'absent@sante.example', language: 'fr' },
  }
  const routed = (message: ConnectorMessage) => {
    if (message.settings === settings.silent) return silent!
    return message.settings === settings.absent ? absent! : real!
  }
  return {
    connector: {
      ...real!.connector,
      deliver: (message, signal) => routed(message).connector.deliver(message, signal),
    },
    settings,
    secrets: [],
    arrived: () =>
      Promise.all(
        sink.mails.map(async ({ raw }) => {
          const mail = await simpleParser(raw)
          const json = mail.attachments.find(({ filename }) => filename === 'dossier.json')
          return {
            id: mail.messageId ?? '',
            event: String(mail.headers.get('x-wasl-event')),
            dossier: JSON.parse(json?.content.toString() ?? '{}'),
          }
        }),
      ),
    close: async () => {
      for (const opened of [real, silent, absent]) opened?.close()
      mute.close()
      await sink.close()
    },
  }
})

describe('email', () => {
  let sink: Awaited<ReturnType<typeof startSmtpSink>>
  beforeAll(async () => {
    sink = await startSmtpSink()
  })
  afterAll(() => sink.close())

  const send = async (facts: Partial<ConnectorMessage>, language = 'fr', mediaBytes?: number) => {
    const { connector, close } = connectorTo(sink.url, mediaBytes)
    const settings = { address: 'bureau@sante.example', language }
    await connector.deliver(messageOf({ settings, ...facts }), AbortSignal.timeout(5_000))
    close()
    return simpleParser(sink.mails.at(-1)?.raw ?? '')
  }

  it('can be recognised: reference, event and stable ids in its headers, nothing of the citizen in its subject', async () => {
    const id = messageOf({}).id
    const mail = await send({ id, dossier: dossierOf({ text: 'SECRET\r\nBcc: x@y.z' }) })
    expect(mail.messageId).toBe(`<${id}@wasl.example>`)
    expect(mail.subject).toBe('Wasl 2612345674 : nouveau dossier')
    expect(Object.fromEntries(mail.headers)).toMatchObject({
      'x-wasl-reference': '2612345674',
      'x-wasl-message': id,
      'auto-submitted': 'auto-generated',
      'content-language': 'fr',
    })
    expect(mail.bcc).toBeUndefined()
    expect(sink.mails.at(-1)?.to).toEqual(['bureau@sante.example'])
  })

  it.each([
    ['fr', 'Réponse au plus tard le : 2027-02-04'],
    ['ar', 'الجواب قبل نهاية : 2027-02-04'],
    ['en', 'Answer due by : 2027-02-04'],
  ])('can be read in %s', async (language, line) => {
    const mail = await send({}, language)
    expect(mail.text).toContain(line)
    expect(mail.text).toContain('انتظرت ست ساعات في المستشفى')
  })

  it('attaches media up to its limit, bit for bit, and gives links beyond', async () => {
    const small = enclosureOf('voix-playable.m4a', Buffer.from([0, 255, 13, 10, 46, 13, 10, 0]))
    const large = enclosureOf('film-playable.mp4', Buffer.alloc(2_000, 7))
    const file = (enclosure: typeof small, url: string) => ({
      name: enclosure.name,
      type: enclosure.type,
      bytes: enclosure.bytes,
      sha256: enclosure.sha256,
      url,
      urlExpiresAt: '2026-12-21T10:00:00.000Z',
      rendition: 'playable',
    })
    const media = [small, large].map((enclosure, position) => ({
      id: String(position),
      kind: 'audio' as const,
      state: 'ready' as const,
      round: 1,
      durationMs: 1,
      transcript: null,
      original: file(enclosureOf('o', `o${position}`), `https://wasl.example/media/o${position}`),
      renditions: [file(enclosure, `https://wasl.example/media/r${position}`)],
    }))
    const mail = await send({ dossier: dossierOf({ media }), enclosures: [large, small] }, 'fr', 1_000)
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(['dossier.json', 'voix-playable.m4a'])
    expect(mail.attachments[1]?.content).toEqual(Buffer.from([0, 255, 13, 10, 46, 13, 10, 0]))
    expect(mail.text).toContain('https://wasl.example/media/r1')
    expect(mail.text).toContain('joint à ce message')
    expect(mail.text).toContain('2026-12-21')
  })

  it('fails whole, to be tried again, when a file cannot be read', async () => {
    const { connector, close } = connectorTo(sink.url)
    const before = sink.mails.length
    const broken = { ...enclosureOf('x', 'x'), open: () => Promise.reject(new Error('store away')) }
    const result = await connector.deliver(
      messageOf({ settings: { address: 'bureau@sante.example' }, enclosures: [broken] }),
      AbortSignal.timeout(3_000),
    )
    expect(result).toMatchObject({ ok: false })
    expect(sink.mails.length).toBe(before)
    close()
  })
})
