import { JobReply, type AuditActor } from '@heddle/core';
import { Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { JobService } from './job.service.js';
import { ownerOfJob } from '../auth/rights/owner-of-job.js';
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

/** A list shows a job to those who see what it works for. */
export function showsJob(view: ProjectView, { jobId, kind, subject }: JobReply): boolean {
  const owner = ownerOfJob[kind];
  return view.shows(owner, owner === 'job' ? jobId : subject);
}
