import { useContext, useMemo, type ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import {
  seenState,
  nodeStateText,
  StateMark,
  RunContext,
  ScopeContext,
  usePaths,
  useRunHead,
  useRunNow,
} from '../run/index.js';
import { useCatalog, useDocument } from '../session/index.js';
import { nodeFigures, type NodeFigures } from './node-figures.js';
import styles from './run-drawer.module.css';

/** The figures of each node in the shown run: executions, time, and the tokens and cost of its models. */
export function NodeTable({ onChoose }: { readonly onChoose: (path: string) => void }): ReactElement {
  const run = useContext(RunContext);
  const scope = useContext(ScopeContext);
  const head = useRunHead();
  const paths = usePaths();
  const now = useRunNow(head !== undefined && !head.isEnded);
  const second = head?.isEnded === true ? 0 : Math.floor(now / 1000);
  // Computed again each second while the run is in progress.
  const read = useMemo(
    () => ({ second, nodes: run === undefined ? [] : nodeFigures(run, paths, scope) }),
    [run, paths, scope, second],
  );
  const { nodes } = read;
  return (
    <div className={styles['node-table']} tabIndex={0} role="group" aria-label="Nodes">
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Status</th>
            <th scope="col">Runs</th>
            <th scope="col">Time</th>
            <th scope="col">Tokens</th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row key={node.id} node={node} now={now} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  node,
  now,
  onChoose,
}: {
  readonly node: NodeFigures;
  readonly now: number;
  readonly onChoose: (path: string) => void;
}): ReactElement {
  const entry = useDocument((state) => state.document?.nodes[node.id]);
  const title = useCatalog((state) => entry?.title ?? state.byType.get(entry?.type ?? '')?.title ?? node.id);
  const state = seenState(node.last, now);
  return (
    <tr>
      <td>
        <button type="button" className="table-link bare-text-button" onClick={() => onChoose(node.last.path)}>
          {title}
        </button>
      </td>
      <td>
        <span className="state-word aligned-inline">
          <StateMark state={state} /> {nodeStateText(state)}
        </span>
        {node.failed > 0 && node.runs > 1 ? <span className="quiet"> {node.failed} failed</span> : null}
      </td>
      <td className="figure">{node.runs.toLocaleString('en')}</td>
      <td className="figure">{formatDuration(node.ms)}</td>
      <td className="figure">
        {node.inputTokens + node.outputTokens === 0 ? '' : `${node.inputTokens} → ${node.outputTokens}`}
      </td>
      <td className="figure">{node.inputTokens + node.outputTokens === 0 ? '' : formatCost(node.cost)}</td>
    </tr>
  );
}
