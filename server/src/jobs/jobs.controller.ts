import { JobReply, type AuditActor } from '@heddle/core';
import { Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { JobService } from './job.service.js';
import { shownJob } from './shown-job.js';
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
    return { jobs: (await this.jobs.list()).flatMap((job) => shownJob(view, job) ?? []) };
  }

  @Get(':id')
  @Access('run:read', { kind: 'job', param: 'id' })
  @Reply(JobReply)
  async get(@Param('id') id: string, @View() view: ProjectView): Promise<JobReply> {
    const job = await this.jobs.get(id);
    // The access guard has checked that the caller may see the job.
    return shownJob(view, job) ?? job;
  }

  @Post(':id/cancel')
  @Access('run:control', { kind: 'job', param: 'id' })
  @Reply(JobReply, 202)
  async cancel(@Param('id') id: string, @Actor() by: AuditActor, @View() view: ProjectView): Promise<JobReply> {
    const job = await this.jobs.cancel(id, by);
    return shownJob(view, job) ?? job;
  }
}
