import uPlot from 'uplot';
import { formatClock, formatClockSeconds } from '../i18n/figures.ts';
import { answersPerTenSeconds, HISTORY_MS, type Sample } from './campaign-history.svelte.ts';
import { axisBase, plotBase, type PlotParts } from './plot-parts.ts';

export type LiveSeries = 'lines' | 'talkingAgents' | 'answers';

const SHOWN_MIN_S = 120;

export type PlotData = [number[], (number | null)[], (number | null)[], (number | null)[]];

/** Seconds, lines, talking agents, answers: the columns of the plot. */
export function plotData(samples: readonly Sample[]): PlotData {
  return [
    samples.map(({ at }) => at / 1000),
    samples.map(({ lines }) => lines),
    samples.map(({ talkingAgents }) => talkingAgents),
    answersPerTenSeconds(samples),
  ];
}

/** Full minutes as 20:31, those between with their seconds. */
const timeLabel = (second: number): string =>
  second % 60 === 0 ? formatClock(second * 1000) : formatClockSeconds(second * 1000);

/** Lines in progress as an area, talking agents as a line over it, answers per ten seconds as a thin step. */
export function makePlot(parts: PlotParts<LiveSeries>, data: uPlot.AlignedData): uPlot {
  const { colours } = parts;
  const { time, value } = axisBase(parts);
  return new uPlot(
    {
      ...plotBase(parts),
      scales: {
        x: { time: true, range: (_plot, min, max) => [shownFrom(min, max), max] },
        y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.12))] },
      },
      axes: [
        {
          ...time,
          values: (_plot, seconds) => seconds.map((second) => timeLabel(second)),
          incrs: [15, 30, 60, 120, 300],
        },
        { ...value, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
      ],
      series: [
        {},
        { stroke: colours.lines, fill: withAlpha(colours.lines, 0.18), width: 1.5, points: { show: false } },
        { stroke: colours.talkingAgents, width: 2, points: { show: false } },
        { stroke: colours.answers, width: 1.5, points: { show: false } },
      ],
    },
    data,
    parts.target,
  );
}

/** Two minutes at first, then as much as there is, up to ten: a new page is not an empty chart. */
export function shownFrom(first: number, last: number): number {
  return Math.min(Math.max(first, last - HISTORY_MS / 1000), last - SHOWN_MIN_S);
}

/** `rgb(1, 2, 3)` as computed by the browser, with an opacity. */
function withAlpha(colour: string, alpha: number): string {
  return colour.startsWith('rgb(') ? colour.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`) : colour;
}
