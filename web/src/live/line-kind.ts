import { unreachable } from '../../../kernel/assert.ts';
import type { CallView } from '../../../server/api.ts';

export const LINE_KINDS = ['talking', 'waiting', 'ringing'] as const;
/** How a line is shown: somebody talks, somebody waits for an agent (or hears the message), nobody has answered yet. */
export type LineKind = (typeof LINE_KINDS)[number];

export function lineKind(state: CallView['state']): LineKind | null {
  switch (state) {
    case 'dialling':
    case 'ringing':
      return 'ringing';
    case 'waiting':
    case 'bridging':
    case 'message':
      return 'waiting';
    case 'connected':
      return 'talking';
    case 'ended':
      return null;
    default:
      return unreachable(state);
  }
}

/** More cells than this would be thinner than a hair; then each stands for several lines. */
export const CELLS_MAX = 160;

export interface LineCell {
  readonly key: string;
  readonly kind: LineKind;
}

/** The strip's cells: talking first, the longest first within a kind. Above {@link CELLS_MAX} lines the cells keep the proportions. */
export function lineCells(calls: readonly CallView[]): readonly LineCell[] {
  const cells: LineCell[] = [];
  for (const kind of LINE_KINDS) {
    const ofKind = calls.filter((call) => lineKind(call.state) === kind).sort((a, b) => a.since - b.since);
    const share = Math.max(1, Math.ceil(calls.length / CELLS_MAX));
    cells.push(...ofKind.filter((_, i) => i % share === 0).map((call) => ({ key: call.callId, kind })));
  }
  return cells;
}
