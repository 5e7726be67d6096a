import type { StoredConversation } from '@heddle/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, useState, type ReactElement } from 'react';
import { useNames } from '../../access/me-store.js';
import { formatAgo } from '../../format/format-time.js';
import { useNow } from '../../run/use-now.js';
import { LabelMark } from '../../values/LabelMark.js';
import { ConversationTurns } from './ConversationTurns.js';

/** Conversations, newest first; each opens to what was said. */
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
    <div className="table-frame" tabIndex={0} role="region" aria-label="Conversations">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">With</th>
            <th scope="col">Workflow</th>
            <th scope="col">Turns</th>
            <th scope="col">Label</th>
            <th scope="col">Last turn</th>
            <td>
              <span className="visually-hidden">Actions</span>
            </td>
          </tr>
        </thead>
        <tbody>
          {conversations.map((conversation) => {
            const { id, owner, session, turns, level, updatedAt } = conversation;
            const isOpen = open === id;
            const Mark = isOpen ? ChevronDown : ChevronRight;
            return (
              <Fragment key={id}>
                <tr>
                  <th scope="row">
                    <button
                      type="button"
                      className="audit-open"
                      aria-expanded={isOpen}
                      onClick={() => setOpen(isOpen ? undefined : id)}
                    >
                      <Mark size={13} aria-hidden /> {session}
                    </button>
                  </th>
                  <td title={owner?.subject}>
                    {owner === undefined ? (
                      <span className="quiet">Nobody</span>
                    ) : (
                      (names[owner.subject] ?? nameOf(owner.subject))
                    )}
                  </td>
                  <td>{owner === undefined ? '' : workflowName(owner.workflow)}</td>
                  <td className="figure">{turns}</td>
                  <td>
                    <LabelMark level={level} title="The strictest of its turns" />
                  </td>
                  <td title={new Date(updatedAt).toLocaleString()}>{formatAgo(updatedAt, now)}</td>
                  <td className="cell-menu">
                    {owner === undefined ? (
                      <button type="button" className="button button-small" onClick={() => onAssign(conversation)}>
                        Assign<span className="visually-hidden"> {session}</span>
                      </button>
                    ) : null}{' '}
                    {mayErase(conversation) ? (
                      <button type="button" className="button button-small" onClick={() => onErase(conversation)}>
                        Erase<span className="visually-hidden"> {session}</span>
                      </button>
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
        </tbody>
      </table>
    </div>
  );
}
