import { TemplateReply, TemplateSummary, type AuditActor } from '@heddle/core';
import { Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TemplateService } from './template.service.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

const TemplatesReply = z.object({ templates: z.array(TemplateSummary) }).meta({ id: 'TemplatesReply' });

/** Templates, imported as copies. */
@Controller('api/templates')
export class TemplatesController {
  constructor(private readonly templates: TemplateService) {}

  @Get()
  @Access('workflow:read', anywhere)
  @Reply(TemplatesReply)
  async list(@View() { project }: ProjectView): Promise<z.infer<typeof TemplatesReply>> {
    return { templates: await this.templates.list(project) };
  }

  @Post(':id')
  @Access('workflow:write', { kind: 'workflow' })
  @Reply(TemplateReply, 201)
  import(@Param('id') id: string, @View() { project }: ProjectView, @Actor() by: AuditActor): Promise<TemplateReply> {
    return this.templates.import(id, project, by);
  }
}
