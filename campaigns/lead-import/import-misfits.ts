import type { Column } from './column.ts';
import type { Misfit } from './import-plan.ts';
import type { LeadInFile } from './lead-row.ts';

/** Counts the cells that are not of their column's type. */
export class Misfits {
  private readonly found: Map<string, Misfit>;
  private readonly columns: readonly Column[];

  constructor(columns: readonly Column[], before: readonly Misfit[]) {
    this.columns = columns;
    this.found = new Map(before.map((misfit) => [misfit.column, misfit]));
  }

  add({ misfits, line }: LeadInFile): void {
    for (const column of misfits) {
      const before = this.found.get(column);
      const type = before?.type ?? this.columns.find(({ name }) => name === column)?.type ?? 'text';
      this.found.set(column, { column, type, cells: (before?.cells ?? 0) + 1, line: before?.line ?? line });
    }
  }

  list(): readonly Misfit[] {
    return [...this.found.values()];
  }
}
