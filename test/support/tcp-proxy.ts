import net from 'node:net'

/** What the way to a server is like: open, closed, silent in both directions, or silent on the way back only. */
export type Way = 'open' | 'refused' | 'stalled' | 'mute'

/** A server's address as `net.connect` takes it. */
export type Target = { readonly port: number; readonly host?: string } | { readonly path: string }

/** A loopback port in front of a server, to take that server away and bring it back while both ends live. */
export const startTcpProxy = async (target: Target) => {
  let way: Way = 'open'
  let sent = 0
  const pairs = new Set<readonly [net.Socket, net.Socket]>()

  const swallowed = new WeakSet<object>()

  const obey = (pair: readonly [net.Socket, net.Socket]) => {
    const [client, server] = pair
    if (swallowed.has(pair)) return
    if (way === 'stalled') client.pause()
    else client.resume()
    if (way === 'stalled' || way === 'mute') server.pause()
    else server.resume()
  }
  const listener = net.createServer((client) => {
    if (way === 'refused') return void client.resetAndDestroy()
    const server = net.connect(target as net.NetConnectOpts)
    const pair = [client, server] as const
    pairs.add(pair)
    client.on('data', (chunk) => {
      sent += chunk.length
      server.write(chunk)
    })
    server.on('data', (chunk) => client.write(chunk))
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    obey(pair)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))

  return {
    port: (listener.address() as net.AddressInfo).port,
    /** Changes the way for old and new connections; `refused` breaks the old ones. */
    set: (next: Way) => {
      way = next
      for (const pair of pairs) {
        obey(pair)
        if (way === 'refused') pair[0].resetAndDestroy()
      }
    },
    /** Breaks what is open, as a restart of the other side does; new connections may be made. */
    cut: () => {
      for (const [client] of pairs) client.destroy()
    },
    /** What is open now loses every packet of both sides from here on, without a word; new connections are not touched. */
    swallow: () => {
      for (const pair of pairs) {
        swallowed.add(pair)
        for (const socket of pair) socket.removeAllListeners('data').on('data', () => {})
      }
    },
    connections: () => pairs.size,
    /** Bytes that clients have sent so far, headers included. */
    sent: () => sent,
    close: async () => {
      for (const [client] of pairs) client.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

export type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>
