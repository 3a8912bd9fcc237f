import type { Snippet } from 'svelte';

/** A column of a {@link DataTable}: what stands in a cell is a snippet of the page. */
export interface DataColumn<Row> {
  readonly id: string;
  readonly label: string;
  readonly cell: Snippet<[Row]>;
  /** Figures stand at the right edge. */
  readonly isNumber?: boolean | undefined;
  /** The server can sort by it; the words go to `onsort`. */
  readonly canSort?: boolean | undefined;
  /** Shown only when somebody asks for it. */
  readonly isExtra?: boolean | undefined;
  /** Cannot be hidden. */
  readonly isFixed?: boolean | undefined;
}

/** The order that the server was asked for; null = its own. */
export interface DataSort {
  readonly id: string;
  readonly isDescending: boolean;
}

/** Ascending, descending, and as the server has it. */
export function nextSort(sort: DataSort | null, id: string): DataSort | null {
  if (sort?.id !== id) return { id, isDescending: false };
  return sort.isDescending ? null : { id, isDescending: true };
}

const storageKey = (name: string): string => `ringline.columns.${name}`;

/** Which columns this browser shows in a table, as far as somebody has chosen. */
export function readColumnChoice(name: string): Readonly<Record<string, boolean>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(name)) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([, isShown]) => typeof isShown === 'boolean'));
  } catch {
    return {};
  }
}

export function keepColumnChoice(name: string, choice: Readonly<Record<string, boolean>>): void {
  localStorage.setItem(storageKey(name), JSON.stringify(choice));
}

/** The row that an arrow key leads to; null = the key is not for the table. */
export function rowAfterKey(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
