import type { TryEvaluatorsReply } from '@heddle/core';
import type { ReactElement } from 'react';

/** How far each LLM judge agrees with people, by the name of its metric. Nothing where there is no judge. */
export function Calibrations({ of }: { readonly of: TryEvaluatorsReply['calibrations'] }): ReactElement {
  return (
    <>
      {Object.entries(of).map(([name, { summary }]) => (
        <p key={name} className="field-help">
          {name}: {summary}
        </p>
      ))}
    </>
  );
}
