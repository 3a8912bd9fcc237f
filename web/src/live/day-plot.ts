import uPlot from 'uplot';
import { formatClock, formatRateSetting } from '../i18n/figures.ts';
import { type DayChart, type DayPoint, type DaySeries, SERIES_OF } from './day-series.ts';
import { axisBase, plotBase, type PlotParts } from './plot-parts.ts';

/** Seconds, then the series of the chart, in their order. */
export function dayPlotData(points: readonly DayPoint[], chart: DayChart): uPlot.AlignedData {
  return [
    points.map(({ at }) => at / 1000),
    ...SERIES_OF[chart].map((series) => points.map(({ values }) => values[series])),
  ];
}

/** An hour at least: a morning that has just begun is not one thick line. */
const SHOWN_MIN_S = 3600;
const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const RATE_STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

/** A plot of a day by the minute. */
export function makeDayPlot(parts: PlotParts<DaySeries>, chart: DayChart, data: uPlot.AlignedData): uPlot {
  const { time, value } = axisBase(parts);
  const isRate = chart === 'abandonment';
  return new uPlot(
    {
      ...plotBase(parts),
      scales: {
        x: { time: true, range: (_plot, min, max) => [Math.min(min, max - SHOWN_MIN_S), max] },
        y: { range: (_plot, _min, max) => [0, isRate ? max * 1.25 : Math.max(4, Math.ceil(max * 1.12))] },
      },
      axes: [
        {
          ...time,
          values: (_plot, seconds) => seconds.map((second) => formatClock(second * 1000)),
          incrs: [300, 900, 1800, 3600, 7200, 14_400],
        },
        {
          ...value,
          size: 44,
          incrs: isRate ? RATE_STEPS : COUNT_STEPS,
          values: (_plot, values) => values.map((one) => (isRate ? formatRateSetting(one) : String(one))),
        },
      ],
      series: [{}, ...SERIES_OF[chart].map((series) => lineOf(series, parts.colours))],
    },
    data,
    parts.target,
  );
}

function lineOf(series: DaySeries, colours: PlotParts<DaySeries>['colours']): uPlot.Series {
  const isBound = series === 'limit' || series === 'target';
  return {
    stroke: colours[series],
    width: isBound ? 1 : 1.75,
    points: { show: false },
    ...(isBound && { dash: series === 'limit' ? [6, 3] : [2, 3] }),
  };
}
