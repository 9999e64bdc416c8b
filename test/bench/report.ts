/** One result as a JSON line on stdout: a figure is worth reading beside its reference from the same run. */
export const report = (bench: string, figures: Readonly<Record<string, number | string>>): void => {
  process.stdout.write(`${JSON.stringify({ bench, ...figures })}\n`)
}

/** The value below which a share of the sorted numbers lies. */
export const percentile = (numbers: readonly number[], share: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const median = (numbers: readonly number[]): number => percentile(numbers, 0.5)

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits))
