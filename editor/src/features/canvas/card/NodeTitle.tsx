import clsx from 'clsx';
import { memo, type ReactElement } from 'react';
import { edit, isEditable, rename } from '../../document/index.js';
import { useSession, useView } from '../../session/index.js';
import { setEditing } from '../../view/index.js';
import { TitleInput } from './TitleInput.js';
import styles from './card.module.css';

/** The title on a card; F2 or a double click makes it editable. */
export const NodeTitle = memo(function NodeTitle({
  id,
  title,
  typeTitle,
}: {
  readonly id: string;
  readonly title: string;
  readonly typeTitle: string;
}): ReactElement {
  const { documents, view } = useSession();
  const isEditing = useView(({ editing }) => editing?.kind === 'node' && editing.id === id);
  if (isEditing) {
    return (
      <TitleInput
        label="Title"
        value={title}
        onSave={(next) => edit(documents, (document) => rename(document, id, next.trim() === typeTitle ? '' : next))}
        onEnd={() => setEditing(view, undefined)}
      />
    );
  }
  return (
    <h3
      className={clsx(styles['card-title'], 'truncate')}
      data-node-title
      data-tip={`${title} (${id})`}
      onDoubleClick={() => {
        if (isEditable(documents.getState())) setEditing(view, { kind: 'node', id });
      }}
    >
      {title}
    </h3>
  );
});
