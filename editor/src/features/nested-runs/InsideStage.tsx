import { useContext, useEffect, useMemo, type ReactElement, type ReactNode } from 'react';
import { createInnerStore, linkInnerStore, startRecompile } from '../document/index.js';
import { formatInside, parseInside, type InnerPath } from '../../ui/navigation/inner-path.js';
import { client } from '../../data/api/client.js';
import { compileOpen, SessionContext, useDocument, useSession, type Session } from '../session/index.js';
import { goInside } from '../../ui/navigation/route.js';
import { createViewStore, showToast } from '../view/index.js';
import { insideScope, RunContext, ScopeContext, usePaths } from '../run/index.js';
import { InsideContext } from './inside-context.js';

/**
 * Shows the draft of an inner workflow on the canvas. The children get a session with the inner workflow as document and its latest nested
 * run. Saving, undo and running always apply to the outer workflow.
 */
export function InsideStage({
  inside,
  children,
}: {
  readonly inside: string | undefined;
  readonly children: ReactNode;
}): ReactElement {
  const session = useSession();
  const isNestedRun = useContext(ScopeContext) !== '';
  const isDraft = useDocument((state) => state.document !== undefined && state.origin.kind === 'draft');
  const path = useMemo(() => parseInside(inside), [inside]);
  const isInside = isDraft && path.length > 0 && !isNestedRun;
  return isInside ? (
    <OpenInside key={formatInside(path)} path={path} outer={session}>
      {children}
    </OpenInside>
  ) : (
    <>{children}</>
  );
}

function OpenInside({
  path,
  outer,
  children,
}: {
  readonly path: InnerPath;
  readonly outer: Session;
  readonly children: ReactNode;
}): ReactElement {
  const run = useContext(RunContext);
  const paths = usePaths();
  const inner = useMemo(() => sessionInside(outer, path), [outer, path]);
  const scope = useMemo(() => insideScope(paths.length === 0 ? undefined : run, path), [run, paths, path]);
  const context = useMemo(() => ({ path, outer }), [path, outer]);
  useEffect(() => {
    const leave = (): void => {
      showToast(outer.view, 'The inner workflow no longer exists.');
      goInside(path.slice(0, -1));
    };
    if (inner === undefined) {
      leave();
      return undefined;
    }
    const controller = new AbortController();
    const ends = [
      linkInnerStore(outer.documents, inner.documents, path, leave),
      // Compiles without the id of the workflow: the output goes to the outer node, not to the workflow's webhooks.
      startRecompile(inner.documents, (document, asked) =>
        client.POST('/api/compile', { body: { document }, signal: asked }),
      ),
      () => controller.abort(),
    ];
    void compileOpen(inner, controller.signal, { isInside: true });
    return () => ends.forEach((end) => end());
  }, [inner, outer, path]);
  return inner === undefined ? (
    <>{children}</>
  ) : (
    <InsideContext value={context}>
      <ScopeContext value={scope}>
        <SessionContext value={inner}>{children}</SessionContext>
      </ScopeContext>
    </InsideContext>
  );
}

function sessionInside(outer: Session, path: InnerPath): Session | undefined {
  const documents = createInnerStore(outer.documents, path);
  if (documents === undefined) return undefined;
  const view = createViewStore();
  const { isDrawerOpen } = outer.view.getState();
  view.setState({ isDrawerOpen });
  return { ...outer, documents, view, commands: { ...outer.commands, documents, view, root: outer.documents } };
}

/** Provides the outer workflow's session, for parts such as its name, save state and run, even while an inner workflow is open. */
export function Around({ children }: { readonly children: ReactNode }): ReactElement {
  const inner = useSession();
  const inside = useContext(InsideContext);
  const around = useMemo(
    () =>
      inside === undefined
        ? inner
        : { ...inside.outer, view: inner.view, commands: { ...inside.outer.commands, view: inner.view } },
    [inside, inner],
  );
  const scope = useContext(ScopeContext);
  return (
    <ScopeContext value={inside === undefined ? scope : ''}>
      <SessionContext value={around}>{children}</SessionContext>
    </ScopeContext>
  );
}
