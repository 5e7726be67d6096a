import clsx from 'clsx';
import { Download } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { saveFile } from '../../ui/buttons/save-file.js';
import { timeText } from './time-text.js';
import { useTheme } from '../../ui/theme/use-theme.js';
import { csvOf } from './csv-of.js';
import type { ChartData } from './charts.js';
import styles from './dashboard.module.css';

/** A chart over time. Screen readers get the values as a table, and a button saves them. Dragging across the chart selects a period. */
export function TimeChart({
  chart,
  onTime,
}: {
  readonly chart: ChartData;
  readonly onTime: (from: number, to: number) => void;
}): ReactElement {
  const { title, lines, times, format } = chart;
  const id = useId();
  const [at, setAt] = useState<number>();
  const frame = useDrawn(chart, setAt, onTime);
  const shown = at ?? lastMeasured(chart);
  return (
    <section className={clsx(styles['time-chart'], 'boxed')} aria-labelledby={id}>
      <header className="aligned">
        <h3 id={id}>{title}</h3>
        <span className="small-quiet figure" aria-hidden>
          {shown === undefined ? '' : timeText(times[shown] ?? 0)}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label={`Save ${title} as CSV`}
          data-tip="Save as CSV"
          onClick={() => saveFile(`${title.toLowerCase().replace(/\W+/g, '-')}.csv`, csvOf(chart), 'text/csv')}
        >
          <Download size={15} aria-hidden />
        </button>
      </header>
      <ul className={clsx(styles['time-chart-key'], 'aligned-wrapped figure')} aria-hidden>
        {lines.map(({ title: name, colour, values }) => {
          const value = shown === undefined ? null : (values[shown] ?? null);
          return (
            <li key={name}>
              <svg width="10" height="10" viewBox="0 0 10 10">
                <rect width="10" height="10" rx="2" fill={`var(${colour})`} />
              </svg>
              <span className="quiet">{name}</span> <strong>{value === null ? '–' : format(value)}</strong>
            </li>
          );
        })}
      </ul>
      <div className={styles['time-chart-plot']} ref={frame} aria-hidden />
      <ChartTable chart={chart} />
    </section>
  );
}

/** The values of a chart for screen readers. Leaves out steps in which every value is zero or missing. */
function ChartTable({ chart: { title, times, lines, format } }: { readonly chart: ChartData }): ReactElement {
  return (
    <div className="visually-hidden">
      <table>
        <caption>{title} over time</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ title: name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) =>
            lines.every(({ values }) => (values[index] ?? 0) === 0) ? null : (
              <tr key={time}>
                <th scope="row">{timeText(time)}</th>
                {lines.map(({ title: name, values }) => {
                  const value = values[index] ?? null;
                  return <td key={name}>{value === null ? 'not measured' : format(value)}</td>;
                })}
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

/** Loads the chart library and draws the chart when its width is known; draws it again when the theme changes. */
function useDrawn(
  chart: ChartData,
  onStep: (index: number | undefined) => void,
  onTime: (from: number, to: number) => void,
): React.RefObject<HTMLDivElement | null> {
  const frame = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    let drawn: Awaited<ReturnType<typeof draw>> | undefined;
    let isLeft = false;
    let isBegun = false;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width < 40) return;
      if (isBegun) {
        drawn?.resize(width);
        return;
      }
      isBegun = true;
      void draw(element, chart, width, onStep, onTime).then((made) => {
        if (isLeft) made.remove();
        else drawn = made;
      });
    });
    observer.observe(element);
    return () => {
      isLeft = true;
      observer.disconnect();
      drawn?.remove();
    };
  }, [chart, onStep, onTime, theme]);
  return frame;
}

async function draw(
  element: HTMLElement,
  chart: ChartData,
  width: number,
  onStep: (index: number | undefined) => void,
  onTime: (from: number, to: number) => void,
) {
  const { drawChart } = await import('./draw-chart.js');
  return drawChart(element, chart, width, { onStep, onTime });
}

function lastMeasured({ times, lines }: ChartData): number | undefined {
  for (let index = times.length - 1; index >= 0; index -= 1)
    if (lines.some(({ values }) => (values[index] ?? 0) > 0)) return index;
  return undefined;
}
