import { afterAll, beforeAll, expect, it } from 'vitest'
import { type GatewayProcess, until } from '../support/gateway-process.ts'
import { type MailStage, openMailStage } from '../support/mail-stage.ts'
import { mailOf } from '../support/mail-text.ts'

const MAILS = 1_000

let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage()
})
afterAll(() => stage.close())

it('files 1,000 waiting mails once with two replicas on one mailbox, the reading one killed midway (P07, P10)', async () => {
  stage.dovecot.put(
    'plaintes',
    Array.from({ length: MAILS }, (_, i) => mailOf(i)),
  )
  const own = { IMAP_URL: stage.dovecot.url('plaintes'), LOG_LEVEL: 'info' }
  const replicas = await Promise.all([stage.start(own), stage.start(own)])
  await until('a third is on record', async () => (await stage.counts()).received > MAILS / 3)
  const reads = ({ logged }: GatewayProcess) => logged.some((line) => line.includes('"mailbox.reading"'))
  expect(replicas.map(reads).toSorted()).toEqual([false, true])
  const [reading, other] = replicas.toSorted((a, b) => Number(reads(b)) - Number(reads(a)))
  await reading!.end('SIGKILL')
  const counts = await stage.settled(MAILS, 180_000)
  expect(counts).toMatchObject({ received: MAILS, created: MAILS, complaints: MAILS, receipts: MAILS })
  const recipients = new Set(stage.sink.mails.flatMap(({ to }) => to))
  expect(recipients.size).toBe(MAILS)
  // A receipt sent and not noted before the kill may come again, as the same mail (P02).
  const ids = new Set(stage.sink.mails.map(({ raw }) => /^Message-ID: *(\S+)/im.exec(raw)?.[1]))
  expect(ids.size).toBe(MAILS)
  expect(reads(other!)).toBe(true)
}, 300_000)
