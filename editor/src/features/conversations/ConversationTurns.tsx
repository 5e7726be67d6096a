import type { ConversationReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { ChatView } from '../../ui/values/ChatView.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { ShowMore } from '../../ui/buttons/ShowMore.js';
import { usePages, type PageSource } from '../../data/queries/use-pages.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './conversations.module.css';

interface PriorityQueue extends Pick<ConversationReply, 'said' | 'summary'> {
  readonly next?: string | undefined;
}

const turnPages: PageSource<string, PriorityQueue> = {
  read: async (id, before, signal) => {
    const page = await client.GET('/api/conversations/{id}', {
      params: {
        path: { id },
        query: { limit: 50, before: before === undefined ? undefined : Number(before) },
      },
      signal,
    });
    return { ...page, next: page.next === undefined ? undefined : String(page.next) };
  },
  join: (newer, older) => ({ ...newer, said: [...older.said, ...newer.said], next: older.next }),
};

/** The turns of a conversation with their labels, newest first. */
export function ConversationTurns({ id }: { readonly id: string }): ReactElement {
  const pages = usePages(turnPages, id);
  return (
    <div className={styles['turns']}>
      <WhenLoaded loaded={pages} text="Loading conversation…">
        {({ said, summary }) => (
          <>
            <ShowMore pages={pages} what="turns" />
            {summary === undefined ? null : (
              <p>
                <LabelMark level={summary.label.level} marks={summary.label.marks} /> Summary that models read instead
                of the first {summary.turns} turns: {summary.text}
              </p>
            )}
            {said.map(({ message, label, time, run }, index) => (
              <div key={said.length - index} className={styles['turn']} data-role={message.role}>
                <p className="quiet">
                  <LabelMark level={label.level} marks={label.marks} title="Label of this turn" />{' '}
                  {new Date(time).toLocaleString()}
                  {run === undefined ? null : (
                    <>
                      {' '}
                      <Link href={runPath(run)}>Open run</Link>
                    </>
                  )}
                </p>
                <ChatView messages={[message]} />
              </div>
            ))}
          </>
        )}
      </WhenLoaded>
    </div>
  );
}
