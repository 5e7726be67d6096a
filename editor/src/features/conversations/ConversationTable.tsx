import type { StoredConversation } from '@heddle/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, useState, type ReactElement } from 'react';
import { useNames } from '../../data/access/me-store.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { Table } from '../../ui/tables/Table.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { useNow } from '../../ui/format/use-now.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { ConversationTurns } from './ConversationTurns.js';
import { subjectText } from './subject-text.js';

/** Conversations, newest first. Each can be opened to show its turns. */
export function ConversationTable({
  conversations,
  names,
  workflowName,
  mayErase,
  onErase,
  onAssign,
}: {
  readonly conversations: readonly StoredConversation[];
  readonly names: Readonly<Record<string, string>>;
  readonly workflowName: (id: string) => string;
  readonly mayErase: (conversation: StoredConversation) => boolean;
  readonly onErase: (conversation: StoredConversation) => void;
  readonly onAssign: (conversation: StoredConversation) => void;
}): ReactElement {
  const [open, setOpen] = useState<string>();
  const now = useNow(false);
  const nameOf = useNames();
  return (
    <Table
      name="Conversations"
      columns={['Name', 'Subject', 'Workflow', { number: 'Turns' }, 'Label', 'Last turn']}
      hasActions
      folds
    >
      {conversations.map((conversation) => {
        const { id, owner, title = 'Empty', turns, level, updatedAt } = conversation;
        const isOpen = open === id;
        const Mark = isOpen ? ChevronDown : ChevronRight;
        return (
          <Fragment key={id}>
            <tr>
              <th scope="row">
                <button
                  type="button"
                  className="audit-open bare-text-button aligned-inline"
                  aria-expanded={isOpen}
                  onClick={() => setOpen(isOpen ? undefined : id)}
                >
                  <Mark size={13} aria-hidden /> {title}
                </button>
              </th>
              <td data-tip={owner?.subject}>
                {owner === undefined ? (
                  <span className="quiet">Unassigned</span>
                ) : (
                  (names[owner.subject] ?? subjectText(nameOf(owner.subject)))
                )}
              </td>
              <td>{owner === undefined ? '' : workflowName(owner.workflow)}</td>
              <td className="number">{turns}</td>
              <td>
                <LabelMark level={level} title="The strictest label of its turns" />
              </td>
              <td className="cell-time" data-tip={new Date(updatedAt).toLocaleString()}>
                {formatAgo(updatedAt, now)}
              </td>
              <td className="cell-menu">
                {owner === undefined ? (
                  <RowButton title="Assign" what={title} run={() => onAssign(conversation)} />
                ) : null}
                {mayErase(conversation) ? (
                  <RowButton title="Erase" what={title} run={() => onErase(conversation)} />
                ) : null}
              </td>
            </tr>
            {isOpen ? (
              <tr>
                <td colSpan={7}>
                  <ConversationTurns id={id} />
                </td>
              </tr>
            ) : null}
          </Fragment>
        );
      })}
    </Table>
  );
}
