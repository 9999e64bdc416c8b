// Solves the proof of work (ALTCHA) that a busy connection is asked for, then sends the form. Without scripts, or where the
// browser keeps crypto.subtle for secure pages, the page says how long to wait instead.

/** @typedef {{ algorithm: string, challenge: string, maxnumber: number, salt: string, signature: string }} Challenge */

const BATCH = 500

/** @param {ArrayBuffer} buffer */
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * Tries every number until its hash is the challenge. Gives the number, or undefined.
 * @param {Challenge} challenge
 */
const solve = async ({ challenge, maxnumber, salt }) => {
  const encoder = new TextEncoder()
  for (let start = 0; start <= maxnumber; start += BATCH) {
    const numbers = Array.from(
      { length: Math.min(BATCH, maxnumber - start + 1) },
      (_, index) => start + index,
    )
    const hashes = await Promise.all(
      numbers.map((number) => crypto.subtle.digest('SHA-256', encoder.encode(salt + number))),
    )
    const found = hashes.findIndex((hash) => hex(hash) === challenge)
    if (found >= 0) return numbers[found]
  }
  return undefined
}

/** @param {HTMLFormElement} form */
const start = async (form) => {
  /** @type {Challenge} */
  const challenge = JSON.parse(form.dataset.challenge ?? '{}')
  const status = document.getElementById('wait')
  if (status) status.textContent = status.dataset.working ?? ''
  const began = performance.now()
  const number = await solve(challenge)
  if (number === undefined) return
  const { algorithm, salt, signature } = challenge
  const took = Math.round(performance.now() - began)
  const proof = document.createElement('input')
  proof.type = 'hidden'
  proof.name = 'proof'
  proof.value = btoa(
    JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature, took }),
  )
  form.append(proof)
  form.submit()
}

const form = document.querySelector('form[data-challenge]')
if (form instanceof HTMLFormElement && globalThis.crypto?.subtle) void start(form)
