import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOG, type Log } from '../../common/log.js';
import { retryAfterOf, toRequestError } from '../../http/errors/error-reply.js';
import { docsRefusal } from './docs-page.js';
import { sendPage } from './send-page.js';

/** Renders errors of the documentation pages as pages, with the status and code of the error. */
@Catch()
export class DocsErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toRequestError(thrown);
    if (error.code === 'internal') this.log.error({ url: request.url, err: thrown }, 'request failed');
    const wait = retryAfterOf(error);
    if (wait !== undefined) void reply.header('retry-after', String(wait));
    await sendPage(reply.status(error.status), 'API', docsRefusal(error, request.url));
  }
}
