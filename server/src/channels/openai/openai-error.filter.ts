import type { HeddleError } from '@heddle/core';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LOG, type Log } from '../../common/log.js';
import { retryAfterOf, toRequestError } from '../../http/errors/error-reply.js';
import { openAiError } from '../../http/errors/openai-error.js';

/** OpenAI replies 400 if a text is too long, and clients rely on that. */
const statusOf = ({ code, status }: HeddleError): number => (code === 'context_too_long' ? 400 : status);

/** Errors of the OpenAI-compatible routes, with the same codes as everywhere. */
@Catch()
export class OpenAiErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toRequestError(thrown);
    // As under /api, the cause of a known failure is not logged: it may be text of another program, with data that was sent to it.
    if (error.code === 'internal') this.log.error({ code: error.code, err: thrown }, 'request failed');
    else if (error.status >= 500) this.log.error({ code: error.code, message: error.message }, 'request failed');
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const wait = retryAfterOf(error);
    if (wait !== undefined) void reply.header('retry-after', String(wait));
    void reply
      .status(statusOf(error))
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(openAiError(error)));
  }
}
