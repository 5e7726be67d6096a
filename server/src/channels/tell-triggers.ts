import type { BatchReply, TriggerState } from '@heddle/core';
import type { TopicHub } from '../live/topic-hub.js';

/**
 * Notifies watchers of the channels of a workflow. At most one state of each batch or channel waits, so many changes become one message.
 */
export interface TellTriggers {
  /** A batch; it is read when the message is sent. */
  batch(workflowId: string, id: string, read: () => Promise<BatchReply>): void;
  batchRemoved(workflowId: string, id: string): void;
  /** A webhook or schedule with something new to read. */
  channel(workflowId: string, id: string): void;
}

/** Sends them on the topic `triggers:WORKFLOW`. */
export function createTellTriggers(topics: TopicHub): TellTriggers {
  const tell = (workflowId: string, key: string, read: () => Promise<TriggerState>): void =>
    topics.changed(`triggers:${workflowId}`, key, read);
  return {
    batch: (workflowId, id, read) => tell(workflowId, id, async () => ({ batch: await read() })),
    batchRemoved: (workflowId, id) => tell(workflowId, id, () => Promise.resolve({ removed: id })),
    channel: (workflowId, id) => tell(workflowId, id, () => Promise.resolve({ channel: id })),
  };
}
