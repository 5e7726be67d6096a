import { splitEnd, type Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import { useExecutionAt } from '../run/use-run.js';
import { useCatalog, useDocument } from '../session.js';
import { OneValue } from './OneValue.js';

/** What a thread brought to an input: what the execution that it came from gave out there. */
export function InputValue({
  from,
  to,
  path,
  citations,
}: {
  readonly from: string;
  readonly to: string;
  /** The execution that it came from; undefined where that has not begun. */
  readonly path: string | undefined;
  readonly citations?: readonly Citation[] | undefined;
}): ReactElement {
  const source = splitEnd(from);
  const node = source?.node ?? '';
  const port = source?.port ?? '';
  const execution = useExecutionAt(path ?? '');
  const type = useDocument(
    (state) => state.compiled?.ports[node]?.outputs.find((output) => output.name === port)?.type,
  );
  const sourceType = useDocument((state) => state.document?.nodes[node]?.type ?? '');
  const sourceTitle = useDocument((state) => state.document?.nodes[node]?.title);
  const typeTitle = useCatalog((state) => state.byType.get(sourceType)?.title);
  const labelled = execution?.outputs?.[port];
  const name = splitEnd(to)?.port ?? to;
  const title = sourceTitle ?? typeTitle ?? node;
  if (labelled !== undefined)
    return (
      <OneValue
        name={name}
        labelled={labelled}
        path={execution?.path}
        port={port}
        type={type}
        citations={citations}
        end={from}
      />
    );
  return (
    <section className="value" aria-label={name}>
      <h4>{name}</h4>
      <p className="quiet">
        {execution?.status === 'done' || execution?.status === 'cached'
          ? `${title} left ${port} out.`
          : `Waits for ${port} of ${title}.`}
      </p>
    </section>
  );
}
