import type { Principal } from '@heddle/core';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReplySignals } from '../../auth/rights/reply-signals.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { ChannelCallers } from '../channel-callers.js';
import { callerFactsOf, type CallerFacts } from './caller-facts.js';
import { textOf } from './chat-reply.js';
import { OpenAiService, type ChatRun } from './openai.service.js';

type Outputs = Readonly<Record<string, unknown>>;

/** A request whose caller is known. */
interface OpenCall {
  readonly principal: Principal;
  readonly asked: CallerFacts;
  /** Seconds since 1970. */
  readonly created: number;
  /** Aborts when the caller disconnects or loses the right to the answer of the watched run. */
  readonly signal: AbortSignal;
  readonly watch: (run: ChatRun) => void;
}

/** The common part of the routes whose reply is a run of a model or a workflow. */
@Injectable()
export class OpenCalls {
  constructor(
    private readonly callers: ChannelCallers,
    private readonly signals: ReplySignals,
    private readonly clock: TrustedClock,
    private readonly service: OpenAiService,
  ) {}

  /** Errors: `unauthorized`, `rate_limited`. */
  async open(request: FastifyRequest, reply: FastifyReply): Promise<OpenCall> {
    const principal = await this.callers.callerOf(request);
    let check = (_now: Principal): Promise<void> => Promise.resolve();
    return {
      principal,
      asked: callerFactsOf(request),
      created: Math.floor(this.clock.now() / 1000),
      signal: this.signals.open(reply, { principal, check: (now) => check(now) }),
      watch: (run) => void (check = (now) => this.service.checkMayReceive(run, now)),
    };
  }

  /**
   * Sends the text of the answer while it is written, or whole at the end, and returns the outputs. Other outputs are sent before it: while
   * they are written, or whole if the run ended before it could be followed.
   */
  async sendText(
    run: ChatRun,
    signal: AbortSignal,
    send: (text: string) => Promise<void>,
    sendOther?: (output: string, text: string) => Promise<void>,
  ): Promise<Outputs> {
    let hasText = false;
    const sent = new Set<string>();
    let outputs: Outputs = {};
    for await (const part of this.service.follow(run, signal)) {
      if (part.type === 'result') ({ outputs } = part);
      else if (part.output === run.output) {
        hasText = true;
        await send(part.delta);
      } else {
        sent.add(part.output);
        await sendOther?.(part.output, part.delta);
      }
    }
    if (hasText) return outputs;
    for (const [output, value] of Object.entries(outputs))
      if (output !== run.output && !sent.has(output)) await sendOther?.(output, textOf(value));
    await send(textOf(outputs[run.output]));
    return outputs;
  }
}
