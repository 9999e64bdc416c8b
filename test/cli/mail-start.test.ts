import fs from 'node:fs'
import { createTransport } from 'nodemailer'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { signIn } from '../support/gateway-client.ts'
import { freePort, scratchFolder, startGatewayProcess, until } from '../support/gateway-process.ts'

const WORDS = 'السلام عليكم،\nتوجد حفرة كبيرة أمام مدرسة الحي المحمدي منذ شهر ولم يصلحها أحد.\nأمينة'

interface Item {
  readonly reference: string
  readonly channel: string
}
interface Kept {
  readonly media: readonly { readonly name: string; readonly kind: string }[]
}

it('takes a mail in Arabic with a photo at the SMTP port that a start without configuration prints, and answers it', async () => {
  const folder = scratchFolder('mail-start')
  const environment = { DATA_DIR: folder, PORT: String(await freePort()) }
  const gateway = await startGatewayProcess(environment, 90_000)
  try {
    const [, port = '', to = ''] = await until(
      'the SMTP port is printed',
      async () => /smtp:\/\/127\.0\.0\.1:(\d+) for (\S+@\S+)/.exec(gateway.said.join('\n')) ?? undefined,
    )
    const photo = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#785a3c' } })
      .jpeg()
      .toBuffer()
    const transport = createTransport({ host: '127.0.0.1', port: Number(port), ignoreTLS: true })
    const { response } = await transport.sendMail({
      from: { name: 'أمينة العلوي', address: 'amina@example.ma' },
      to,
      subject: 'حفرة كبيرة أمام المدرسة',
      text: WORDS,
      attachments: [{ filename: 'صورة الحفرة.jpg', content: photo }],
    })
    expect(response).toMatch(/^250 /)
    const staff = await signIn(gateway.base, environment)
    const { reference } = await until('it is filed', async () => {
      const { items } = await staff.call<{ items: Item[] }>('GET', '/complaints?channel=email&q=المحمدي')
      return items.find(({ channel }) => channel === 'email')
    })
    const record = await staff.complaint<Kept>(reference)
    expect(JSON.stringify(record)).toContain('توجد حفرة كبيرة أمام مدرسة الحي المحمدي')
    expect(record.media).toMatchObject([{ name: 'صورة الحفرة.jpg', kind: 'image' }])
    await until('the answer lies in the local mailbox', async () =>
      (await (await fetch(`${gateway.base}/simulator/mailbox`)).text()).includes(`[${reference}]`),
    )
  } finally {
    await gateway.end('SIGTERM')
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
