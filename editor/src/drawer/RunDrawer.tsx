import { X } from 'lucide-react';
import { useMemo, useState, type CSSProperties, type ReactElement } from 'react';
import { leafOf } from '../run/execution-path.js';
import { useNow } from '../run/use-now.js';
import { usePaths, useRunHead } from '../run/use-run.js';
import { useSession, useView } from '../session.js';
import { selectNodes } from '../view/view-store.js';
import { DrawerGrip } from './DrawerGrip.js';
import { ExecutionDetail } from './ExecutionDetail.js';
import { TimelineAxis } from './TimelineAxis.js';
import { TimelineRow } from './TimelineRow.js';

/** The run below the canvas: every execution on a timeline, and what went through the one that is chosen. */
export function RunDrawer(): ReactElement | null {
  const { view } = useSession();
  const isOpen = useView((state) => state.isDrawerOpen);
  const selected = useView((state) => (state.selectedNodes.length === 1 ? state.selectedNodes[0] : undefined));
  const head = useRunHead();
  const paths = usePaths();
  const [height, setHeight] = useState(240);
  const [chosen, setChosen] = useState<string>();
  const now = useNow(isOpen && head !== undefined && !head.isEnded);
  // A node that is chosen on the canvas is shown here by its latest execution.
  const ofSelected = useMemo(() => (selected === undefined ? undefined : paths.findLast((path) => leafOf(path) === selected)), [paths, selected]);
  const shown = chosen !== undefined && paths.includes(chosen) && (selected === undefined || leafOf(chosen) === selected) ? chosen : ofSelected;
  if (!isOpen) return null;
  const from = head?.startedAt ?? now;
  const to = head?.endedAt ?? Math.max(now, from + 1);
  const choose = (path: string): void => {
    setChosen(path);
    const node = leafOf(path);
    if (!node.includes('/')) selectNodes(view, [node]);
  };
  return (
    // The height is drawn by hand.
    <section className="drawer" aria-label="Timeline" style={{ '--drawer': `${height}px` } as CSSProperties}>
      <DrawerGrip height={height} onChange={setHeight} />
      <div className="drawer-list">
        <header className="drawer-head">
          <h2>Timeline</h2>
          <button type="button" className="icon-button" aria-label="Close the timeline" onClick={() => view.setState({ isDrawerOpen: false })}>
            <X size={15} aria-hidden />
          </button>
        </header>
        {head === undefined ? <p className="quiet drawer-empty">Run the workflow to see when each node works, and which work side by side.</p> : <TimelineAxis length={to - from} />}
        <ul className="timeline">
          {paths.map((path) => (
            <TimelineRow key={path} path={path} from={from} to={to} now={now} isChosen={path === shown} onChoose={choose} />
          ))}
        </ul>
      </div>
      <div className="drawer-detail" tabIndex={0} role="group" aria-label="Chosen execution">{shown === undefined ? <p className="quiet drawer-empty">Choose an execution to see its inputs and outputs.</p> : <ExecutionDetail key={shown} path={shown} />}</div>
    </section>
  );
}
