import { HeddleError, type JsonObject } from '@heddle/core';
import type { Session } from './open-session.js';
import { cleanCause } from './clean-cause.js';
import { lostCodes } from './lost-reply.js';
import { CallResult } from './read-result.js';

/** One call of a tool that is known and approved. */
interface ServerCall {
  /** `server__tool`. */
  readonly name: string;
  /** The server's own name for the tool. */
  readonly tool: string;
  readonly args: JsonObject;
  /** Arguments repeated as headers, so that proxies can read them; only for servers over HTTP. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
  /** Sent beside the arguments, as the protocol defines it, over every transport. */
  readonly traceparent?: string | undefined;
  readonly onProgress?: (progress: { readonly share?: number; readonly message?: string }) => void;
}

/** An error code of the protocol's library. */
const requestTimeout = 'REQUEST_TIMEOUT';
const connectionClosed = 'CONNECTION_CLOSED';
const longestFailure = 2_000;

/**
 * Calls a tool. An abort and a time-out are passed on to the server. Errors: `tool_failed`, `tool_timeout`, `tool_result_too_large`,
 * `mcp_unreachable`, and the signal's reason.
 */
export async function makeCall(session: Session, call: ServerCall): Promise<CallResult> {
  const { name, tool, args, signal, timeoutMs, onProgress } = call;
  try {
    return await session.client.request(
      {
        method: 'tools/call',
        params: {
          name: tool,
          arguments: args,
          _meta: {
            'heddle/idempotency-key': call.idempotencyKey,
            traceparent: call.traceparent,
          },
        },
      },
      CallResult,
      {
        signal,
        headers: call.headers,
        timeout: timeoutMs,
        maxTotalTimeout: timeoutMs,
        onprogress:
          onProgress === undefined
            ? undefined
            : ({ progress, total = 0, message }) =>
                onProgress({
                  share: total <= 0 ? undefined : Math.min(1, Math.max(0, progress / total)),
                  message: message === undefined ? undefined : session.clean(message).slice(0, 200),
                }),
      },
    );
  } catch (cause) {
    if (signal.aborted)
      throw signal.reason instanceof Error
        ? signal.reason
        : new HeddleError('aborted', `The call of '${name}' was stopped.`);
    throw failureOf(name, timeoutMs, cause, session);
  }
}

function failureOf(name: string, timeoutMs: number, cause: unknown, session: Session): HeddleError {
  if (cause instanceof HeddleError)
    return cause.code === 'fetch_failed' || cause.code === 'fetch_timeout'
      ? new HeddleError('mcp_unreachable', `The server of '${name}' does not answer: ${cause.message}`, {
          cause,
          retryable: false,
        })
      : cause;
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const message = session.clean(cause instanceof Error ? cause.message : String(cause)).slice(0, longestFailure);
  switch (code) {
    case requestTimeout:
      return new HeddleError('tool_timeout', `'${name}' did not answer within ${timeoutMs} ms.`, { cause });
    case lostCodes.large:
      return new HeddleError(
        'tool_result_too_large',
        `'${name}' returned more than its server is allowed to send: ask for less.`,
        {
          cause,
        },
      );
    case lostCodes.cut:
    case connectionClosed:
      // The tool may have done its work, so the call is not repeated automatically.
      return new HeddleError('mcp_unreachable', `The server of '${name}' ended in the middle of the call.`, {
        cause,
        retryable: false,
      });
    default:
      return new HeddleError('tool_failed', `'${name}' failed: ${message}`, {
        cause: cleanCause(cause, (text) => session.clean(text)),
      });
  }
}
