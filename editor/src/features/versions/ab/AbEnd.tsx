import type { AbReport } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { Notice } from '../../../ui/states/Notice.js';

/** Buttons that end a running test: by promoting a version, or by stopping it. */
export function AbEnd({
  workflow,
  report: { test, verdict },
  versions,
  onChanged,
  children,
}: {
  readonly workflow: string;
  readonly report: AbReport;
  readonly versions: readonly number[];
  readonly onChanged: () => Promise<void>;
  readonly children?: ReactNode;
}): ReactElement {
  const action = useAction();
  const params = { path: { id: workflow, test: test.id } };
  const change = (work: () => Promise<unknown>): void => action.run(() => work().then(onChanged));
  return (
    <>
      <span className="wrapped gap-6">
        {children}
        {versions.map((version) => (
          <button
            key={version}
            type="button"
            className={verdict.version === version ? 'button button-small button-primary' : 'button button-small'}
            disabled={action.isBusy}
            onClick={() =>
              change(() => client.POST('/api/workflows/{id}/ab/{test}/promote', { params, body: { version } }))
            }
          >
            Promote version {version}
          </button>
        ))}
        <button
          type="button"
          className="button button-small"
          disabled={action.isBusy}
          onClick={() => change(() => client.POST('/api/workflows/{id}/ab/{test}/stop', { params }))}
        >
          {test.kind === 'canary' ? 'Stop canary' : 'Stop test'}
        </button>
      </span>
      {action.error === undefined ? null : (
        <Notice error={action.error} action={{ name: 'Read again', run: () => void onChanged() }} />
      )}
    </>
  );
}
