// What is on its way to the gateway, kept in this browser until it has arrived: files whole, recordings slice by slice, so that
// a closed tab, a dead battery or a reload lose at most the last slice. Where IndexedDB is shut (some private windows) it is
// kept in memory, as long as the page lives.

/**
 * @typedef {object} Parcel
 * @property {string} id
 * @property {string} owner the filing or link it belongs to; only its own page opens an upload for it
 * @property {string} endpoint
 * @property {string} name
 * @property {string} type
 * @property {number | null} size null while a recording goes on
 * @property {string | null} url its upload, once there is one
 * @property {number} createdAt
 * @property {number} [seconds] of a recording
 * @property {boolean} [isPaused]
 * @property {boolean} [isKept] its id is still needed after it has arrived
 * @property {boolean} [hasArrived]
 */

const NAME = 'wasl'
const WEEK_MS = 7 * 24 * 3600 * 1000

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** @returns {Promise<IDBDatabase | undefined>} */
const open = async () => {
  try {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('parcels', { keyPath: 'id' })
      request.result.createObjectStore('slices')
      request.result.createObjectStore('filings', { keyPath: 'key' })
    }
    return await result(request)
  } catch {
    return undefined
  }
}

const opened = open()
export const isLasting = opened.then((database) => database !== undefined)

/** Tables in memory, for want of better. @type {Record<string, Map<string, any>>} */
const memory = { parcels: new Map(), slices: new Map(), filings: new Map() }

/** @param {string | [string, number]} key */
const text = (key) => (Array.isArray(key) ? `${key[0]}/${`${key[1]}`.padStart(6, '0')}` : key)

/** @param {string} table @param {any} value @param {[string, number]} [key] */
const write = async (table, value, key) => {
  const database = await opened
  if (!database) return void memory[table]?.set(text(key ?? value.id ?? value.key), value)
  await result(database.transaction(table, 'readwrite').objectStore(table).put(value, key))
}

/** @param {string} table @returns {Promise<any[]>} */
const all = async (table) => {
  const database = await opened
  if (!database) return [...(memory[table]?.values() ?? [])]
  return result(database.transaction(table).objectStore(table).getAll())
}

/** Every slice of a parcel: keys begin with its id. @param {string} id */
const slices = (id) => IDBKeyRange.bound([id], [id, []])

/** Gives what was there. @param {string} table @param {string} id */
const erase = async (table, id) => {
  const database = await opened
  const known = memory[table]?.get(id)
  memory[table]?.delete(id)
  if (!database) return known
  const rows = database.transaction(table, 'readwrite').objectStore(table)
  const found = await result(rows.get(id))
  await result(rows.delete(id))
  return found
}

/** All parcels, oldest first; what is older than a week is forgotten. @returns {Promise<Parcel[]>} */
export const parcels = async () => {
  const found = await all('parcels')
  for (const { id, createdAt } of found) if (createdAt < Date.now() - WEEK_MS) await drop(id)
  return found
    .filter(({ createdAt }) => createdAt >= Date.now() - WEEK_MS)
    .sort((a, b) => a.createdAt - b.createdAt)
}

/** @param {Parcel} parcel */
export const keep = (parcel) => write('parcels', parcel)

/** Changes a parcel that is still there; says whether it is. @param {string} id @param {Partial<Parcel>} change */
export const change = async (id, change) => {
  const database = await opened
  const known = memory['parcels']?.get(id)
  if (!database) return Boolean(known && memory['parcels']?.set(id, { ...known, ...change }))
  // In one transaction: the recorder and the courier write to the same parcel.
  const table = database.transaction('parcels', 'readwrite').objectStore('parcels')
  const parcel = await result(table.get(id))
  if (parcel) await result(table.put({ ...parcel, ...change }))
  return Boolean(parcel)
}

/** @param {string} id @param {number} place @param {Blob} slice */
export const keepSlice = (id, place, slice) => write('slices', slice, [id, place])

/** All that is there of a parcel, in one piece. @param {string} id @returns {Promise<Blob>} */
export const bodyOf = async (id) => {
  const database = await opened
  if (database)
    return new Blob(await result(database.transaction('slices').objectStore('slices').getAll(slices(id))))
  const names = [...(memory['slices']?.keys() ?? [])].filter((key) => key.startsWith(`${id}/`)).sort()
  return new Blob(names.map((name) => memory['slices']?.get(name)))
}

/** Lets go of the bytes; what a parcel is called stays. @param {string} id */
export const empty = async (id) => {
  const database = await opened
  if (database)
    return result(database.transaction('slices', 'readwrite').objectStore('slices').delete(slices(id)))
  for (const key of memory['slices']?.keys() ?? [])
    if (key.startsWith(`${id}/`)) memory['slices']?.delete(key)
}

/** Forgets a parcel, and gives it as it was. @param {string} id @returns {Promise<Parcel | undefined>} */
export const drop = async (id) => {
  await empty(id)
  return erase('parcels', id)
}

/** Filings that were written without a network. @returns {Promise<any[]>} */
export const filings = () => all('filings')
/** @param {{ key: string }} filing */
export const keepFiling = (filing) => write('filings', filing)
/** @param {string} key */
export const dropFiling = (key) => erase('filings', key)
