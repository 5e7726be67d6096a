import type { NodeDescription } from '@heddle/core';
import type { ReactElement } from 'react';

/** What a node type is for, with an example. */
export function NodeHelp({ description }: { readonly description: NodeDescription | undefined }): ReactElement {
  if (description === undefined) return <p className="quiet">This Heddle does not know the type of this node. It is kept as it is.</p>;
  const { example } = description;
  return (
    <div className="help">
      <p>{description.summary}</p>
      {description.help === undefined ? null : <p className="help-text">{description.help}</p>}
      {example === undefined ? null : (
        <>
          <h3>Example</h3>
          <pre className="output-json mono">{JSON.stringify(example, undefined, 2)}</pre>
        </>
      )}
    </div>
  );
}
