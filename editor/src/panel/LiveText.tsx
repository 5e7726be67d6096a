import type { ReactElement } from 'react';
import { usageFigures } from '../format/usage-figures.js';
import { leafOf } from '../run/execution-path.js';
import { useExecution, usePaths } from '../run/use-run.js';
import { useCatalog, useDocument } from '../session.js';

/** The texts that nodes are writing now, in the order they began. */
export function LiveText(): ReactElement {
  const nodes = [...new Set(usePaths().map(leafOf))];
  return (
    <div className="live-texts" aria-live="off">
      {nodes.map((node) => (
        <NodeText key={node} nodeId={node} />
      ))}
    </div>
  );
}

function NodeText({ nodeId }: { readonly nodeId: string }): ReactElement | null {
  const execution = useExecution(nodeId);
  const node = useDocument((state) => state.document?.nodes[nodeId]);
  const title = useCatalog((state) => node?.title ?? state.byType.get(node?.type ?? '')?.title ?? nodeId);
  const text = execution === undefined ? '' : Object.values(execution.text).join('\n');
  if (execution === undefined || text === '') return null;
  const isWriting = execution.status === 'streaming';
  return (
    <div className="output">
      <h3 className="output-name">
        {title}
        {usageFigures(execution)
          .slice(0, 1)
          .map((figure) => (
            <span key={figure.name} className="figure quiet" title={figure.name}>
              {figure.value}
            </span>
          ))}
      </h3>
      <p className="answer" dir="auto">
        {text}
        {isWriting ? <span className="caret" aria-hidden /> : null}
      </p>
    </div>
  );
}
