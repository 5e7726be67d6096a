import { JobReply, ModelHostState, ModelState } from '@heddle/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useLive } from '../live/live-context.js';

const Jobs = z.array(JobReply);
const ModelsNow = z.object({ models: z.array(ModelState), hosts: z.array(ModelHostState) });

/** The live state of models and hosts; undefined until the first message from the server. */
export function useModelsNow(): z.infer<typeof ModelsNow> | undefined {
  const live = useLive();
  const [now, setNow] = useState<z.infer<typeof ModelsNow>>();
  useEffect(
    () =>
      live.watchTopic('models', {
        onEvents: (states) => {
          const parsed = ModelsNow.safeParse(states.at(-1));
          if (parsed.success) setNow(parsed.data);
        },
      }),
    [live],
  );
  return now;
}

/** The live list of jobs, newest first. */
export function useJobs(): readonly JobReply[] {
  const live = useLive();
  const [jobs, setJobs] = useState<readonly JobReply[]>([]);
  useEffect(
    () =>
      live.watchTopic('jobs', {
        onEvents: (states) => {
          const parsed = Jobs.safeParse(states);
          if (parsed.success) setJobs((before) => mergeJobs(before, parsed.data));
        },
      }),
    [live],
  );
  return jobs;
}

const mostJobs = 100;

/** Merges newer states into older ones, newest job first. */
function mergeJobs(before: readonly JobReply[], changed: readonly JobReply[]): readonly JobReply[] {
  const byId = new Map(before.map((job) => [job.jobId, job]));
  for (const job of changed) byId.set(job.jobId, job);
  return [...byId.values()].sort((a, b) => b.createdAt - a.createdAt).slice(0, mostJobs);
}

export function isOpenJob({ status }: JobReply): boolean {
  return status === 'queued' || status === 'running';
}
