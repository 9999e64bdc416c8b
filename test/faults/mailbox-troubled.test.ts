import { expect, it } from 'vitest'
import { until } from '../support/gateway-process.ts'
import { openMailStage } from '../support/mail-stage.ts'
import { mailOf } from '../support/mail-text.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

/** Two troubles of a mailbox that take minutes to be told from a slow one: side by side, each with a server of its own. */

it.concurrent('a mailbox whose server falls silent without closing has its new mail filed within 3 minutes (P11)', async () => {
  const stage = await openMailStage()
  const proxy = await startTcpProxy({ port: stage.dovecot.ports.imap })
  await stage.start({ IMAP_URL: stage.dovecot.url('plaintes', '', proxy.port) })
  stage.dovecot.put('plaintes', [mailOf('before the silence')])
  await until('a mail is filed', async () => (await stage.endOf('numero before the silence'))[0])
  proxy.swallow()
  stage.dovecot.put('plaintes', [mailOf('in the silence')])
  await until('it is filed', async () => (await stage.endOf('numero in the silence'))[0], 180_000)
  await stage.close()
  await proxy.close()
}, 260_000)

it.concurrent('a mail that its server cannot give does not hold up its neighbours, and is put before a person (P08)', async () => {
  const stage = await openMailStage()
  const filed = (words: string, patienceMs = 60_000) =>
    until(`a mail with "${words}" is filed`, async () => (await stage.endOf(words))[0], patienceMs)
  const put = (...mails: string[]) => stage.dovecot.put('plaintes', mails)
  put(mailOf('before the bad one'), mailOf('the bad one'), mailOf('after the bad one'))
  const release = stage.dovecot.breakMail('plaintes', 'numero the bad one')
  await stage.start({ IMAP_URL: stage.dovecot.url('plaintes') })
  await filed('numero before the bad one')
  await filed('numero after the bad one')
  put(mailOf('a control'))
  await filed('numero a control')
  await until('the bad one is in the quarantine', async () => (await stage.counts()).quarantined > 0, 150_000)
  release()
  // Once its server can read it again, it is filed like any other.
  await filed('numero the bad one', 150_000)
  expect(await stage.settled(4)).toMatchObject({ open: 0 })
  await stage.close()
}, 320_000)
