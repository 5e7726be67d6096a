import clsx from 'clsx';
import { Cloud, Laptop, Reply, TriangleAlert } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { selectNodes, setOverlay } from '../view/index.js';
import { flowText, groupFlows, type Destination, type FlowLine } from './group-flows.js';
import styles from './data-map.module.css';

/**
 * Where the data of a workflow can flow, known before any run: each destination outside the workflow, its clearance, and the nodes that
 * send data to it.
 */
export function DataMap(): ReactElement {
  const { view } = useSession();
  const compiled = useDocument((state) => state.compiled);
  const destinations = useMemo(
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
      <div className={styles['data-map']}>
        <p className="quiet">
          Where the data of this workflow can go, and the strictest label that can get there. A run withholds data above
          a clearance.
        </p>
        {destinations === undefined ? (
          <p>The workflow cannot be analysed. Fix its issues first.</p>
        ) : destinations.length === 0 ? (
          <p>No data leaves this workflow: it has no model, address, tool, stored collection or reply.</p>
        ) : (
          <ul>
            {destinations.map((destination) => (
              <DestinationEntry key={destination.key} destination={destination} onGo={go} />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function DestinationEntry({
  destination: { name, kind, isLocal, clearance, flows, isExceeded },
  onGo,
}: {
  readonly destination: Destination;
  readonly onGo: (node: string) => void;
}): ReactElement {
  const Icon = kind === 'reply' ? Reply : isLocal ? Laptop : Cloud;
  // `local` is the server's name for local models.
  const isThisMachine = kind === 'model' && name === 'local';
  const title =
    kind === 'reply'
      ? 'Reply of the workflow'
      : kind === 'download'
        ? 'Downloads of batches'
        : kind === 'thread'
          ? 'Threads of the workflow'
          : kind === 'facts'
            ? 'Facts about its users'
            : isThisMachine
              ? 'Local models'
              : name;
  return (
    <li className={styles['data-destination']} data-exceeded={isExceeded || undefined}>
      <p className={clsx(styles['data-destination-head'], 'aligned-wrapped')}>
        <Icon size={15} aria-hidden />
        <strong className={title === name ? 'mono' : undefined}>{title}</strong>
        <span className="quiet">
          {kind === 'reply'
            ? 'to the user who runs it'
            : isThisMachine
              ? 'stays here'
              : kind === 'download'
                ? 'leaves this machine'
                : `${flowText[kind]}, ${isLocal ? 'stays here' : 'leaves this machine'}`}
        </span>
        {clearance === undefined ? null : (
          <span className={clsx(styles['data-clearance'], 'aligned-inline')}>
            <span className="quiet">clearance</span> <LabelMark level={clearance} />
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

const excessText: Readonly<Record<NonNullable<FlowLine['excess']>, string>> = {
  refused: 'above the clearance: the run fails there',
  'left-out': 'above the clearance: left out there',
  'passed-over': 'skipped when the data is above its clearance',
};

function Way({ flow, onGo }: { readonly flow: FlowLine; readonly onGo: (node: string) => void }): ReactElement {
  const node = useDocument((state) => state.document?.nodes[flow.nodeId]);
  const title = useCatalog((state) => (node === undefined ? undefined : state.byType.get(node.type)?.title));
  return (
    <li>
      <button
        type="button"
        className={clsx(styles['data-way'], 'bare-button aligned-wrapped')}
        onClick={() => onGo(flow.nodeId)}
      >
        <span className={styles['data-way-node']}>
          {node?.title ?? title ?? flow.nodeId} <span className="mono quiet">{flow.node}</span>
        </span>
        <LabelMark level={flow.level} marks={flow.marks} />
        {flow.excess === undefined ? null : (
          <span
            className={clsx(styles['data-excess'], 'aligned-inline')}
            data-refused={flow.excess !== 'passed-over' || undefined}
          >
            <TriangleAlert size={13} aria-hidden />
            {excessText[flow.excess]}
          </span>
        )}
        {flow.declassifiedBy.length === 0 ? null : (
          <span className="quiet">declassified on the way by {flow.declassifiedBy.join(', ')}</span>
        )}
      </button>
    </li>
  );
}
