import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { ImapFlow } from 'imapflow'
import { freePort, until } from './gateway-process.ts'

const PROGRAM = ['/usr/sbin/dovecot', '/usr/bin/dovecot'].find((file) => fs.existsSync(file)) ?? 'dovecot'
/** Dovecot refuses to serve mail as root. */
const NOBODY = 65_534

const runner = () => {
  const { uid, gid, username } = os.userInfo()
  return uid === 0
    ? { uid: NOBODY, gid: NOBODY, user: 'nobody', group: 'nogroup' }
    : { uid, gid, user: username, group: String(gid) }
}

const configOf = (folder: string, ports: { imap: number; lmtp: number }): string => {
  const { uid, gid, user, group } = runner()
  return `protocols = imap lmtp
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
listen = 127.0.0.1
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 50
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
auth_username_format = %Ln
mail_location = maildir:${folder}/mail/%u
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = home=${folder}/mail/%u
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
`
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true)).once('error', () => resolve(false))
    socket.once('data', () => socket.destroy())
  })

/** Dovecot itself, as an ordinary user: IMAP and LMTP on loopback, a maildir for any user name, any password. */
export const startDovecot = async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-dovecot-'))
  const { uid, gid } = runner()
  const ports = { imap: await freePort(), lmtp: await freePort() }
  const own = (file: string) => fs.chownSync(file, uid, gid)
  for (const name of ['', 'run', 'mail']) {
    fs.mkdirSync(path.join(folder, name), { recursive: true, mode: 0o755 })
    own(path.join(folder, name))
  }
  fs.writeFileSync(path.join(folder, 'conf'), configOf(folder, ports))
  const start = async () => {
    const server = spawn(PROGRAM, ['-F', '-c', path.join(folder, 'conf')], {
      stdio: 'ignore',
      ...(os.userInfo().uid === 0 ? { uid, gid } : {}),
    })
    const ended = new Promise((resolve) => server.once('exit', resolve))
    await until('Dovecot answers', () => answers(ports.imap), 15_000)
    return async () => {
      server.kill('SIGTERM')
      await ended
    }
  }
  let stop = await start()
  let serial = 0
  const maildir = (user: string) => path.join(folder, 'mail', user)

  /** Puts messages into a mailbox as a delivery agent does: they get their UIDs when somebody looks. */
  const put = (user: string, mails: readonly (Buffer | string)[]): void => {
    for (const part of ['', 'new', 'cur', 'tmp']) {
      const place = path.join(maildir(user), part)
      if (fs.existsSync(place)) continue
      fs.mkdirSync(place, { recursive: true })
      own(place)
    }
    for (const mail of mails) {
      serial += 1
      const name = `${1_790_000_000 + serial}.M${serial}P1.test`
      const [coming, there] = ['tmp', 'new'].map((part) => path.join(maildir(user), part, name)) as [
        string,
        string,
      ]
      fs.writeFileSync(coming, mail)
      own(coming)
      fs.renameSync(coming, there)
    }
  }

  /** Does something in a mailbox as another mail program would. */
  const visit = async <T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T> => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: ports.imap,
      secure: false,
      auth: { user, pass: 'x' },
      logger: false,
    })
    await client.connect()
    try {
      await client.mailboxOpen('INBOX')
      return await work(client)
    } finally {
      await client.logout().catch(() => client.close())
    }
  }

  return {
    ports,
    url: (user: string, query = '', port = ports.imap) =>
      `imap://${user}:secret@127.0.0.1:${port}/INBOX${query}`,
    put,
    visit,
    restart: async () => {
      await stop()
      stop = await start()
    },
    pause: () => stop(),
    resume: async () => {
      stop = await start()
    },
    /** Has the mailbox numbered anew, as a restore from a backup does. */
    renumber: async (user: string) => {
      await stop()
      for (const name of fs.readdirSync(maildir(user)))
        if (name.startsWith('dovecot')) fs.rmSync(path.join(maildir(user), name), { recursive: true })
      stop = await start()
    },
    /** Has the server fail to read one mail, as a bad sector does. Gives the way to mend it. */
    breakMail: (user: string, words: string) => {
      const files = ['new', 'cur'].flatMap((part) =>
        fs
          .globSync(path.join(maildir(user), part, '*'))
          .filter((file) => fs.readFileSync(file).includes(words)),
      )
      for (const file of files) {
        fs.chownSync(file, 0, 0)
        fs.chmodSync(file, 0)
      }
      const names = files.map((file) => path.basename(file).split(':')[0] ?? '')
      return () => {
        for (const name of names)
          for (const file of fs.globSync(path.join(maildir(user), '{new,cur}', `${name}*`))) {
            fs.chmodSync(file, 0o600)
            own(file)
          }
      }
    },
    log: () => fs.readFileSync(path.join(folder, 'dovecot.log'), 'utf8'),
    close: async () => {
      await stop()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Dovecot = Awaited<ReturnType<typeof startDovecot>>
