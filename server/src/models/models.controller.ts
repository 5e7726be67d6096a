import { ModelCard, ModelHostState, ModelState } from '@heddle/core';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

const ModelsReply = z.object({ models: z.array(ModelState) }).meta({ id: 'ModelsReply' });
const HostsReply = z.object({ hosts: z.array(ModelHostState) }).meta({ id: 'HostsReply' });
const JobAccepted = z.object({ jobId: z.string() }).meta({ id: 'JobAccepted' });

@Controller('api/models')
export class ModelsController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('model:read')
  @Reply(ModelsReply)
  async list(): Promise<z.infer<typeof ModelsReply>> {
    return { models: [...(await this.heddle.models.list())] };
  }

  @Get('hosts')
  @Access('model:read')
  @Reply(HostsReply)
  async hosts(): Promise<z.infer<typeof HostsReply>> {
    return { hosts: [...(await this.heddle.models.hosts())] };
  }

  /** Adds an entry of the user's own to the catalogue. */
  @Post()
  @Access('model:write')
  @Reply(ModelCard, 201)
  add(@Body({ schema: ModelCard }) card: ModelCard): Promise<ModelCard> {
    return this.heddle.models.add(card);
  }

  @Post(':id/pull')
  @HttpCode(202)
  @Access('model:write')
  @Reply(JobAccepted, 202)
  async pull(@Param('id') id: string): Promise<z.infer<typeof JobAccepted>> {
    const { jobId } = await this.heddle.models.pull(id);
    return { jobId };
  }
}
