import clsx from 'clsx';
import { serialiseDocument, type WorkflowSummary } from '@heddle/core';
import { Copy, Download, Ellipsis, PencilLine, Trash2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState, type ReactElement } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { client } from '../../data/api/client.js';
import type { MenuStart } from '../../ui/dialogs/use-lazy-menu.js';
import { saveFile } from '../../ui/buttons/save-file.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { duplicateWorkflow } from './new-workflow.js';
import { RenameWorkflow } from './RenameWorkflow.js';
import styles from './home.module.css';

export interface WorkflowMenuProps {
  readonly workflow: WorkflowSummary;
  readonly start: MenuStart;
  readonly onChanged: () => void;
  readonly onError: (reason: unknown) => void;
}

/** The menu with the actions on a workflow of the list. */
export function WorkflowMenu({ workflow, start, onChanged, onError }: WorkflowMenuProps): ReactElement {
  const [dialog, setDialog] = useState<'rename' | 'delete'>();
  const reportFailure = (work: Promise<void>): void => void work.catch(onError);
  return (
    <>
      <DropdownMenu.Root modal={false} defaultOpen={start.isOpened}>
        <DropdownMenu.Trigger
          className={clsx('icon-button', styles['tile-menu'])}
          aria-label={`More actions for ${workflow.name}`}
          autoFocus={start.hasFocus}
        >
          <Ellipsis size={16} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
            <IfMay permission="workflow:write">
              <DropdownMenu.Item className="menu-item" onSelect={() => setDialog('rename')}>
                <PencilLine size={14} aria-hidden /> Rename
              </DropdownMenu.Item>
              <DropdownMenu.Item
                className="menu-item"
                onSelect={() => reportFailure(duplicateWorkflow(workflow.id).then(onChanged))}
              >
                <Copy size={14} aria-hidden /> Duplicate
              </DropdownMenu.Item>
            </IfMay>
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() =>
                reportFailure(
                  client
                    .GET('/api/workflows/{id}', { params: { path: { id: workflow.id }, query: { filled: 'true' } } })
                    .then(({ slug, document }) => saveFile(`${slug}.json`, serialiseDocument(document))),
                )
              }
            >
              <Download size={14} aria-hidden /> Export as file
            </DropdownMenu.Item>
            <IfMay permission="workflow:write">
              <DropdownMenu.Item className="menu-item failed-text" onSelect={() => setDialog('delete')}>
                <Trash2 size={14} aria-hidden /> Delete
              </DropdownMenu.Item>
            </IfMay>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {dialog === 'rename' ? (
        <RenameWorkflow workflow={workflow} onClose={() => setDialog(undefined)} onRenamed={onChanged} />
      ) : null}
      {dialog === 'delete' ? (
        <Confirm
          title={`Delete “${workflow.name}”?`}
          verb="Delete workflow"
          onClose={() => setDialog(undefined)}
          onConfirm={async () => {
            const params = { path: { id: workflow.id } };
            await client.DELETE('/api/workflows/{id}', { params: { ...params, query: { undo: 'true' } } });
            setDialog(undefined);
            onChanged();
            offerUndo({
              what: `“${workflow.name}”`,
              restore: () => client.POST('/api/workflows/{id}/restore', { params }),
              onRestored: onChanged,
            });
          }}
        >
          <p>Its API and triggers end at once; its runs stay. You can undo this for 10 seconds.</p>
        </Confirm>
      ) : null}
    </>
  );
}
