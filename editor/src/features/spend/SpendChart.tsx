import clsx from 'clsx';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { measureText, scaleOf, type DayValue, type Measure } from './spend-series.js';
import styles from './spend.module.css';

const height = 190;
const margin = { top: 12, right: 4, bottom: 22, left: 58 };

/** A chart with one bar per day. Screen readers get the figures as a table. */
export function SpendChart({
  days,
  measure,
  currency,
}: {
  readonly days: readonly DayValue[];
  readonly measure: Measure;
  readonly currency: string | undefined;
}): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState<number>();
  useEffect(() => {
    const shown = frame.current;
    if (shown === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(shown);
    return () => observer.disconnect();
  }, []);
  const { top, ticks } = scaleOf(Math.max(0, ...days.map(({ value }) => value)));
  const plot = { width: Math.max(0, width - margin.left - margin.right), height: height - margin.top - margin.bottom };
  const step = days.length === 0 ? 0 : plot.width / days.length;
  const y = (value: number): number => margin.top + plot.height * (1 - value / top);
  const sum = days.reduce((total, { value }) => total + value, 0);
  const shown = at === undefined ? undefined : days[at];
  const label = (value: number): string => measureText(value, measure, currency);
  return (
    <div className="chart" ref={frame}>
      <p className={clsx(styles['chart-now'], 'figure')} aria-hidden>
        {shown === undefined ? (
          <>
            <strong>{label(sum)}</strong> <span className="quiet">in {days.length} days</span>
          </>
        ) : (
          <>
            <strong>{label(shown.value)}</strong> <span className="quiet">on {dayText(shown.day)}</span>
          </>
        )}
      </p>
      {width === 0 ? null : (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${label(sum)} in ${days.length} days, one bar per day`}
          onPointerLeave={() => setAt(undefined)}
          onPointerMove={(event) => {
            const x = event.clientX - event.currentTarget.getBoundingClientRect().left - margin.left;
            const index = Math.floor(x / step);
            setAt(index >= 0 && index < days.length ? index : undefined);
          }}
        >
          {[0, ...ticks].map((tick) => (
            <g key={tick}>
              <line
                x1={margin.left}
                x2={width - margin.right}
                y1={y(tick)}
                y2={y(tick)}
                className={styles['chart-line']}
              />
              <text x={margin.left - 8} y={y(tick) + 4} className={styles['chart-tick']} textAnchor="end">
                {label(tick).replace(/ \w+$/, '')}
              </text>
            </g>
          ))}
          {days.map(({ day, value }, index) => (
            <rect
              key={day}
              className={styles['chart-bar']}
              data-shown={index === at || undefined}
              x={margin.left + index * step + Math.min(3, step * 0.15)}
              width={Math.max(1, step - Math.min(6, step * 0.3))}
              y={value === 0 ? y(0) - 1 : y(value)}
              height={Math.max(value === 0 ? 1 : 2, y(0) - y(value))}
              data-empty={value === 0 || undefined}
            />
          ))}
          {labelled(days.length).map((index) => (
            <text
              key={index}
              x={margin.left + (index + 0.5) * step}
              y={height - 6}
              className={styles['chart-tick']}
              textAnchor={index === 0 ? 'start' : index === days.length - 1 ? 'end' : 'middle'}
            >
              {dayText(days[index]?.day ?? '')}
            </text>
          ))}
        </svg>
      )}
      <table className="visually-hidden">
        <caption>By day</caption>
        <tbody>
          {days
            .filter(({ value }) => value > 0)
            .map(({ day, value }) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                <td>{label(value)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

/** The indexes of the days that get a label: the first, the last, and some between. */
function labelled(count: number): readonly number[] {
  if (count <= 7) return Array.from({ length: count }, (_, index) => index);
  return [0, 1, 2, 3, 4].map((part) => Math.round((part * (count - 1)) / 4));
}

function dayText(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
