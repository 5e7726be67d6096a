import {
  AlertChannelConfig,
  AlertChannelsReply,
  AlertTestReply,
  CreatedAlertChannel,
  type AuditActor,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { AlertService } from './alert.service.js';

const all = { kind: 'alert' } as const;
const one = { kind: 'alert', param: 'id' } as const;

/** The channels through which alerts are sent. */
@Controller('api/alert-channels')
export class AlertChannelsController {
  constructor(private readonly alerts: AlertService) {}

  @Get()
  @Access('workflow:publish', all)
  @Reply(AlertChannelsReply)
  async list(@View() view: ProjectView): Promise<z.infer<typeof AlertChannelsReply>> {
    return { channels: [...(await this.alerts.channels((id) => view.shows('alert', id)))] };
  }

  /** The secret of a webhook is shown in this reply only. Errors: `bad_request`, `conflict`. */
  @Post()
  @Access('workflow:publish', all)
  @Reply(CreatedAlertChannel, 201)
  create(
    @Body({ schema: AlertChannelConfig }) config: AlertChannelConfig,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<CreatedAlertChannel> {
    return this.alerts.createChannel(config, project, by);
  }

  /** Errors: `alert_channel_not_found`. */
  @Delete(':id')
  @Access('workflow:publish', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.alerts.removeChannel(id, by);
  }

  /** Sends a test message now. Errors: `alert_channel_not_found`. */
  @Post(':id/test')
  @Access('workflow:publish', one)
  @Reply(AlertTestReply)
  test(@Param('id') id: string, @Actor() by: AuditActor): Promise<AlertTestReply> {
    return this.alerts.test(id, by);
  }
}
