import clsx from 'clsx';
import { NodeResizer, type NodeProps } from '@xyflow/react';
import { memo, useEffect, useRef, type ReactElement } from 'react';
import { edit, isEditable, changeNote, paperColour, paperColours } from '../../document/index.js';
import { focusCanvas } from '../../../ui/keyboard/move-focus.js';
import { useDocument, useSession, useView } from '../../session/index.js';
import { Markdown } from '../../../ui/markdown/Markdown.js';
import { setEditing, partOf } from '../../view/index.js';
import { resizeNote } from '../flow/use-flow-nodes.js';
import styles from '../canvas.module.css';

/** A sticky note in Markdown, editable on the canvas. */
export const NoteCard = memo(function NoteCard({ id: flowId, selected }: NodeProps): ReactElement | null {
  const { id } = partOf(flowId);
  const session = useSession();
  const { documents, view } = session;
  const note = useDocument((state) => state.document?.layout?.notes.find((candidate) => candidate.id === id));
  const canEdit = useDocument(isEditable);
  const isEditing = useView(({ editing }) => editing?.kind === 'note' && editing.id === id);
  if (note === undefined) return null;
  const paper = paperColour(note.color);
  return (
    <section
      className={styles['note']}
      data-paper={paper}
      data-selected={selected || undefined}
      aria-label={`Note: ${note.text.slice(0, 80) || 'empty'}`}
      onDoubleClick={() => canEdit && setEditing(view, { kind: 'note', id })}
    >
      {canEdit ? (
        <NodeResizer
          isVisible={selected && !isEditing}
          minWidth={120}
          minHeight={60}
          onResizeEnd={(_event, box) => resizeNote(session, id, box)}
        />
      ) : null}
      {isEditing ? (
        <NoteText
          text={note.text}
          onSave={(text) => edit(documents, (document) => changeNote(document, id, (before) => ({ ...before, text })))}
          onEnd={() => setEditing(view, undefined)}
        />
      ) : (
        <div className={styles['note-text']}>
          {note.text === '' ? (
            <p className="quiet">{canEdit ? 'Double-click to edit' : 'Empty note'}</p>
          ) : (
            <Markdown text={note.text} />
          )}
        </div>
      )}
      {canEdit && selected && !isEditing ? (
        <div className={clsx(styles['note-papers'], 'boxed nodrag')} role="group" aria-label="Note colour">
          {paperColours.map((colour) => (
            <button
              key={colour}
              type="button"
              className={styles['paper']}
              data-paper={colour}
              tabIndex={-1}
              aria-label={colour}
              aria-pressed={colour === paper}
              onClick={() =>
                edit(documents, (document) => changeNote(document, id, (before) => ({ ...before, color: colour })))
              }
            />
          ))}
        </div>
      ) : null}
    </section>
  );
});

function NoteText({
  text,
  onSave,
  onEnd,
}: {
  readonly text: string;
  readonly onSave: (text: string) => void;
  readonly onEnd: () => void;
}): ReactElement {
  const area = useRef<HTMLTextAreaElement>(null);
  const isEnded = useRef(false);
  useEffect(() => area.current?.focus({ preventScroll: true }), []);
  const end = (written: string): void => {
    if (isEnded.current) return;
    isEnded.current = true;
    if (written !== text) onSave(written);
    onEnd();
  };
  return (
    <textarea
      ref={area}
      className={clsx(styles['note-area'], 'nodrag nopan nowheel')}
      aria-label="Note text, in Markdown"
      defaultValue={text}
      maxLength={20_000}
      onBlur={(event) => end(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        const isDone = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
        if (!isDone) return;
        event.preventDefault();
        end(event.currentTarget.value);
        focusCanvas();
      }}
    />
  );
}
