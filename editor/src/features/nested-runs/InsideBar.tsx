import clsx from 'clsx';
import { ChevronRight, CornerLeftUp, History } from 'lucide-react';
import { useContext, type ReactElement } from 'react';
import { edit, documentInside, titleOfNode } from '../document/index.js';
import type { InnerPath } from '../../ui/navigation/inner-path.js';
import { goInside } from '../../ui/navigation/route.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { InsideContext } from './inside-context.js';
import { openScope, RunFocusContext, RunContext, ScopeContext, useNested, parentExecutionOf } from '../run/index.js';
import { NameField } from '../../ui/fields/NameField.js';
import styles from './nested-runs.module.css';

/** The breadcrumb of an open inner workflow: each outer workflow, then the inner one's own name, which can be edited here. */
export function InsideBar(): ReactElement | null {
  const inside = useContext(InsideContext);
  if (inside === undefined) return null;
  return <Bar path={inside.path} />;
}

function Bar({ path }: { readonly path: InnerPath }): ReactElement {
  const { documents } = useSession();
  const name = useDocument((state) => state.document?.name) ?? '';
  return (
    <nav className={clsx(styles['nested-bar'], 'floating aligned-wrapped')} aria-label="Outer workflows">
      {path.map((step, index) => (
        <Crumb key={index} path={path.slice(0, index)} node={step.node} isFirst={index === 0} />
      ))}
      <span className={styles['nested-own']}>
        <NameField
          label="Inner workflow name"
          name={name}
          onChange={(next) => edit(documents, (document) => ({ ...document, name: next }), { gesture: 'name' })}
        />
      </span>
      <AsItRan />
    </nav>
  );
}

/** An outer workflow, with its node that runs the next workflow. */
function Crumb({
  path,
  node,
  isFirst,
}: {
  readonly path: InnerPath;
  readonly node: string;
  readonly isFirst: boolean;
}): ReactElement {
  const outer = useContext(InsideContext)?.outer;
  const byType = useCatalog((state) => state.byType);
  const root = outer?.documents.getState().document;
  const around = root === undefined ? undefined : documentInside(root, path);
  const title = titleOfNode({ document: around }, byType, node);
  return (
    <>
      <button
        type="button"
        className={styles['nested-step']}
        onClick={() => goInside(path)}
        data-tip={`Back to ${around?.name ?? 'the outer workflow'}`}
      >
        {isFirst ? <CornerLeftUp size={14} aria-hidden /> : null}
        <span className="visually-hidden">Back to </span>
        {around?.name}
      </button>
      <ChevronRight size={14} aria-hidden className="quiet" />
      <span className="quiet">{title}</span>
      <ChevronRight size={14} aria-hidden className="quiet" />
    </>
  );
}

/** A button that opens the nested runs of this inner workflow in the run that is shown. */
function AsItRan(): ReactElement | null {
  const focus = useContext(RunFocusContext);
  const scope = useContext(ScopeContext);
  const isRun = useContext(RunContext) !== undefined;
  const runs = useNested(parentExecutionOf(scope).path);
  if (!isRun || !runs.some((run) => run.scope === scope)) return null;
  return (
    <button type="button" className={styles['nested-step']} onClick={() => openScope(focus, scope)}>
      <History size={14} aria-hidden /> {runs.length === 1 ? 'View run' : `View ${runs.length} runs`}
    </button>
  );
}
