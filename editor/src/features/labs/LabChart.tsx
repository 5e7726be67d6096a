import type { Lab } from '@heddle/core';
import type { ReactElement } from 'react';
import { ScatterPlot, type ScatterPoint } from '../../ui/charts/ScatterPlot.js';
import { figureText } from '../../ui/format/figure-text.js';
import { metricText } from './lab-text.js';

/** Quality against search time, for the configurations that answered all questions. The table below has the same figures. */
export function LabChart({ lab: { request, report } }: { readonly lab: Lab }): ReactElement | null {
  const points = report.configurations.flatMap(({ number, status, means, searchMs }): ScatterPoint[] => {
    if (status !== 'done' || means === undefined || searchMs === undefined) return [];
    const isOnFront = report.front.includes(number);
    const [x, y] = [searchMs, means[request.metric]];
    const tip = `Number ${number}: ${figureText(y, 'score')}, ${figureText(x, 'ms')}`;
    // Hundreds of labels would cover each other.
    const label = isOnFront || number === 1 ? String(number) : undefined;
    return [{ id: String(number), x, y, tip, label, isOnFront, isBase: number === 1 }];
  });
  if (points.length < 2) return null;
  // Drawn last, so that no other dot covers it.
  points.sort((one, other) => Number(one.isBase) - Number(other.isBase));
  return (
    <section className="section">
      <h2>Quality and speed</h2>
      <p className="quiet">
        {metricText(request)} against the time of a search. The line joins those that no other one beats in quality
        without a slower search; the ring is the collection as it is.
      </p>
      <ScatterPlot
        points={points}
        yMost={1}
        xText={(ms) => figureText(ms, 'ms')}
        yText={(share) => figureText(share, 'score')}
      />
    </section>
  );
}
