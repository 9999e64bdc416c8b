import { describe, expect, it } from 'vitest'
import { MAIL_KEYS } from './config.ts'

const mailboxes = (value: string) => MAIL_KEYS.IMAP_URL.schema.safeParse(value).data
const listen = (value: string) => MAIL_KEYS.LMTP_LISTEN.schema.safeParse(value).data

describe('IMAP_URL', () => {
  it('names mailboxes, each with its account, folder and address', () => {
    expect(
      mailboxes(
        'imaps://plaintes%40wasl.example:p%20w@mail.example/INBOX imap://u:x@[::1]:1143/A%2FB?done=Faites&address=a@b.example',
      ),
    ).toMatchObject([
      {
        name: 'mail.example/INBOX',
        port: 993,
        tls: true,
        user: 'plaintes@wasl.example',
        password: 'p w',
        folder: 'INBOX',
        doneFolder: undefined,
        address: 'plaintes@wasl.example',
      },
      { host: '::1', port: 1143, tls: false, folder: 'A/B', doneFolder: 'Faites', address: 'a@b.example' },
    ])
  })

  it('reads the inbox where no folder is named, and keeps one name whatever the password', () => {
    const [one] = mailboxes('imaps://u:first@mail.example') ?? []
    const [other] = mailboxes('imaps://u:second@mail.example/INBOX?done=X') ?? []
    expect(one).toMatchObject({ folder: 'INBOX', address: undefined })
    expect(other?.id).toBe(one?.id)
  })

  it.each([
    'mail.example',
    'pop3://u:p@mail.example',
    'imaps://mail.example/INBOX',
    'imaps://u:p@mail.example/%E0%A4',
    'imaps://u:p@mail.example imaps://u:p@mail.example/INBOX',
  ])('is refused as %s', (value) => {
    expect(mailboxes(value)).toBeUndefined()
  })
})

describe('LMTP_LISTEN', () => {
  it.each([
    ['127.0.0.1:2424', { protocol: 'lmtp', host: '127.0.0.1', port: 2424 }],
    ['lmtp://mail.internal:24', { protocol: 'lmtp', host: 'mail.internal', port: 24 }],
    ['smtp://[::1]:2525', { protocol: 'smtp', host: '::1', port: 2525 }],
  ])('reads %s', (value, expected) => {
    expect(listen(value)).toEqual(expected)
  })

  it.each(['2424', 'nowhere', 'imap://127.0.0.1:1', '127.0.0.1:70000', '::1:25'])(
    'is refused as %s',
    (value) => {
      expect(listen(value)).toBeUndefined()
    },
  )
})
