import { labelOf } from '@heddle/core';
import { Suspense, useMemo, type ReactElement } from 'react';
import { AnswerText } from '../../../ui/markdown/AnswerText.js';
import { ValueView } from '../../../ui/values/ValueView.js';
import { citationsOf, LateCitationList } from '../../run-panel/index.js';

const mostShown = 100_000;

/** The outputs of a try-out, with the sources of its answer below them. */
export function TryResult({ outputs }: { readonly outputs: Readonly<Record<string, unknown>> }): ReactElement {
  const citations = useMemo(() => citationsOf(outputs), [outputs]);
  return (
    <>
      {Object.entries(outputs).map(([name, value]) =>
        name === citations?.name ? null : (
          <div key={name} className="output">
            <h3 className="output-name small-quiet">{name}</h3>
            {typeof value === 'string' ? (
              <AnswerText text={value.slice(0, mostShown)} citations={citations?.list ?? []} />
            ) : (
              <ValueView value={{ value, label: labelOf('internal') }} />
            )}
          </div>
        ),
      )}
      {citations === undefined ? null : (
        <Suspense fallback={null}>
          <LateCitationList citations={citations.list} />
        </Suspense>
      )}
    </>
  );
}
