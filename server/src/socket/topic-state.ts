import { HeddleError } from '@heddle/core';
import type { BatchService } from '../channels/batches/batch.service.js';
import { killSwitchTopic, type KillSwitchService } from '../kill-switches/kill-switch.service.js';
import type { JobService } from '../jobs/job.service.js';
import type { ModelService } from '../models/model.service.js';
import type { RunService } from '../runs/run.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';

interface TopicSources {
  readonly runs: RunService;
  readonly jobs: JobService;
  readonly models: ModelService;
  readonly workflows: WorkflowService;
  readonly batches: BatchService;
  readonly killSwitches: KillSwitchService;
}

/** Reads the present state of a topic, which a watcher gets first. Errors: `workflow_not_found`, `not_found`. */
export async function topicState(sources: TopicSources, topic: string): Promise<readonly unknown[]> {
  if (topic === 'runs') return sources.runs.list({ limit: 50 });
  if (topic === 'jobs') return sources.jobs.list();
  if (topic === 'models') return [await sources.models.state()];
  if (topic === killSwitchTopic) return [sources.killSwitches.state()];
  if (topic.startsWith('workflow:')) {
    const { id, slug, revision, updatedAt } = await sources.workflows.get(topic.slice('workflow:'.length));
    return [{ id, slug, revision, updatedAt, isDeleted: false }];
  }
  // Only batches have a state here. Webhooks and schedules are read by the watchers themselves when the topic reports a change.
  if (topic.startsWith('triggers:'))
    return (await sources.batches.list(topic.slice('triggers:'.length))).map((batch) => ({ batch }));
  throw new HeddleError('not_found', `There is no topic '${topic}'.`);
}
