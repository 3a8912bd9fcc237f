import uPlot from 'uplot';
import { formatClock, formatRateSetting } from '../i18n/figures.ts';
import { type DayChart, type DayPoint, type DaySeries, SERIES_OF } from './day-series.ts';

export type DayLook = Readonly<Record<DaySeries | 'grid' | 'text', string>>;

/** Seconds, then the series of the chart, in their order. */
export function dayPlotData(points: readonly DayPoint[], chart: DayChart): uPlot.AlignedData {
  return [
    points.map(({ at }) => at / 1000),
    ...SERIES_OF[chart].map((series) => points.map(({ values }) => values[series])),
  ];
}

interface DayPlotParts {
  readonly target: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly font: string;
  readonly colours: DayLook;
  readonly chart: DayChart;
  readonly onPoint: (index: number | null) => void;
}

/** An hour at least: a morning that has just begun is not one thick line. */
const SHOWN_MIN_S = 3600;
const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const RATE_STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

/** A plot of a day by the minute. */
export function makeDayPlot(parts: DayPlotParts, data: uPlot.AlignedData): uPlot {
  const { colours, font, chart } = parts;
  const isRate = chart === 'abandonment';
  const axis = { stroke: colours.text, font: `11px ${font}`, ticks: { show: false } } as const;
  return new uPlot(
    {
      width: parts.width,
      height: parts.height,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: true, range: (_plot, min, max) => [Math.min(min, max - SHOWN_MIN_S), max] },
        y: { range: (_plot, _min, max) => [0, isRate ? max * 1.25 : Math.max(4, Math.ceil(max * 1.12))] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          grid: { show: false },
          space: 70,
          values: (_plot, seconds) => seconds.map((second) => formatClock(second * 1000)),
          incrs: [300, 900, 1800, 3600, 7200, 14_400],
        },
        {
          ...axis,
          size: 44,
          grid: { stroke: colours.grid, width: 1 },
          space: 32,
          incrs: isRate ? RATE_STEPS : COUNT_STEPS,
          values: (_plot, values) =>
            values.map((value) => (isRate ? formatRateSetting(value) : String(value))),
        },
      ],
      series: [{}, ...SERIES_OF[chart].map((series) => lineOf(series, colours))],
      hooks: { setCursor: [(plot) => parts.onPoint(plot.cursor.idx ?? null)] },
    },
    data,
    parts.target,
  );
}

function lineOf(series: DaySeries, colours: DayLook): uPlot.Series {
  const isBound = series === 'limit' || series === 'target';
  return {
    stroke: colours[series],
    width: isBound ? 1 : 1.75,
    points: { show: false },
    ...(isBound && { dash: series === 'limit' ? [6, 3] : [2, 3] }),
  };
}
