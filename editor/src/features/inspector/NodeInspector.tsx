import type { KeyboardEvent, ReactElement } from 'react';
import { NodeIcon } from '../../ui/icons/NodeIcon.js';
import { edit, isEditable, rename } from '../document/index.js';
import { useCatalog, useDocument, useNodeTab, useSession } from '../session/index.js';
import { ConfigForm } from './ConfigForm.js';
import { InputTab } from './InputTab.js';
import { LogTab } from './LogTab.js';
import { NodeHelp } from './NodeHelp.js';
import { OutputTab } from './OutputTab.js';
import { chooseTab, openSettingsTab, tabs } from '../view/index.js';
import { useRequestedField } from './use-requested-field.js';
import styles from './inspector.module.css';

/** The inspector of a node: its settings, its help, and its values and log in the run that is shown. */
export function NodeInspector({ nodeId }: { readonly nodeId: string }): ReactElement | null {
  const { documents } = useSession();
  const tab = useNodeTab(nodeId);
  const node = useDocument((state) => state.document?.nodes[nodeId]);
  const canEdit = useDocument(isEditable);
  const description = useCatalog((state) => state.byType.get(node?.type ?? ''));
  useRequestedField(nodeId);
  if (node === undefined) return null;
  const isNewer = description !== undefined && node.version > description.version;
  const isReadOnly = !canEdit || isNewer;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : undefined;
    if (step === undefined) return;
    const at = tabs.findIndex(({ id }) => id === tab);
    const next = tabs[(at + step + tabs.length) % tabs.length] ?? tabs[0];
    chooseTab(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="panel-body">
      <div className={styles['inspector-head']}>
        <NodeIcon icon={description?.icon} category={description?.category} />
        <input
          className={styles['inspector-title']}
          data-name-field
          aria-label="Title"
          value={node.title ?? ''}
          placeholder={description?.title ?? node.type}
          readOnly={!canEdit}
          maxLength={200}
          onChange={(event) =>
            edit(documents, (document) => rename(document, nodeId, event.target.value), { gesture: `title ${nodeId}` })
          }
        />
        <span className="quiet mono">{nodeId}</span>
      </div>
      <div className="tabs" role="tablist" aria-label="Node details">
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={tab === id}
            aria-controls="node-tab"
            tabIndex={tab === id ? 0 : -1}
            onClick={() => chooseTab(id)}
            onKeyDown={onKeyDown}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="node-tab" aria-labelledby={`tab-${tab}`} className={styles['inspector-body']}>
        {isNewer ? (
          <p className="field-error">
            This node was created with version {node.version} of its type; this Heddle has version {description.version}
            . It is read-only.
          </p>
        ) : null}
        {tab === 'settings' ? (
          <ConfigForm nodeId={nodeId} node={node} description={description} isReadOnly={isReadOnly} />
        ) : null}
        {tab === 'input' ? <InputTab nodeId={nodeId} /> : null}
        {tab === 'output' ? <OutputTab nodeId={nodeId} /> : null}
        {tab === 'log' ? <LogTab nodeId={nodeId} /> : null}
        {tab === 'help' ? (
          <NodeHelp nodeId={nodeId} description={description} isReadOnly={isReadOnly} onUsed={openSettingsTab} />
        ) : null}
      </div>
    </div>
  );
}
