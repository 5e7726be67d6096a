import { useMemo, type ReactElement } from 'react';
import { JsonText } from '../../ui/values/JsonText.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { ValueView } from '../../ui/values/ValueView.js';
import { requestFacts } from './request-facts.js';

/** The exact subject of a request: the call with its arguments, the value, its label and its hash. */
export function RequestDetails({
  details,
  isCompact,
}: {
  readonly details: Readonly<Record<string, unknown>>;
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
        <div className="request-value">
          <ValueView value={{ value: about.value, label: label ?? { level: 'internal', marks: [] } }} />
        </div>
      ) : null}
      {hasRest && !isCompact ? (
        <details>
          <summary className="quiet">More details</summary>
          <ValueView value={{ value: rest, label: label ?? { level: 'internal', marks: [] } }} />
        </details>
      ) : null}
      {label === undefined && hash === undefined ? null : (
        <p className="request-bound aligned-wrapped">
          {label === undefined ? null : <LabelMark level={label.level} marks={label.marks} title="Label of the data" />}
          {hash === undefined ? null : (
            <span className="mono quiet" data-tip={`The answer applies only to ${hash}`}>
              {isCompact ? `${hash.slice(0, 19)}…` : hash}
            </span>
          )}
        </p>
      )}
      {declassifies === undefined ? null : (
        <p className="request-bound aligned-wrapped">
          <span>“{declassifies.button}” changes the label to</span>
          <LabelMark level={declassifies.to.level} marks={declassifies.to.marks} title="Label afterwards" />
        </p>
      )}
    </div>
  );
}
