import type { AbArmReply, AbMetricReply, AbReport, MetricInfo } from '@heddle/core';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import { differenceText, figureText, intervalText, verdictText } from '../../../ui/format/figure-text.js';
import { Table } from '../../../ui/tables/Table.js';
import { IntervalMark } from '../../../ui/values/IntervalMark.js';
import styles from './ab.module.css';

/** The metrics of each arm: the mean, the difference from the control with its confidence interval, and the guards. */
export function AbFigures({ report }: { readonly report: AbReport }): ReactElement {
  const { test, metrics, arms, level } = report;
  const unit = test.sticky === 'conversation' ? 'Conversations' : 'Callers';
  const guarded = arms.filter(({ guards }) => guards.length > 0);
  return (
    <>
      <Table
        name="Figures"
        columns={['Metric', 'Version', 'Difference from the control', 'Verdict', { number: 'Mean' }, { number: unit }]}
      >
        {metrics.map((metric) =>
          arms.map((arm, index) => (
            <FigureRow
              key={`${metric.name} ${arm.version}`}
              {...{ metric, arm }}
              isFirst={index === 0}
              decides={test.primary?.name === metric.name}
              range={rangeOf(arms, metric)}
            />
          )),
        )}
      </Table>
      {guarded.length === 0 ? null : (
        <section aria-label="Guards">
          <h3 className={styles['ab-subtitle']}>Guards</h3>
          <ul className={styles['ab-guards']}>
            {guarded.flatMap(({ version, guards }) =>
              guards.map(({ state, text }) => (
                <li key={`${version} ${text}`} data-state={state}>
                  <span className="badge">{guardText[state]}</span> Version {version}. {text}
                </li>
              )),
            )}
          </ul>
        </section>
      )}
      <p className={clsx('quiet', styles['ab-method'])}>
        Intervals are always valid: you may look at any time and stop when they say something. They hold at{' '}
        {Math.round(level * 1000) / 10}% each, so that all arms together hold at 95%. Each{' '}
        {test.sticky === 'conversation' ? 'conversation' : 'caller'} counts once, by the first run with a value, because
        the runs of one caller resemble each other. Guards count each run.
      </p>
    </>
  );
}

const guardText = { holds: 'Holds', broken: 'Broken', open: 'Not decided' } as const;

const repliesOf = (arms: readonly AbArmReply[], { name }: MetricInfo): readonly AbMetricReply[] =>
  arms.flatMap(({ metrics }) => metrics.filter(({ metric }) => metric === name));

/** The range of the axis on which all differences of a metric are drawn. 0 is in its middle. */
function rangeOf(arms: readonly AbArmReply[], metric: MetricInfo): { readonly low: number; readonly high: number } {
  const ends = repliesOf(arms, metric).flatMap(({ differenceInterval }) =>
    differenceInterval === undefined ? [] : [differenceInterval.low, differenceInterval.high],
  );
  const widest = Math.max(0, ...ends.map(Math.abs));
  return { low: -widest, high: widest };
}

function FigureRow({
  metric,
  arm,
  isFirst,
  decides,
  range,
}: {
  readonly metric: MetricInfo;
  readonly arm: AbArmReply;
  readonly isFirst: boolean;
  readonly decides: boolean;
  readonly range: { readonly low: number; readonly high: number };
}): ReactElement {
  const { unit } = metric;
  const found = arm.metrics.find((one) => one.metric === metric.name);
  const interval = found?.differenceInterval;
  return (
    <tr className={clsx(isFirst && styles['ab-metric'])}>
      <th scope="row">
        {isFirst ? metric.title : <span className="visually-hidden">{metric.title}</span>}
        {isFirst && decides ? <span className={clsx('badge', styles['ab-decides'])}>Decides</span> : null}
      </th>
      <td>
        {arm.version}
        {arm.isControl ? <span className="quiet"> control</span> : null}
      </td>
      <td className={styles['ab-difference']}>
        {arm.isControl ? null : interval === undefined || found?.difference === undefined ? (
          <span className="quiet">Too few values</span>
        ) : (
          <>
            <IntervalMark
              interval={interval}
              at={found.difference}
              range={range}
              zero={0}
              tone={found.verdict === 'undecided' ? undefined : found.verdict}
            />
            <span className={styles['ab-ends']}>
              {differenceText(found.difference, unit)} ({intervalText(interval, unit)})
            </span>
          </>
        )}
      </td>
      <td data-verdict={found?.verdict}>
        {found?.verdict === undefined || interval === undefined ? '' : verdictText[found.verdict]}
      </td>
      <td
        className="number"
        data-tip={
          found?.interval === undefined
            ? undefined
            : `${figureText(found.interval.low, unit)} to ${figureText(found.interval.high, unit)}; over all ${found.runs} runs ${figureText(found.runMean, unit)}`
        }
      >
        {figureText(found?.mean, unit)}
      </td>
      <td className="number">
        {found?.callers ?? 0}
        {found !== undefined && found.missing > 0 ? <span className="quiet"> · {found.missing} missing</span> : null}
      </td>
    </tr>
  );
}
