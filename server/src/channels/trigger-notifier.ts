import type { BatchReply, TriggerState } from '@heddle/core';
import type { TopicHub } from '../live/topic-hub.js';

/**
 * Notifies watchers about changes to the batches and triggers of a workflow. Only the newest state of each waits to be sent, so many
 * changes become one message.
 */
export interface TriggerNotifier {
  /** Announces a change of a batch; `read` runs when the message is sent. */
  batch(workflowId: string, id: string, read: () => Promise<BatchReply>): void;
  batchRemoved(workflowId: string, id: string): void;
  /** Announces that a webhook or schedule has something new to read. */
  channel(workflowId: string, id: string): void;
}

/** Sends the notifications on the topic `triggers:WORKFLOW`. */
export function createTriggerNotifier(topics: TopicHub): TriggerNotifier {
  const notify = (workflowId: string, key: string, read: () => Promise<TriggerState>): void =>
    topics.changed(`triggers:${workflowId}`, key, read);
  return {
    batch: (workflowId, id, read) => notify(workflowId, id, async () => ({ batch: await read() })),
    batchRemoved: (workflowId, id) => notify(workflowId, id, () => Promise.resolve({ removed: id })),
    channel: (workflowId, id) => notify(workflowId, id, () => Promise.resolve({ channel: id })),
  };
}
