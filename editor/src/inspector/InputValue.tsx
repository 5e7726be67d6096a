import { splitEnd } from '@heddle/core';
import type { ReactElement } from 'react';
import { useExecution } from '../run/use-run.js';
import { OneValue } from './OneValue.js';

/** What a thread brought to an input: what its source's latest execution gave out there. */
export function InputValue({ from, to }: { readonly from: string; readonly to: string }): ReactElement | null {
  const source = splitEnd(from);
  const execution = useExecution(source?.node ?? '');
  const labelled = execution?.outputs?.[source?.port ?? ''];
  const name = splitEnd(to)?.port ?? to;
  if (labelled !== undefined) return <OneValue name={name} labelled={labelled} />;
  return (
    <div className="value">
      <h4>{name}</h4>
      <p className="quiet">{execution?.status === 'done' ? `${from} was left out` : `Waits for ${from}`}</p>
    </div>
  );
}
