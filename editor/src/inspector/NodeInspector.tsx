import { useMemo, useState, type ReactElement } from 'react';
import { NodeIcon } from '../canvas/NodeIcon.js';
import { edit, isEditable } from '../document/document-store.js';
import { rename } from '../document/edit/change-node.js';
import { useCatalog, useDocument, useSession } from '../session.js';
import { ConfigForm } from './ConfigForm.js';
import { NodeHelp } from './NodeHelp.js';
import { NodeValues } from './NodeValues.js';

const tabs = [
  { id: 'settings', title: 'Settings' },
  { id: 'values', title: 'Values' },
  { id: 'help', title: 'Help' },
] as const;
type Tab = (typeof tabs)[number]['id'];

/** What is known of one node: its settings, what went through it in the run in view, and its help. */
export function NodeInspector({ nodeId }: { readonly nodeId: string }): ReactElement | null {
  const { documents } = useSession();
  const [tab, setTab] = useState<Tab>('settings');
  const node = useDocument((state) => state.document?.nodes[nodeId]);
  const canEdit = useDocument(isEditable);
  const description = useCatalog((state) => state.byType.get(node?.type ?? ''));
  const newer = useMemo(() => description !== undefined && node !== undefined && node.version > description.version, [description, node]);
  if (node === undefined) return null;
  return (
    <div className="panel-body">
      <div className="inspector-head">
        <NodeIcon icon={description?.icon} category={description?.category} />
        <input
          className="inspector-title"
          aria-label="Title"
          value={node.title ?? ''}
          placeholder={description?.title ?? node.type}
          readOnly={!canEdit}
          maxLength={200}
          onChange={(event) => edit(documents, (document) => rename(document, nodeId, event.target.value), { gesture: `title ${nodeId}` })}
        />
        <span className="quiet mono">{nodeId}</span>
      </div>
      <div className="tabs" role="tablist" aria-label="About this node">
        {tabs.map(({ id, title }) => (
          <button key={id} type="button" role="tab" id={`tab-${id}`} aria-selected={tab === id} aria-controls={`panel-${id}`} onClick={() => setTab(id)}>
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} className="inspector-body">
        {newer ? <p className="field-error">This node was made with version {node.version} of its type; here is version {description?.version}. It is shown as it is and cannot be changed.</p> : null}
        {tab === 'settings' ? <ConfigForm nodeId={nodeId} node={node} description={description} isReadOnly={!canEdit || newer} /> : null}
        {tab === 'values' ? <NodeValues nodeId={nodeId} /> : null}
        {tab === 'help' ? <NodeHelp description={description} /> : null}
      </div>
    </div>
  );
}
