import { authorise, TemplateReply, TemplateSummary, type AuditActor, type Principal } from '@heddle/core';
import { Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TemplateService } from './template.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

const TemplatesReply = z.object({ templates: z.array(TemplateSummary) }).meta({ id: 'TemplatesReply' });

/** Templates, imported as copies. */
@Controller('api/templates')
export class TemplatesController {
  constructor(
    private readonly templates: TemplateService,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('workflow:read', { kind: 'workflow' })
  @Reply(TemplatesReply)
  async list(@View() { project }: ProjectView, @Caller() caller: Principal): Promise<z.infer<typeof TemplatesReply>> {
    const verdict = authorise(caller, 'connection:read', { kind: 'installation', project }, this.clock.now());
    return { templates: await this.templates.list({ project, showsConnections: verdict === 'allowed' }) };
  }

  @Post(':id')
  @Access('workflow:write', { kind: 'workflow' })
  @Reply(TemplateReply, 201)
  import(@Param('id') id: string, @View() { project }: ProjectView, @Actor() by: AuditActor): Promise<TemplateReply> {
    return this.templates.import(id, project, by);
  }
}
