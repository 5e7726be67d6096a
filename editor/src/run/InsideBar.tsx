import { ChevronRight, CornerLeftUp, History } from 'lucide-react';
import { useContext, type ReactElement } from 'react';
import { edit } from '../document/document-store.js';
import { documentInside } from '../document/inner/inner-document.js';
import type { InnerPath } from '../document/inner/inner-path.js';
import { titleOfNode } from '../document/ports-in.js';
import { goInside } from '../pages/route.js';
import { useCatalog, useDocument, useSession } from '../session.js';
import { InsideContext } from './inside-context.js';
import { openScope } from './run-look.js';
import { LookContext, RunContext, ScopeContext, useNested } from './use-run.js';
import { beginnerOf } from './execution-path.js';
import { NameField } from '../frame/NameField.js';

/** Where one is while the draft of an inner workflow is open: each workflow around it, and its own name, which can be changed here. */
export function InsideBar(): ReactElement | null {
  const inside = useContext(InsideContext);
  if (inside === undefined) return null;
  return <Bar path={inside.path} />;
}

function Bar({ path }: { readonly path: InnerPath }): ReactElement {
  const { documents } = useSession();
  const name = useDocument((state) => state.document?.name) ?? '';
  return (
    <nav className="nested-bar" aria-label="Workflows around this one">
      {path.map((step, index) => (
        <Crumb key={index} path={path.slice(0, index)} node={step.node} isFirst={index === 0} />
      ))}
      <span className="nested-own">
        <NameField
          label="Name of the inner workflow"
          name={name}
          onChange={(next) => edit(documents, (document) => ({ ...document, name: next }), { gesture: 'name' })}
        />
      </span>
      <AsItRan />
    </nav>
  );
}

/** A workflow around, and the node in it that runs the next one. */
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
        className="nested-step"
        onClick={() => goInside(path)}
        title={`Back to ${around?.name ?? 'the workflow around'}`}
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

/** The runs of it in the run in view, item by item, on the workflow as it was then. */
function AsItRan(): ReactElement | null {
  const look = useContext(LookContext);
  const scope = useContext(ScopeContext);
  const isRun = useContext(RunContext) !== undefined;
  const runs = useNested(beginnerOf(scope).path);
  if (!isRun || !runs.some((run) => run.scope === scope)) return null;
  return (
    <button type="button" className="nested-step" onClick={() => openScope(look, scope)}>
      <History size={14} aria-hidden /> {runs.length === 1 ? 'As it ran' : `As it ran, ${runs.length} times`}
    </button>
  );
}
