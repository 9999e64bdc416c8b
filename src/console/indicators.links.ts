import type { Column, FigureRow, FigureTable } from '../core/figure-table.ts'
import type { Asked } from '../supervision/asked-filters.ts'
import { askFor, type Opened, openedBy } from '../supervision/selection.ts'

/** The filters as they stand in an address. */
export const indicatorsQuery = (
  asked: Asked,
  more: Readonly<Record<string, string | undefined>> = {},
): string =>
  new URLSearchParams(
    Object.entries({ ...asked, ...more }).filter(
      // An empty value is one: what was not said.
      (pair): pair is [string, string] => pair[1] !== undefined && (pair[1] !== '' || pair[0] === 'value'),
    ),
  ).toString()

/** Where the list behind a number is. */
export const behindLink = (
  asked: Asked,
  { selection, narrowed = {} }: Pick<Opened, 'selection'> & Partial<Opened>,
) => `/console/indicators/list?${indicatorsQuery({ ...asked, ...narrowed }, { ...askFor(selection) })}`

/** The same of one value in a table, where it has one. */
export const linkBehind =
  (asked: Asked) =>
  (table: FigureTable, row: FigureRow, column: Column): string | undefined => {
    const opened = openedBy(table, row, column)
    return opened && behindLink(asked, opened)
  }
