/** The intake's own mailboxes, as `local@domain`. */
export type OwnAddresses = readonly string[]

const parts = (address: string): { local: string; domain: string } => {
  const at = address.lastIndexOf('@')
  return { local: address.slice(0, at).toLowerCase(), domain: address.slice(at + 1).toLowerCase() }
}

/** The tag of one of our own addresses ('' when it has none); undefined for an address of others. */
export const tagOf = (address: string, own: OwnAddresses): string | undefined => {
  const given = parts(address)
  for (const each of own.map(parts)) {
    if (given.domain !== each.domain) continue
    if (given.local === each.local) return ''
    if (given.local.startsWith(`${each.local}+`)) return given.local.slice(each.local.length + 1)
  }
  return undefined
}

export const isOwn = (address: string, own: OwnAddresses): boolean => tagOf(address, own) !== undefined
