import type { Lab, LabScore } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { ScatterPlot, type ScatterPoint } from '../../ui/charts/ScatterPlot.js';
import { figureText } from '../../ui/format/figure-text.js';
import { costText, metricText, searchText } from './lab-text.js';

type Axis = 'time' | 'cost';

const axes = [
  ['time', 'Time'],
  ['cost', 'Cost'],
] as const satisfies readonly (readonly [Axis, string])[];

/**
 * Quality against the time or cost of a search, for the configurations that answered all questions. The table below has the same figures.
 */
export function LabChart({ lab: { request, report } }: { readonly lab: Lab }): ReactElement | null {
  const [chosen, setAxis] = useState<Axis>('time');
  const { costFront } = report;
  const axis = costFront === undefined ? 'time' : chosen;
  const front = axis === 'cost' ? (costFront ?? []) : report.front;
  const currency = report.configurations.find(({ cost }) => cost !== undefined)?.cost?.currency ?? '';
  const points = report.configurations.flatMap((score): ScatterPoint[] => {
    const { number, status, means, searchMs } = score;
    if (status !== 'done' || means === undefined || searchMs === undefined) return [];
    const isOnFront = front.includes(number);
    const y = means[request.metric];
    const x = axis === 'cost' ? (score.cost?.perThousand ?? 0) : searchMs;
    // Hundreds of labels would overlap.
    const label = isOnFront || number === 1 ? String(number) : undefined;
    return [{ id: String(number), x, y, tip: tipOf(score, y), label, isOnFront, isBase: number === 1 }];
  });
  if (points.length < 2) return null;
  // The base is drawn last, so that no other dot covers it.
  points.sort((one, other) => Number(one.isBase) - Number(other.isBase));
  return (
    <section className="section">
      <h2>{costFront === undefined ? 'Quality and speed' : 'Quality, speed and cost'}</h2>
      {costFront === undefined ? null : (
        <SegmentedControl label="Compare quality with" choices={axes} value={axis} onChange={setAxis} />
      )}
      <p className="quiet">
        {metricText(request)} against the {axis === 'cost' ? 'cost of 1,000 questions' : 'time of a search'}. The line
        joins the configurations that no other beats in quality without a{' '}
        {axis === 'cost' ? 'more expensive' : 'slower'} search; the ring is the collection as it is.
      </p>
      <ScatterPlot
        points={points}
        yMost={1}
        xText={(value) => (axis === 'cost' ? `${value.toFixed(2)} ${currency}` : figureText(value, 'ms'))}
        yText={(share) => figureText(share, 'score')}
      />
    </section>
  );
}

function tipOf(score: LabScore, quality: number): string {
  const cost = score.cost === undefined ? '' : `, ${costText(score)} for 1,000 questions`;
  return `Number ${score.number}: ${figureText(quality, 'score')}, ${figureText(score.searchMs, 'ms')}${cost}. ${searchText(score.search)}`;
}
