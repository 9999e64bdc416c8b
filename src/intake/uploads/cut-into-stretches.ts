/**
 * Cuts a stream into stretches that end at a size or after a time, whichever comes first; each must be read to its end
 * before the next. A source that breaks ends its stretch in peace, so that what came is kept; the error follows after.
 */
export async function* cutIntoStretches(
  source: AsyncIterable<Buffer>,
  limits: { readonly bytes: number; readonly milliseconds: number },
): AsyncGenerator<AsyncGenerator<Buffer>> {
  const chunks = source[Symbol.asyncIterator]()
  let failure: { readonly error: unknown } | undefined
  let ended = false
  const pull = async (): Promise<Buffer | undefined> => {
    if (ended) return undefined
    try {
      let next = await chunks.next()
      // A request without a body (one that only says a length) comes as one empty chunk: that is no stretch.
      while (next.done !== true && next.value.length === 0) next = await chunks.next()
      ended = next.done === true
      return next.done ? undefined : next.value
    } catch (error) {
      ended = true
      failure = { error }
      return undefined
    }
  }

  async function* stretch(first: Buffer): AsyncGenerator<Buffer> {
    const until = performance.now() + limits.milliseconds
    let bytes = 0
    for (let chunk: Buffer | undefined = first; chunk !== undefined; chunk = await pull()) {
      bytes += chunk.length
      yield chunk
      if (bytes >= limits.bytes || performance.now() >= until) return
    }
  }

  try {
    for (let first = await pull(); first !== undefined; first = await pull()) yield stretch(first)
  } finally {
    if (!ended) await chunks.return?.()
  }
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error
}
