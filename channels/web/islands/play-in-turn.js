// A recording that a killed tab cut in two is heard as one: its parts follow each other in one player.

/**
 * Gives what puts the player before the first part.
 * @param {HTMLMediaElement} player @param {() => readonly { blob?: Blob }[]} parts
 */
export const playInTurn = (player, parts) => {
  let at = 0
  /** @param {number} next */
  const load = (next) => {
    at = next
    URL.revokeObjectURL(player.src)
    const blob = parts()[at]?.blob
    if (blob) player.src = URL.createObjectURL(blob)
  }
  player.onended = () => {
    const isMore = at + 1 < parts().length
    load(isMore ? at + 1 : 0)
    if (isMore) void player.play()
  }
  return () => load(0)
}
