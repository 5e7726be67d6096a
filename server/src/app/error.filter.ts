import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'socket.io';
import { LOG, type Log } from '../common/log.js';
import { errorBody, toRequestError } from '../http/errors/error-reply.js';
import { loggedUrl } from '../http/logged-url.js';
import { sendError } from '../http/errors/send-error.js';

const isCallback = (given: unknown): given is (answer: object) => void => typeof given === 'function';

/**
 * The only error filter. It turns every error of a route into `{ error: { code, message, details } }` or problem details, with the status
 * of its code.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') {
      const error = toRequestError(thrown);
      host.switchToWs().getClient<Socket>().emit('failed', errorBody(error));
      // The sender of a socket message waits for an acknowledgement.
      for (const given of host.getArgs<unknown[]>()) if (isCallback(given)) given({ ok: false, ...errorBody(error) });
      return;
    }
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toRequestError(thrown);
    const facts = { method: request.method, url: loggedUrl(request.url), code: error.code };
    // Only an unexpected error is logged with its cause. The cause of a known failure may be text of another program, with data that was
    // sent to it.
    if (error.code === 'internal') this.log.error({ ...facts, err: thrown }, 'request failed');
    // The caller chose the deadline, so this is not an error of the server.
    else if (error.code === 'run_timeout') this.log.warn(facts, 'a run took longer than its caller waits');
    else if (error.status >= 500 && error.code !== 'busy')
      this.log.error({ ...facts, message: error.message }, 'request failed');
    else this.log.debug(facts, 'request refused');
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void sendError(request.url, reply, error);
  }
}
