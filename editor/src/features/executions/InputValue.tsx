import { splitEnd, type Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import { useExecutionAt } from '../run/index.js';
import { useCatalog, useDocument } from '../session/index.js';
import { OneValue } from './OneValue.js';

/** The value that an edge passed to an input, taken from the execution of its source. */
export function InputValue({
  from,
  to,
  path,
  citations,
}: {
  readonly from: string;
  readonly to: string;
  /** The path of the source's execution; undefined if it has not started. */
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
          ? `${title} gave no ${port}.`
          : `Waiting for ${port} of ${title}.`}
      </p>
    </section>
  );
}
