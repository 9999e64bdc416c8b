/** Waits until the condition holds; fails after the deadline. Never sleeps longer than it must. */
export const pollUntil = async (
  condition: () => Promise<boolean> | boolean,
  milliseconds = 10_000,
): Promise<void> => {
  const until = Date.now() + milliseconds
  while (!(await condition())) {
    if (Date.now() > until) throw new Error('The condition did not come about in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
