import uPlot from 'uplot';

/** One row of marks in a chart: bars stand beside each other, lines go over them. */
export interface PlotSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly kind: 'bars' | 'line' | 'limit';
  /** A custom property of the look. */
  readonly colour: string;
  /** Share of its place that a bar takes where one counts a part of the other: it stands before it. Else they stand side by side. */
  readonly nested?: number;
}

interface PlotParts {
  readonly target: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly labels: readonly string[];
  readonly series: readonly PlotSeries[];
  /** Says a value beside its axis. */
  readonly format: (value: number) => string;
  readonly isRate: boolean;
}

/** Colours and font as they are now: the canvas knows no custom properties. */
function lookOf(target: HTMLElement): { colour: (name: string) => string; font: string } {
  const probe = document.createElement('span');
  target.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  return { colour, font: getComputedStyle(target).fontFamily };
}

/** Bars and lines over a row of names. */
export function makeReportPlot(parts: PlotParts): uPlot {
  const { colour, font } = lookOf(parts.target);
  const bars = parts.series.filter(({ kind }) => kind === 'bars').length;
  const axis = { stroke: colour('--text-muted'), font: `11px ${font}`, ticks: { show: false } } as const;
  let bar = -1;
  const counts = parts.isRate ? {} : { incrs: COUNT_STEPS };
  const series = parts.series.map(({ kind, colour: name, label, nested }): uPlot.Series => {
    const stroke = colour(name);
    if (kind !== 'bars') {
      const dash = kind === 'limit' ? { dash: [5, 4] } : {};
      const isAlone = parts.labels.length === 1;
      return {
        label,
        stroke,
        width: kind === 'limit' ? 1.5 : 2,
        ...dash,
        points: { show: isAlone, size: 7 },
      };
    }
    bar += 1;
    return {
      label,
      stroke,
      fill: stroke,
      width: 0,
      points: { show: false },
      paths: nested ? nestedBars(nested) : barPaths(bar, bars),
    };
  });
  const options: uPlot.Options = {
    width: parts.width,
    height: parts.height,
    padding: [10, 10, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.5, Math.max(0.5, parts.labels.length - 0.5)] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : parts.isRate ? 0.05 : 4] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 54,
        grid: { show: false },
        incrs: [1, 2, 3, 5, 7, 10, 15, 30],
        values: (_plot, at) => at.map((i) => parts.labels[i] ?? ''),
      },
      {
        ...axis,
        size: 52,
        space: 34,
        grid: { stroke: colour('--line'), width: 1 },
        ...counts,
        values: (_plot, at) => at.map((value) => parts.format(value)),
      },
    ],
    series: [{}, ...series],
  };
  const data = [parts.labels.map((_, i) => i), ...parts.series.map(({ values }) => [...values])];
  return new uPlot(options, data as uPlot.AlignedData, parts.target);
}

/** A call is not divided. */
const COUNT_STEPS = [1, 2, 5]
  .flatMap((step) => [1, 10, 100, 1000, 10_000, 100_000].map((by) => step * by))
  .sort((a, b) => a - b);

const nestedBars = (size: number): uPlot.Series.PathBuilder =>
  builtBars({ size: [size, size * 60], radius: 0.1 });

/** Bars of several rows stand side by side around their name. */
const barPaths = (index: number, count: number): uPlot.Series.PathBuilder =>
  builtBars({
    size: [0.7 / count, 34],
    align: index * 2 + 1 < count ? -1 : index * 2 + 1 > count ? 1 : 0,
    radius: 0.15,
  });

function builtBars(options: uPlot.Series.BarsPathBuilderOpts): uPlot.Series.PathBuilder {
  const build = uPlot.paths.bars?.(options);
  if (!build) throw new Error('Bug: the chart library has no bars');
  return build;
}
