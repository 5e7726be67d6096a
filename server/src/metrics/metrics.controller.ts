import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { MetricsService } from './metrics.service.js';

/** Metrics for a monitoring system. They name workflows of all projects, so reading them needs a separate right. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Access('metrics:read')
  @Reply(undefined, 200, 'text/plain')
  async read(@Res() reply: FastifyReply): Promise<void> {
    const { text, mediaType } = await this.metrics.read();
    await reply.header('content-type', mediaType).header('cache-control', 'no-store').send(text);
  }
}
