import { Passage, type LabelledValue } from '@heddle/core';
import type { ReactElement } from 'react';
import { z } from 'zod';
import { formatScore } from '../format/format-score.js';
import { textOf } from '../format/preview-value.js';

const Passages = z.array(Passage).min(1);
/** More than this is too much to read in a panel, and slow to lay out. */
const mostCharacters = 20_000;

/** A value: passages as a list, text as text, the rest as JSON. Never as markup. */
export function ValueView({ labelled }: { readonly labelled: LabelledValue }): ReactElement {
  if (labelled.value === undefined) {
    return (
      <>
        <pre className="output-json mono">{labelled.preview ?? ''}</pre>
        <p className="quiet">The beginning of a large value.</p>
      </>
    );
  }
  const passages = Passages.safeParse(labelled.value);
  if (passages.success) {
    return (
      <ol className="passage-list">
        {passages.data.slice(0, 50).map((passage) => (
          <li key={passage.id}>
            <p className="source-name">
              {passage.title ?? passage.document}
              {passage.score === undefined ? null : <span className="quiet figure"> {formatScore(passage.score)}</span>}
            </p>
            <p dir="auto">{passage.text.slice(0, 1200)}</p>
          </li>
        ))}
      </ol>
    );
  }
  const text = textOf(labelled.value);
  const shown = text.slice(0, mostCharacters);
  return (
    <>
      {typeof labelled.value === 'string' ? (
        <p className="answer" dir="auto">
          {shown}
        </p>
      ) : (
        <pre className="output-json mono">{shown}</pre>
      )}
      {text.length > shown.length ? <p className="quiet">The first {mostCharacters.toLocaleString()} of {text.length.toLocaleString()} characters.</p> : null}
    </>
  );
}
