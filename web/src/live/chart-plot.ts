import uPlot from 'uplot';
import { formatClock, formatClockSeconds } from '../i18n/figures.ts';
import { answersPerTenSeconds, HISTORY_MS, type Sample } from './campaign-history.svelte.ts';

/** Resolved colours: the canvas knows no custom properties. */
export interface PlotColours {
  readonly lines: string;
  readonly talkingAgents: string;
  readonly answers: string;
  readonly grid: string;
  readonly text: string;
}

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

/** Font and colours as they are on the page now, read from the marks of the legend. */
export function readLook(marks: HTMLElement): { font: string; colours: PlotColours } {
  const colourOf = (name: string): string => {
    const mark = marks.querySelector(`[data-colour='${name}']`);
    return mark ? getComputedStyle(mark).color : 'gray';
  };
  return {
    font: getComputedStyle(marks).fontFamily,
    colours: {
      lines: colourOf('lines'),
      talkingAgents: colourOf('talkingAgents'),
      answers: colourOf('answers'),
      grid: colourOf('grid'),
      text: colourOf('text'),
    },
  };
}

/** Full minutes as 20:31, those between with their seconds. */
const timeLabel = (second: number): string =>
  second % 60 === 0 ? formatClock(second * 1000) : formatClockSeconds(second * 1000);

interface PlotParts {
  readonly target: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly font: string;
  readonly colours: PlotColours;
  /** Index of the sample under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
}

/** Lines in progress as an area, talking agents as a line over it, answers per ten seconds as a thin step. */
export function makePlot(parts: PlotParts, data: PlotData): uPlot {
  const { colours, font } = parts;
  const axis = { stroke: colours.text, font: `11px ${font}`, ticks: { show: false } } as const;
  const grid = { stroke: colours.grid, width: 1 };
  return new uPlot(
    {
      width: parts.width,
      height: parts.height,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: true, range: (_plot, min, max) => [shownFrom(min, max), max] },
        y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.12))] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          grid: { show: false },
          space: 70,
          values: (_plot, seconds) => seconds.map((second) => timeLabel(second)),
          incrs: [15, 30, 60, 120, 300],
        },
        { ...axis, size: 34, grid, space: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
      ],
      series: [
        {},
        { stroke: colours.lines, fill: withAlpha(colours.lines, 0.18), width: 1.5, points: { show: false } },
        { stroke: colours.talkingAgents, width: 2, points: { show: false } },
        { stroke: colours.answers, width: 1.5, points: { show: false } },
      ],
      hooks: { setCursor: [(plot) => parts.onPoint(plot.cursor.idx ?? null)] },
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
