import type { ReactElement } from 'react';
import { Notice } from '../../ui/states/Notice.js';
import { useVersions, useVersionsRead, useWorkflow, WorkflowHeader } from '../publishing/index.js';
import { navigate, versionsPath, type VersionSide } from '../../ui/navigation/route.js';
import { NotThere } from '../../ui/states/NotThere.js';
import { VersionBar } from './VersionBar.js';
import { VersionList } from './VersionList.js';
import { VersionStage } from './VersionStage.js';
import styles from './versions.module.css';

/** All versions of a workflow. They can be shown on the canvas, compared, and made live. */
export function VersionsPage({
  workflow,
  from,
  to,
}: {
  readonly workflow: string;
  readonly from: VersionSide | undefined;
  readonly to: VersionSide | undefined;
}): ReactElement {
  const opened = useWorkflow(workflow);
  const id = opened.value?.id;
  useVersionsRead(id);
  const { reply, error } = useVersions(id);
  if (opened.value === undefined)
    return <NotThere error={opened.error} again={opened.again} what="Loading versions…" />;
  const { slug, document } = opened.value;
  const shown = to ?? 'draft';
  // Without versions in the address, the draft is compared with the live version.
  const against = to === undefined && from === undefined ? reply?.live?.version : from;
  const choose = (sides: { readonly from: VersionSide | undefined; readonly to: VersionSide }): void =>
    navigate(versionsPath(slug, sides));
  return (
    <main className={styles['versions']}>
      <WorkflowHeader name={document.name} id={id} slug={slug} part="versions" />
      <VersionList
        workflow={opened.value}
        shown={shown}
        reply={reply}
        onShow={(side) => choose({ from: undefined, to: side })}
        onCompare={(before, after) => choose({ from: before, to: after })}
        onRestored={opened.again}
      />
      <VersionBar versions={reply?.versions ?? []} from={against} to={shown} onChoose={choose} />
      {error === undefined ? (
        <VersionStage
          key={`${id ?? ''} ${shown} ${against ?? ''}`}
          workflow={opened.value}
          from={against === shown ? undefined : against}
          to={shown}
        />
      ) : (
        <div className="center">
          <Notice error={error} action={{ name: 'Retry', run: opened.again }} />
        </div>
      )}
    </main>
  );
}
