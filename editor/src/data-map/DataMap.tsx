import { Cloud, Laptop, Reply, TriangleAlert } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { Dialog } from '../palette/Dialog.js';
import { useCatalog, useDocument, useSession } from '../session.js';
import { LabelMark } from '../values/LabelMark.js';
import { selectNodes, setOverlay } from '../view/view-store.js';
import { flowWords, groupFlows, type Destination, type FlowLine } from './group-flows.js';

/** What of a workflow can reach whom, known before any run: each place outside it, its ceiling, and the nodes that data comes from. */
export function DataMap(): ReactElement {
  const { view } = useSession();
  const compiled = useDocument((state) => state.compiled);
  const places = useMemo(
    () => (compiled === undefined ? undefined : groupFlows(compiled.dataMap, compiled.issues)),
    [compiled],
  );
  const close = (): void => setOverlay(view, undefined);
  const go = (node: string): void => {
    close();
    selectNodes(view, [node]);
    view.getState().canvas?.focus(node);
  };
  return (
    <Dialog title="Data map" onClose={close}>
      <div className="data-map">
        <p className="quiet">
          Where data of this workflow can go, and the strictest label that can get there. What is above a ceiling is
          held back in a run.
        </p>
        {places === undefined ? (
          <p>The workflow cannot be read yet: mend its issues first.</p>
        ) : places.length === 0 ? (
          <p>Nothing leaves this workflow: it has no model, address, tool, stored collection or reply.</p>
        ) : (
          <ul>
            {places.map((place) => (
              <Place key={place.key} place={place} onGo={go} />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function Place({
  place: { name, kind, isLocal, ceiling, flows, isExceeded },
  onGo,
}: {
  readonly place: Destination;
  readonly onGo: (node: string) => void;
}): ReactElement {
  const Icon = kind === 'reply' ? Reply : isLocal ? Laptop : Cloud;
  // The server's own name for models of this machine.
  const isThisMachine = kind === 'model' && name === 'local';
  const title =
    kind === 'reply'
      ? 'Reply of the workflow'
      : kind === 'download'
        ? 'Downloads of batches'
        : isThisMachine
          ? 'Models of this machine'
          : name;
  return (
    <li className="data-place" data-exceeded={isExceeded || undefined}>
      <p className="data-place-head">
        <Icon size={15} aria-hidden />
        <strong className={title === name ? 'mono' : undefined}>{title}</strong>
        <span className="quiet">
          {kind === 'reply'
            ? 'to whoever runs it'
            : isThisMachine
              ? 'stays here'
              : kind === 'download'
                ? 'leaves this machine'
                : `${flowWords[kind]}, ${isLocal ? 'stays here' : 'leaves this machine'}`}
        </span>
        {ceiling === undefined ? null : (
          <span className="data-ceiling">
            <span className="quiet">may have</span> <LabelMark level={ceiling} />
          </span>
        )}
      </p>
      <ul>
        {flows.map((flow) => (
          <Way key={`${flow.node} ${flow.level}`} flow={flow} onGo={onGo} />
        ))}
      </ul>
    </li>
  );
}

const excessWords: Readonly<Record<NonNullable<FlowLine['excess']>, string>> = {
  refused: 'too much: a run is refused there',
  'left-out': 'too much: it is left out there',
  'passed-over': 'passed over when the data is above its ceiling',
};

function Way({ flow, onGo }: { readonly flow: FlowLine; readonly onGo: (node: string) => void }): ReactElement {
  const node = useDocument((state) => state.document?.nodes[flow.place]);
  const title = useCatalog((state) => (node === undefined ? undefined : state.byType.get(node.type)?.title));
  return (
    <li>
      <button type="button" className="data-way" onClick={() => onGo(flow.place)}>
        <span className="data-way-node">
          {node?.title ?? title ?? flow.place} <span className="mono quiet">{flow.node}</span>
        </span>
        <LabelMark level={flow.level} marks={flow.marks} />
        {flow.excess === undefined ? null : (
          <span className="data-excess" data-refused={flow.excess !== 'passed-over' || undefined}>
            <TriangleAlert size={13} aria-hidden />
            {excessWords[flow.excess]}
          </span>
        )}
        {flow.loweredBy.length === 0 ? null : (
          <span className="quiet">lowered on the way by {flow.loweredBy.join(', ')}</span>
        )}
      </button>
    </li>
  );
}
