/** A small generator of numbers that follow from a seed: a mail that broke something can be made again. */
export const createDice = (seed: number) => {
  let state = seed >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    bytes: (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256))),
  }
}

type Dice = ReturnType<typeof createDice>

const TYPES = [
  'text/plain',
  'text/html',
  'text/calendar; method=REQUEST',
  'application/pdf',
  'image/png',
  'message/rfc822',
  'message/delivery-status',
  'multipart/mixed',
  'multipart/alternative',
  'multipart/related',
  'multipart/signed; protocol="application/pgp-signature"',
  'multipart/report; report-type=delivery-status',
  'application/pkcs7-mime; smime-type=enveloped-data',
  'application/ms-tnef; name=winmail.dat',
  '/',
  'text',
  'text/plain; charset=',
  'multipart/mixed; boundary=',
]
const CHARSETS = [
  'utf-8',
  'windows-1256',
  'iso-8859-6',
  'utf-16',
  'utf-7',
  'x-nonsense',
  'iso-2022-jp',
  '"; drop',
  '',
]
const ENCODINGS = ['7bit', '8bit', 'base64', 'quoted-printable', 'x-uuencode', 'gzip', '', 'base64 ; x=y']
const NAMES = [
  'photo.jpg',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '=?utf-8?B?2LXZiNix2KkuanBn?=',
  "utf-8''%D8%B5%D9%88%D8%B1%D8%A9.jpg",
  'a\u202Egpj.exe',
  'CON',
  '.',
  'x'.repeat(3_000),
  '$(touch /tmp/x)',
  '\0.txt',
]
const WORDS = [
  'Le guichet est ferme.',
  'الشباك مغلق',
  '<script>alert(1)</script>',
  '\0\0',
  '\uFFFD',
  '-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----',
  '> cite\n>> cite encore',
  `${'<div>'.repeat(600)}x`,
  'begin 644 x.txt\n#0V%T\n`\nend',
  '.',
  '..\n.',
  '--b0',
  `${'a'.repeat(20_000)}`,
]

const headersOf = (dice: Dice): string => {
  const odd = [
    () =>
      `Subject: =?${dice.pick(CHARSETS)}?${dice.pick(['B', 'Q', 'X', ''])}?${dice.pick(WORDS).slice(0, 80)}?=`,
    () =>
      `Subject: ${dice
        .bytes(60)
        .toString('latin1')
        .replace(/[\r\n]/g, ' ')}`,
    () =>
      `From: ${dice.pick(['a@b, c@d', '<>', 'undisclosed:;', '"x" <y@z.example> (c', '=?utf-8?B?YUBi?= <q@r.example>', '@@@', ''])}`,
    () => `Date: ${dice.pick(['never', 'Thu, 99 Foo 99999 99:99:99', '', '0'])}`,
    () => `Message-ID: ${dice.pick(['<>', 'x', `<${'m'.repeat(3_000)}@x>`, '<a@b><c@d>'])}`,
    () => `References: ${'<r@x> '.repeat(dice.below(2_000))}`,
    () => `Received: ${dice.pick(WORDS).slice(0, 60)}`.repeat(1 + dice.below(3)),
    () => `X-${'H'.repeat(dice.below(400))}: ${dice.pick(WORDS).slice(0, 200).replace(/\n/g, '\n ')}`,
    () => 'no colon on this line',
    () =>
      `${dice
        .bytes(20)
        .toString('latin1')
        .replace(/[\r\n]/g, '')}: x`,
    () => ' folded from nothing',
    () => `In-Reply-To: ${dice.pick(['<receipt.00000000-0000-0000-0000-000000000000@wasl.test>', '<x', ''])}`,
  ]
  return Array.from({ length: dice.below(8) }, () => dice.pick(odd)()).join('\n')
}

const bodyOf = (dice: Dice, encoding: string): string => {
  const words = Array.from({ length: 1 + dice.below(4) }, () => dice.pick(WORDS)).join('\n')
  if (encoding === 'base64')
    return Buffer.from(words)
      .toString('base64')
      .slice(0, dice.below(4_000) + 1)
  return encoding === 'quoted-printable' ? words.replace(/[^ -~\n]/g, '=D8=zz') : words
}

const partOf = (dice: Dice, depth: number): string => {
  const type = dice.pick(TYPES)
  const encoding = dice.pick(ENCODINGS)
  const boundary = `b${depth}`
  const isMultiple = type.startsWith('multipart') && depth < 6
  const typed = isMultiple
    ? `${type}; boundary=${dice.pick([boundary, `"${boundary}"`, 'another', `${boundary} `])}`
    : `${type}; charset=${dice.pick(CHARSETS)}; name="${dice.pick(NAMES)}"`
  const head = [
    `Content-Type: ${typed}`,
    ...(encoding === '' ? [] : [`Content-Transfer-Encoding: ${encoding}`]),
    ...(dice.below(3) === 0 ? [`Content-Disposition: attachment; filename*=${dice.pick(NAMES)}`] : []),
    ...(dice.below(5) === 0 ? ['Content-ID: <c@x>'] : []),
  ].join('\n')
  if (type.startsWith('message/rfc822') && depth < 6) return `${head}\n\n${mailBody(dice, depth + 1)}`
  if (!isMultiple) return `${head}\n\n${bodyOf(dice, encoding)}`
  const parts = Array.from({ length: dice.below(4) }, () => `--${boundary}\n${partOf(dice, depth + 1)}`)
  return `${head}\n\n${parts.join('\n')}${dice.below(3) === 0 ? '' : `\n--${boundary}--`}`
}

const mailBody = (dice: Dice, depth: number): string =>
  `${headersOf(dice)}\nMIME-Version: 1.0\n${partOf(dice, depth)}`.replace(/^\n/, '')

/** Bytes are turned, dropped and doubled as broken relays do. */
const damage = (dice: Dice, mail: Buffer): Buffer => {
  const bytes = Buffer.from(mail)
  for (let turns = dice.below(20); turns > 0; turns -= 1) bytes[dice.below(bytes.length)] = dice.below(256)
  const cut = dice.below(4) === 0 ? dice.below(bytes.length) : bytes.length
  return bytes.subarray(0, cut)
}

/** One mail as nobody should write it, by its seed. The same seed is the same mail. */
export const hostileMail = (seed: number): Buffer => {
  const dice = createDice(seed * 2_654_435_761 + 1)
  const envelope = dice.below(5) === 0 ? '' : `From: Citizen ${seed} <citizen${seed}@example.ma>\n`
  const mail = Buffer.from(
    `${envelope}To: plaintes@wasl.test\n${mailBody(dice, 0)}\n`.replace(/\r?\n/g, '\r\n'),
  )
  return dice.below(2) === 0 ? mail : damage(dice, mail)
}

const nested = (depth: number, wrap: (inner: string, nth: number) => string, core: string): string => {
  let inner = core
  for (let nth = depth; nth > 0; nth -= 1) inner = wrap(inner, nth)
  return inner
}
const HEAD = 'From: deep@example.ma\r\nTo: plaintes@wasl.test\r\nSubject: profond\r\nMIME-Version: 1.0\r\n'

/** Mails that break readers by one thing carried far. */
export const EXTREMES: Readonly<Record<string, () => Buffer>> = {
  'multiparts 500 deep': () =>
    Buffer.from(
      HEAD +
        nested(
          500,
          (inner, nth) =>
            `Content-Type: multipart/mixed; boundary=b${nth}\r\n\r\n--b${nth}\r\n${inner}\r\n--b${nth}--\r\n`,
          'Content-Type: text/plain\r\n\r\nLe guichet est ferme.',
        ),
    ),
  'messages 500 deep': () =>
    Buffer.from(
      HEAD +
        nested(
          500,
          (inner) => `Content-Type: message/rfc822\r\n\r\n${HEAD}${inner}`,
          'Content-Type: text/plain\r\n\r\nLe guichet est ferme.',
        ),
    ),
  'HTML 20,000 deep': () =>
    Buffer.from(`${HEAD}Content-Type: text/html\r\n\r\n${'<div>'.repeat(20_000)}Le guichet est ferme.`),
  '20,000 parts': () =>
    Buffer.from(
      `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(20_000)}--b--\r\n`,
    ),
  '5,000 attachments': () =>
    Buffer.from(
      `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: image/png; name=x.png\r\nContent-Disposition: attachment\r\n\r\nx\r\n'.repeat(5_000)}--b--\r\n`,
    ),
  '100,000 headers': () => Buffer.from(`${HEAD}${'X-A: b\r\n'.repeat(100_000)}\r\nLe guichet est ferme.`),
  '100,000 recipients': () =>
    Buffer.from(`${HEAD}Cc: ${'a@example.ma, '.repeat(100_000)}b@example.ma\r\n\r\nLe guichet est ferme.`),
  'a quote of 200,000 marks': () =>
    Buffer.from(`${HEAD}\r\n${'>'.repeat(200_000)} x\r\n${'> \r\n'.repeat(50_000)}`),
  'attributions without an end': () =>
    Buffer.from(`${HEAD}\r\n${'Le lundi a dit que '.repeat(20_000)}\r\n${'On x wrote\r\n'.repeat(20_000)}`),
  'an encoded word without an end': () =>
    Buffer.from(`${HEAD.replace('profond', `=?utf-8?Q?${'=C3'.repeat(100_000)}`)}\r\nLe guichet est ferme.`),
  'a boundary of 100,000 letters': () =>
    Buffer.from(
      `${HEAD}Content-Type: multipart/mixed; boundary="${'b'.repeat(100_000)}"\r\n\r\n--${'b'.repeat(100_000)}\r\n\r\nLe guichet est ferme.`,
    ),
  'nothing but zeros': () => Buffer.alloc(200_000),
  'nothing but line ends': () => Buffer.from('\r\n'.repeat(200_000)),
  'every byte there is': () => Buffer.from(Array.from({ length: 65_536 }, (_byte, nth) => (nth * 7) & 255)),
}
