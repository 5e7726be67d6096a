import type { BatchReply, TriggerState } from '@heddle/core';
import type { TopicHub } from '../live/topic-hub.js';

/** Tells whoever watches the triggers of a workflow what is new. One state a batch or channel waits at a time, so that a flood is one word. */
export interface TellTriggers {
  /** A batch; read when it is told. */
  batch(workflowId: string, id: string, read: () => BatchReply): void;
  batchRemoved(workflowId: string, id: string): void;
  /** A webhook or schedule, of which there is something new to be read. */
  channel(workflowId: string, id: string): void;
}

/** Tells them on the topic `triggers:WORKFLOW`. */
export function createTellTriggers(topics: TopicHub): TellTriggers {
  const tell = (workflowId: string, key: string, read: () => TriggerState): void =>
    topics.changed(`triggers:${workflowId}`, key, async () => Promise.resolve(read()));
  return {
    batch: (workflowId, id, read) => tell(workflowId, id, () => ({ batch: read() })),
    batchRemoved: (workflowId, id) => tell(workflowId, id, () => ({ removed: id })),
    channel: (workflowId, id) => tell(workflowId, id, () => ({ channel: id })),
  };
}
