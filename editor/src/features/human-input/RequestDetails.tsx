import clsx from 'clsx';
import { useMemo, type ReactElement } from 'react';
import { JsonText } from '../../ui/values/JsonText.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { ValueView } from '../../ui/values/ValueView.js';
import { RequestFields } from './RequestFields.js';
import { requestFacts } from './request-facts.js';
import styles from './human-input.module.css';

/**
 * What the person has to judge: the tool call with its arguments, or the value with its label. Hashes and ids are folded under _Details_.
 */
export function RequestDetails({
  details,
  ids,
  isCompact,
}: {
  readonly details: Readonly<Record<string, unknown>>;
  readonly ids: { readonly run: string; readonly request: string };
  readonly isCompact: boolean;
}): ReactElement {
  const about = useMemo(() => requestFacts(details), [details]);
  const { tool, tags, args, label, hash, declassifies, rest } = about;
  const hasRest = Object.keys(rest).length > 0;
  return (
    <div className="stack gap-8">
      {tool === undefined ? null : (
        <p>
          <span className="mono strong-text">{tool}</span> <span className="quiet">{tags.join(' · ')}</span>
        </p>
      )}
      {args === undefined ? null : <JsonText value={args} />}
      {about.hasValue ? (
        <div className={styles['request-value']}>
          <RequestFields value={about.value} label={label ?? { level: 'internal', marks: [] }} />
        </div>
      ) : null}
      {label === undefined ? null : (
        <p className={clsx(styles['request-bound'], 'aligned-wrapped')}>
          <LabelMark level={label.level} marks={label.marks} title="Label of the data" />
        </p>
      )}
      {declassifies === undefined ? null : (
        <p className={clsx(styles['request-bound'], 'aligned-wrapped')}>
          <span>“{declassifies.button}” changes the label to</span>
          <LabelMark level={declassifies.to.level} marks={declassifies.to.marks} title="Label afterwards" />
        </p>
      )}
      {isCompact ? null : (
        <details className={styles['request-more']}>
          <summary className="quiet">Details</summary>
          {hash === undefined ? null : <p className="quiet">The answer applies only to exactly this content.</p>}
          <dl className={styles['request-ids']}>
            {Object.entries({ Content: hash, Run: ids.run, Request: ids.request }).map(([name, id]) =>
              id === undefined ? null : (
                <div key={name}>
                  <dt className="quiet">{name}</dt>
                  <dd className="mono">{id}</dd>
                </div>
              ),
            )}
          </dl>
          {hasRest ? <ValueView value={{ value: rest, label: label ?? { level: 'internal', marks: [] } }} /> : null}
        </details>
      )}
    </div>
  );
}
