import clsx from 'clsx';
import { X } from 'lucide-react';
import { useContext, useMemo, useState, type CSSProperties, type ReactElement } from 'react';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import {
  groupIn,
  groupOf,
  nodeOf,
  scopeOf,
  loopMates,
  pickExecution,
  pickPath,
  useRunNow,
  RunFocusContext,
  ScopeContext,
  usePaths,
  usePick,
  useRunHead,
} from '../run/index.js';
import { useSession, useView } from '../session/index.js';
import { selectNodes } from '../view/index.js';
import { DrawerGrip } from './DrawerGrip.js';
import { ExecutionDetail } from './ExecutionDetail.js';
import { NodeTable } from './NodeTable.js';
import { RunLog } from './RunLog.js';
import { RunTotals } from './RunTotals.js';
import { Timeline } from './Timeline.js';
import styles from './run-drawer.module.css';

const tabs = [
  ['timeline', 'Timeline'],
  ['nodes', 'Nodes'],
  ['log', 'Log'],
] as const;
type Tab = (typeof tabs)[number][0];

/** The details of a run below the canvas: executions on a timeline, figures of the nodes, the log, and the selected execution. */
export function OpenDrawer(): ReactElement {
  const { documents, view } = useSession();
  const focus = useContext(RunFocusContext);
  const scope = useContext(ScopeContext);
  const selected = useView((state) => (state.selectedNodes.length === 1 ? state.selectedNodes[0] : undefined));
  const head = useRunHead();
  const paths = usePaths();
  const [tab, setTab] = useState<Tab>('timeline');
  const [height, setHeight] = useState(260);
  const [chosen, setChosen] = useState<string>();
  const now = useRunNow(head !== undefined && !head.isEnded);
  const group = selected === undefined ? undefined : groupIn(scope, selected);
  const pick = usePick(group ?? '');
  // If a node is selected on the canvas, the drawer shows the execution that its card shows.
  const ofSelected = useMemo(
    () =>
      group === undefined
        ? undefined
        : pickPath(
            paths.filter((path) => groupOf(path) === group),
            pick,
          ),
    [paths, group, pick],
  );
  // Without a selection, the drawer shows the failed execution, or else the last one.
  const failed = head?.error?.path;
  const fallback = useMemo(
    () =>
      failed !== undefined && scopeOf(failed) === scope ? failed : paths.findLast((path) => scopeOf(path) === scope),
    [paths, scope, failed],
  );
  const shown =
    chosen !== undefined && (group === undefined || groupOf(chosen) === group || scopeOf(chosen) !== scope)
      ? chosen
      : (ofSelected ?? (selected === undefined ? fallback : undefined));
  const from = head?.startedAt ?? now;
  const to = Math.max(head?.endedAt ?? now, from + 1);
  const choose = (path: string): void => {
    setChosen(path);
    if (scopeOf(path) !== scope) return;
    selectNodes(view, [nodeOf(path)]);
    // Canvas and panel then show the same iteration.
    const edges = documents.getState().document?.edges ?? [];
    pickExecution(focus, paths, loopMates({ edges }, nodeOf(path)), path);
  };
  return (
    // An inline style, because the user sets the height by dragging.
    <section
      className={styles['drawer']}
      data-drawer
      aria-label="Run"
      style={{ '--drawer': `${height}px` } as CSSProperties}
    >
      <DrawerGrip height={height} onChange={setHeight} />
      <div className={clsx(styles['drawer-list'], 'scrolls')}>
        <header className={clsx(styles['drawer-head'], 'spread')}>
          <SegmentedControl label="View" choices={tabs} value={tab} onChange={setTab} />
          <RunTotals />
          <button
            type="button"
            className="icon-button"
            aria-label="Close drawer"
            onClick={() => view.setState({ isDrawerOpen: false })}
          >
            <X size={15} aria-hidden />
          </button>
        </header>
        {head === undefined ? (
          <p className={clsx('quiet', styles['drawer-empty'])}>
            Run the workflow to see when each node runs, and which run in parallel.
          </p>
        ) : tab === 'timeline' ? (
          <Timeline from={from} to={to} now={now} chosen={shown} onChoose={choose} />
        ) : tab === 'nodes' ? (
          <NodeTable onChoose={choose} />
        ) : (
          <RunLog from={from} onChoose={choose} />
        )}
      </div>
      <div
        className={clsx(styles['drawer-detail'], 'scrolls')}
        tabIndex={0}
        role="group"
        aria-label="Selected execution"
      >
        {shown === undefined ? (
          <p className={clsx('quiet', styles['drawer-empty'])}>Select an execution to see its inputs and outputs.</p>
        ) : (
          <ExecutionDetail key={shown} path={shown} />
        )}
      </div>
    </section>
  );
}
