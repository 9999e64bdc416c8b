// Copies words at a press and says so. Browsers give the clipboard to secure pages only: elsewhere the words are selected and
// copied the old way.

/** @param {string} words */
const copyOldWay = (words) => {
  const field = Object.assign(document.createElement('textarea'), { value: words })
  document.body.append(field)
  field.select()
  const isDone = document.execCommand('copy')
  field.remove()
  return isDone
}

/** @param {string} words */
const copy = async (words) => {
  try {
    await navigator.clipboard.writeText(words)
    return true
  } catch {
    return copyOldWay(words)
  }
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!(button instanceof HTMLButtonElement)) continue
  const { parentElement: row, nextElementSibling: status } = button
  if (row) row.hidden = false
  button.addEventListener('click', async () => {
    const isDone = await copy(button.dataset['copy'] ?? '')
    button.focus()
    if (status && isDone) status.textContent = button.dataset['copied'] ?? ''
    if (isDone) document.dispatchEvent(new CustomEvent('wasl:saved'))
  })
}
