import { ErrorReply, projectHeader } from '@heddle/core';
import { currentProject } from '../access/current-project.js';
import { signInPath } from './after-sign-in.js';
import { issuesIn, issuesText } from './issue-text.js';
import { noteServerDate } from './server-clock.js';

/** A failed request, with the server's code and message, or `unreachable` if the server did not answer. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** 0 without a reply. */
    readonly status: number,
    readonly details?: unknown,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get isUnreachable(): boolean {
    return this.code === 'unreachable';
  }
}

/** Converts anything thrown to an ApiError for display. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('unexpected', error instanceof Error ? error.message : String(error), 0);
}

export interface Exchange {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as multipart, instead of `body`. */
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Sends a request and returns a successful reply. Errors: ApiError. */
export async function send(
  path: string,
  { method = 'GET', body, form, headers, signal }: Exchange = {},
): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...namedProject(),
      ...headers,
    },
    ...(form !== undefined ? { body: form } : body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(
      'unreachable',
      'Heddle does not answer. Check that it is running (npm start). This page retries automatically.',
      0,
    );
  });
  noteServerDate(response.headers.get('date'));
  if (response.ok) return response;
  const error = await errorOf(response);
  if (response.status === 401 && !wrongAnswers.has(error.code)) fetchIdentity();
  if (error.code === 'project_not_found') projectIsGone();
  throw error;
}

/** Codes for wrong credentials in a form, such as the current password. They do not mean that the user is signed out. */
const wrongAnswers: ReadonlySet<string> = new Set(['sign_in_failed', 'second_factor_needed']);

const goneListeners = new Set<() => void>();
const projectIsGone = (): void => goneListeners.forEach((listener) => listener());

/** Registers a listener that is called when the project of this tab no longer exists for the user. */
export function onProjectGone(listener: () => void): () => void {
  goneListeners.add(listener);
  return () => void goneListeners.delete(listener);
}

/** Every request names the project of this tab. */
function namedProject(): Readonly<Record<string, string>> {
  const { id } = currentProject.getState();
  return id === undefined ? {} : { [projectHeader]: id };
}

/** Opens the sign-in page, which leads back here, because nobody is signed in and the server requires it. */
function fetchIdentity(): void {
  const { pathname, search } = window.location;
  if (pathname !== '/sign-in') window.location.assign(signInPath(pathname + search));
}

async function errorOf(response: Response): Promise<ApiError> {
  const reply = ErrorReply.safeParse(await response.json().catch(() => undefined));
  if (reply.success) {
    const { code, message, details } = reply.data.error;
    const issues = code === 'bad_request' ? issuesIn(details) : undefined;
    return new ApiError(code, issues === undefined ? message : issuesText(issues), response.status, details);
  }
  // A reverse proxy replies like this while Heddle restarts.
  if (response.status >= 502 && response.status <= 504)
    return new ApiError(
      'unreachable',
      'Heddle does not answer. Check that it is running (npm start).',
      response.status,
    );
  return new ApiError('unexpected', `The server returned ${response.status} ${response.statusText}.`, response.status);
}
