// Recordings of one list are parts of one account: when one has been heard the next begins.

for (const list of document.querySelectorAll('ul.files, [data-in-turn]')) {
  const players = /** @type {HTMLMediaElement[]} */ ([...list.querySelectorAll('audio, video')])
  for (const [at, player] of players.entries())
    player.addEventListener('ended', () => void players[at + 1]?.play().catch(() => {}))
}
