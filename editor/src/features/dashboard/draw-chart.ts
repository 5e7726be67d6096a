import UPlot from 'uplot';
import type { ChartData } from './charts.js';

interface ChartEvents {
  /** Called with the index of the step under the pointer. */
  readonly onStep: (index: number | undefined) => void;
  /** Called with the period that the user selected by dragging. */
  readonly onTime: (from: number, to: number) => void;
}

const height = 180;

/** Draws a chart into an element, in the colours of the theme. Returns functions that resize and remove it. */
export function drawChart(
  element: HTMLElement,
  { times, lines, format, isCount }: ChartData,
  width: number,
  { onStep, onTime }: ChartEvents,
): { readonly resize: (width: number) => void; readonly remove: () => void } {
  const style = getComputedStyle(element);
  const colour = (token: string): string => resolved(element, `var(${token})`);
  const axis = {
    // The library reads the font size as a whole number.
    stroke: colour('--text-quiet'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const plot = new UPlot(
    {
      width,
      height,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 } },
      scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, size: 40, space: 70 },
        { ...axis, size: 62, gap: 4, space: 36, values: (_plot, ticks) => ticks.map((tick) => format(tick)) },
      ],
      series: [
        {},
        ...lines.map(({ title, colour: token }) => ({
          label: title,
          stroke: colour(token),
          width: 1.6,
          spanGaps: false,
          points: { size: 5, filter: alone },
          ...(isCount ? { fill: faded(colour(token)) } : {}),
        })),
      ],
      hooks: {
        setCursor: [(shown) => onStep(shown.cursor.idx ?? undefined)],
        setSelect: [
          (shown) => {
            const { left, width: drawn } = shown.select;
            if (drawn < 8) return;
            onTime(shown.posToVal(left, 'x') * 1_000, shown.posToVal(left + drawn, 'x') * 1_000);
          },
        ],
      },
    },
    [times.map((time) => time / 1_000), ...lines.map(({ values }) => [...values])],
    element,
  );
  return { resize: (next) => plot.setSize({ width: next, height }), remove: () => plot.destroy() };
}

/**
 * The steps of a line without a neighbouring value. A line needs two values, so these are drawn as points. Null if all points are drawn.
 */
function alone(plot: UPlot, series: number, isShown: boolean): number[] | null {
  if (isShown) return null;
  const values = Array.from(plot.data[series] ?? []);
  const isThere = (at: number): boolean => typeof values[at] === 'number';
  return [...values.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

/** Resolves custom properties and light-dark() to a colour that a canvas accepts. */
function resolved(element: HTMLElement, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const faded = (colour: string): string => `color-mix(in oklch, ${colour} 16%, transparent)`;
