import { JobReply, type AuditActor } from '@heddle/core';
import { Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { JobService } from './job.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

const JobsReply = z.object({ jobs: z.array(JobReply) }).meta({ id: 'JobsReply' });

@Controller('api/jobs')
export class JobsController {
  constructor(private readonly jobs: JobService) {}

  @Get()
  @Access('run:read', { kind: 'job' })
  @Reply(JobsReply)
  async list(@View() view: ProjectView): Promise<z.infer<typeof JobsReply>> {
    return { jobs: (await this.jobs.list()).filter((job) => showsJob(view, job)) };
  }

  @Get(':id')
  @Access('run:read', { kind: 'job', param: 'id' })
  @Reply(JobReply)
  get(@Param('id') id: string): Promise<JobReply> {
    return this.jobs.get(id);
  }

  @Post(':id/cancel')
  @Access('run:control', { kind: 'job', param: 'id' })
  @Reply(JobReply, 202)
  cancel(@Param('id') id: string, @Actor() by: AuditActor): Promise<JobReply> {
    return this.jobs.cancel(id, by);
  }
}

/** Jobs of a collection, of a dataset and of an experiment belong to their projects; downloads of models to the installation. */
export function showsJob(view: ProjectView, { jobId, kind, subject }: JobReply): boolean {
  if (kind === 'experiment') return view.shows('experiment', subject);
  if (kind === 'questions' || kind === 'negatives' || kind === 'lab') return view.shows('dataset', subject);
  const isOfCollection = kind === 'ingest' || kind === 'reindex' || kind === 'graph' || kind === 'sync';
  return isOfCollection ? view.shows('collection', subject) : view.shows('job', jobId);
}
