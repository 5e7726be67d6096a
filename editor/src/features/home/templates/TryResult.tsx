import { labelOf, type Citation } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { AnswerText } from '../../../ui/markdown/AnswerText.js';
import { kindOf } from '../../../ui/values/read/value-kind.js';
import { ValueView } from '../../../ui/values/ValueView.js';

const mostShown = 100_000;

/** The outputs of a try-out. The citation marks of an answer open its sources. */
export function TryResult({ outputs }: { readonly outputs: Readonly<Record<string, unknown>> }): ReactElement {
  const citations = useMemo(() => citationsAmong(Object.values(outputs)), [outputs]);
  return (
    <>
      {Object.entries(outputs).map(([name, value]) => (
        <div key={name} className="output">
          <h3 className="output-name small-quiet">{value === citations?.value ? 'Sources' : name}</h3>
          {typeof value === 'string' ? (
            <AnswerText text={value.slice(0, mostShown)} citations={citations?.list ?? []} />
          ) : (
            <ValueView value={{ value, label: labelOf('internal') }} />
          )}
        </div>
      ))}
    </>
  );
}

function citationsAmong(
  values: readonly unknown[],
): { readonly value: unknown; readonly list: readonly Citation[] } | undefined {
  for (const value of values) {
    const kind = kindOf(value, undefined);
    if (kind.kind === 'citations') return { value, list: kind.citations };
  }
  return undefined;
}
