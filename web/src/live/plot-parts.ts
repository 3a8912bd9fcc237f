import type uPlot from 'uplot';

/** What a chart's panel knows when it has a plot made. Colours are resolved: the canvas knows no custom properties. */
export interface PlotParts<Colour extends string> {
  readonly target: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly font: string;
  readonly colours: Readonly<Record<Colour | 'grid' | 'text', string>>;
  /** Index of the point under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
}

/** Font and colours as they are on the page now, read from the marks of a legend. */
export function readLook<Colour extends string>(
  marks: HTMLElement,
): Pick<PlotParts<Colour>, 'font' | 'colours'> {
  const colours = Object.fromEntries(
    [...marks.querySelectorAll<HTMLElement>('[data-colour]')].map((mark) => [
      mark.dataset['colour'] ?? '',
      getComputedStyle(mark).color,
    ]),
  ) as Record<Colour | 'grid' | 'text', string>;
  return { font: getComputedStyle(marks).fontFamily, colours };
}

/** What all plots of the live page have in common. */
export function plotBase(parts: PlotParts<never>): Omit<uPlot.Options, 'series'> {
  return {
    width: parts.width,
    height: parts.height,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    hooks: { setCursor: [(plot) => parts.onPoint(plot.cursor.idx ?? null)] },
  };
}

/** Of both axes; times lie below and have no grid. */
export function axisBase({ colours, font }: PlotParts<never>): { time: uPlot.Axis; value: uPlot.Axis } {
  const axis = { stroke: colours.text, font: `11px ${font}`, ticks: { show: false } };
  return {
    time: { ...axis, size: 26, grid: { show: false }, space: 70 },
    value: { ...axis, grid: { stroke: colours.grid, width: 1 }, space: 32 },
  };
}
