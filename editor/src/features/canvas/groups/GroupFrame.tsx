import clsx from 'clsx';
import { ChevronsDownUp } from 'lucide-react';
import { useStore, type NodeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import { edit, isEditable, changeGroup, toggleCollapsed, paperColour } from '../../document/index.js';
import { useDocument, useSession, useView } from '../../session/index.js';
import { select, setEditing, partOf, farSize } from '../../view/index.js';
import { farStyle } from '../card/CardStatus.js';
import { TitleInput } from '../card/TitleInput.js';
import styles from '../canvas.module.css';

/** A frame around the nodes of a group; dragging its header moves them all. */
export const GroupFrame = memo(function GroupFrame({ id: flowId }: NodeProps): ReactElement | null {
  const { id } = partOf(flowId);
  const { documents, view } = useSession();
  const group = useDocument((state) => state.document?.layout?.groups.find((candidate) => candidate.id === id));
  const canEdit = useDocument(isEditable);
  const isSelected = useView((state) => state.selectedGroups.includes(id));
  const isEditing = useView(({ editing }) => editing?.kind === 'group' && editing.id === id);
  const far = useStore((state) => farSize(state.transform[2]));
  if (group === undefined) return null;
  return (
    <section
      className={styles['frame-group']}
      data-paper={paperColour(group.color)}
      data-selected={isSelected || undefined}
      data-far={far !== undefined || undefined}
      style={farStyle(far)}
      aria-label={`Group ${group.title}`}
    >
      <header
        className={clsx(styles['frame-head'], 'aligned')}
        data-frame-head
        onClick={() => select(view, { groups: [id] })}
        onDoubleClick={() => canEdit && setEditing(view, { kind: 'group', id })}
      >
        {isEditing ? (
          <TitleInput
            label="Group name"
            value={group.title}
            onSave={(title) =>
              edit(documents, (document) =>
                changeGroup(document, id, (before) => ({
                  ...before,
                  title: title.trim() === '' ? before.title : title.trim(),
                })),
              )
            }
            onEnd={() => setEditing(view, undefined)}
          />
        ) : (
          <h3 className={clsx(styles['frame-title'], 'truncate')}>{group.title}</h3>
        )}
        <span className="quiet figure">{group.nodes.length === 1 ? '1 node' : `${group.nodes.length} nodes`}</span>
        {canEdit ? (
          <button
            type="button"
            className="icon-button nodrag"
            tabIndex={-1}
            aria-label={`Collapse ${group.title} to one card`}
            onClick={() => edit(documents, (document) => toggleCollapsed(document, id))}
          >
            <ChevronsDownUp size={14} aria-hidden />
          </button>
        ) : null}
      </header>
    </section>
  );
});
