export const ADDRESS = 'plaintes@wasl.test'

/** A mail as text; `serial` makes sender, Message-ID and words its own. */
export const mailOf = (
  serial: number | string,
  headers: Readonly<Record<string, string | undefined>> = {},
  body = `Le lampadaire numero ${serial} de la rue est en panne depuis un mois.`,
): string => {
  const name = String(serial).replace(/\W+/g, '-')
  const all = {
    'Return-Path': `<citizen${name}@example.ma>`,
    From: `Citizen <citizen${name}@example.ma>`,
    To: ADDRESS,
    Subject: `Lampadaire ${serial}`,
    Date: 'Sat, 21 Nov 2026 10:00:00 +0000',
    'Message-ID': `<lamp-${name}@example.ma>`,
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return `${[...lines, '', body, ''].join('\n')}`.replace(/\r?\n/g, '\r\n')
}
