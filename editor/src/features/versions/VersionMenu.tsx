import clsx from 'clsx';
import { serialiseDocument, type LivePointer, type WorkflowReply, type WorkflowVersion } from '@heddle/core';
import { Download, Ellipsis, GitCompareArrows, PencilLine, Percent, Rocket, Undo2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { toApiError } from '../../data/http/http.js';
import { saveFile } from '../../ui/buttons/save-file.js';
import { makeLive } from '../publishing/index.js';
import { useSession } from '../session/index.js';
import { showToast } from '../view/index.js';
import type { VersionSide } from '../../ui/navigation/route.js';
import type { VersionDialog } from './VersionDialogs.js';
import styles from './versions.module.css';

/** The menu with the actions on a version. */
export function VersionMenu({
  version,
  workflow: { id, slug },
  live,
  mayPublish,
  onCompare,
  onDialog,
}: {
  readonly version: WorkflowVersion;
  readonly workflow: WorkflowReply;
  readonly live: LivePointer | undefined;
  readonly mayPublish: boolean;
  readonly onCompare: (before: VersionSide, after: VersionSide) => void;
  readonly onDialog: (dialog: VersionDialog) => void;
}): ReactElement {
  const { view } = useSession();
  const mayEdit = useMay('workflow:write');
  const { version: number } = version;
  const isLive = live?.version === number;
  const isBack = live !== undefined && number < live.version;
  const save = (): void => {
    client.GET('/api/workflows/{id}/versions/{version}', { params: { path: { id, version: number } } }).then(
      ({ bundle }) => saveFile(`${slug}-v${number}.json`, serialiseDocument(bundle.document)),
      (error: unknown) => showToast(view, toApiError(error).message, true),
    );
  };
  const item = (title: string, Icon: typeof Undo2, run: () => void): ReactElement => (
    <DropdownMenu.Item key={title} className="menu-item" onSelect={run}>
      <Icon size={14} aria-hidden /> {title}
    </DropdownMenu.Item>
  );
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className={clsx('icon-button', styles['version-menu'])}
        aria-label={`More actions for version ${number}`}
      >
        <Ellipsis size={16} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {isLive || !mayPublish
            ? null
            : item(
                isBack ? `Roll back to version ${number}` : `Make version ${number} live`,
                isBack ? Undo2 : Rocket,
                () => makeLive(view, id, number),
              )}
          {isLive || live === undefined || !mayPublish
            ? null
            : item('Start canary', Percent, () => onDialog({ kind: 'canary', version }))}
          {item('Compare with the draft', GitCompareArrows, () => onCompare(number, 'draft'))}
          {number === 1
            ? null
            : item(`Compare with version ${number - 1}`, GitCompareArrows, () => onCompare(number - 1, number))}
          {live === undefined || isLive || live.version === number - 1
            ? null
            : item(`Compare with version ${live.version}, which is live`, GitCompareArrows, () =>
                onCompare(live.version, number),
              )}
          {mayEdit ? item('Replace the draft', PencilLine, () => onDialog({ kind: 'restore', version })) : null}
          {item('Export as file', Download, save)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
