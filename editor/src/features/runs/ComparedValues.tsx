import clsx from 'clsx';
import type { LabelledValue } from '@heddle/core';
import type { ReactElement } from 'react';
import { ValueView } from '../../ui/values/ValueView.js';
import type { ComparedValue } from './compare-runs.js';
import styles from './runs.module.css';

interface ComparedValuesProps {
  readonly title: string;
  readonly values: readonly ComparedValue[];
  readonly left: string;
  readonly right: string;
  /** The path of the execution that has the values; large values are loaded from it. */
  readonly path?: string;
}

/** The values of two runs side by side. */
export function ComparedValues({ title, values, left, right, path }: ComparedValuesProps): ReactElement {
  return (
    <section className="section" aria-label={title}>
      {path === undefined ? <h2>{title}</h2> : null}
      {values.length === 0 ? <p className="quiet">None</p> : null}
      {values.map((value) => (
        <div
          key={value.name}
          className={clsx(styles['compare-value'], 'boxed')}
          data-differs={!value.isSame || undefined}
        >
          <h3>
            {value.name}{' '}
            <span className={clsx(styles['compare-word'], 'small-quiet')}>{value.isSame ? 'same' : 'differs'}</span>
          </h3>
          <div className={styles['compare-row']}>
            <Side value={value.left} runId={left} path={path} port={value.name} />
            <Side value={value.right} runId={right} path={path} port={value.name} />
          </div>
        </div>
      ))}
    </section>
  );
}

function Side({
  value,
  runId,
  path,
  port,
}: {
  readonly value: LabelledValue | undefined;
  readonly runId: string;
  readonly path: string | undefined;
  readonly port: string;
}): ReactElement {
  return (
    <div className={styles['compare-side']}>
      {value === undefined ? (
        <p className="quiet">Missing</p>
      ) : (
        <ValueView value={value} runId={runId} path={path} port={port} />
      )}
    </div>
  );
}
