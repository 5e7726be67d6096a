import {
  AlertHistoryReply,
  AlertReply,
  AlertRule,
  AlertsReply,
  ChangeAlertRequest,
  SilenceRequest,
  type AuditActor,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { AlertService } from './alert.service.js';

const all = { kind: 'alert' } as const;
const one = { kind: 'alert', param: 'id' } as const;
const HistoryQuery = z.strictObject({ limit: queryNumber(z.int().min(1).max(500)).default(50) });

/** Alerts on figures of runs, by project. */
@Controller('api/alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertService) {}

  @Get()
  @Access('run:read', all)
  @Reply(AlertsReply)
  async list(@View() view: ProjectView): Promise<z.infer<typeof AlertsReply>> {
    return { alerts: [...(await this.alerts.list((id) => view.shows('alert', id)))] };
  }

  /** Errors: `workflow_not_found`, `alert_channel_not_found`, `conflict`. */
  @Post()
  @Access('workflow:publish', all)
  @Reply(AlertReply, 201)
  create(
    @Body({ schema: AlertRule }) rule: AlertRule,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<AlertReply> {
    return this.alerts.create(rule, project, by);
  }

  /** Errors: `alert_not_found`. */
  @Get(':id')
  @Access('run:read', one)
  @Reply(AlertReply)
  get(@Param('id') id: string): Promise<AlertReply> {
    return this.alerts.get(id);
  }

  /** Changes a rule; its state stays. Errors: `alert_not_found`, `workflow_not_found`, `alert_channel_not_found`. */
  @Put(':id')
  @Access('workflow:publish', one)
  @Reply(AlertReply)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeAlertRequest }) rule: AlertRule,
    @Actor() by: AuditActor,
  ): Promise<AlertReply> {
    return this.alerts.change(id, rule, by);
  }

  /** Removes a rule with its history. Errors: `alert_not_found`. */
  @Delete(':id')
  @Access('workflow:publish', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.alerts.remove(id, by);
  }

  /** Sends no messages for a time; the rule is still checked. Errors: `alert_not_found`. */
  @Post(':id/silence')
  @Access('workflow:publish', one)
  @Reply(AlertReply)
  silence(
    @Param('id') id: string,
    @Body({ schema: SilenceRequest }) request: SilenceRequest,
    @Actor() by: AuditActor,
  ): Promise<AlertReply> {
    return this.alerts.silence(id, request, by);
  }

  /** The events of an alert, newest first. Errors: `alert_not_found`. */
  @Get(':id/history')
  @Access('run:read', one)
  @Reply(AlertHistoryReply)
  async history(
    @Param('id') id: string,
    @Query({ schema: HistoryQuery }) { limit }: z.infer<typeof HistoryQuery>,
  ): Promise<z.infer<typeof AlertHistoryReply>> {
    return { events: [...(await this.alerts.history(id, limit))] };
  }
}
