import clsx from 'clsx';
import type { WorkflowDocument, WorkflowReply } from '@heddle/core';
import { ReactFlowProvider } from '@xyflow/react';
import { useCallback, useEffect, useMemo, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Canvas } from '../canvas/index.js';
import { showCatalog, createDocumentStore, showVersionDocument, laidOut } from '../document/index.js';
import { Notice } from '../../ui/states/Notice.js';
import { compareVersions, DiffContext, type Comparison } from '../differences/index.js';
import { SessionContext, useSession, type Session, compileOpen } from '../session/index.js';
import { createViewStore } from '../view/index.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import type { VersionSide } from '../../ui/navigation/route.js';
import { VersionPanel } from './VersionPanel.js';
import styles from './versions.module.css';

/** A version on a read-only canvas, or the differences between two versions. */
export function VersionStage({
  workflow,
  from,
  to,
}: {
  readonly workflow: WorkflowReply;
  readonly from: VersionSide | undefined;
  readonly to: VersionSide;
}): ReactElement {
  const session = useSession();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const documentOf = async (side: VersionSide): Promise<WorkflowDocument> =>
        laidOut(
          side === 'draft'
            ? workflow.document
            : (
                await client.GET('/api/workflows/{id}/versions/{version}', {
                  params: { path: { id: workflow.id, version: side } },
                  signal,
                })
              ).bundle.document,
        );
      const [before, after] = await Promise.all([
        from === undefined ? undefined : documentOf(from),
        documentOf(to),
        session.catalog.getState().isLoaded
          ? undefined
          : client.GET('/api/nodes', { signal }).then(({ nodes }) => showCatalog(session.catalog, nodes)),
      ]);
      const comparison = before === undefined ? undefined : compareVersions(before, after);
      return { comparison, document: comparison?.document ?? after };
    },
    [session, workflow, from, to],
  );
  const { value, error, again } = useLoaded(load);
  if (value === undefined)
    return (
      <div className={clsx(styles['version-stage'], 'center')}>
        {error === undefined ? (
          <p className="quiet">Loading version…</p>
        ) : (
          <Notice error={error} action={{ name: 'Retry', run: again }} />
        )}
      </div>
    );
  return (
    <Shown
      session={session}
      workflow={workflow}
      document={value.document}
      comparison={value.comparison}
      to={to}
      from={from}
    />
  );
}

function Shown({
  session,
  workflow,
  document,
  comparison,
  from,
  to,
}: {
  readonly session: Session;
  readonly workflow: WorkflowReply;
  readonly document: WorkflowDocument;
  readonly comparison: Comparison | undefined;
  readonly from: VersionSide | undefined;
  readonly to: VersionSide;
}): ReactElement {
  const inner = useMemo(() => sessionOf(session, document), [session, document]);
  useEffect(() => {
    const controller = new AbortController();
    void compileOpen(inner, controller.signal);
    return () => controller.abort();
  }, [inner]);
  return (
    <SessionContext value={inner}>
      <DiffContext value={comparison?.marks}>
        <div className={styles['version-stage']} data-compared={comparison !== undefined || undefined}>
          <ReactFlowProvider>
            <Canvas />
          </ReactFlowProvider>
        </div>
        <VersionPanel workflow={workflow} comparison={comparison} from={from} to={to} />
      </DiffContext>
    </SessionContext>
  );
}

/** A session for the shown document. The draft stays open in the outer session. */
function sessionOf(outer: Session, document: WorkflowDocument): Session {
  const documents = createDocumentStore();
  const view = createViewStore();
  showVersionDocument(documents, document);
  return { ...outer, documents, view, commands: { ...outer.commands, documents, view } };
}
