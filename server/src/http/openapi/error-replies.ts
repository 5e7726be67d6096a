import { ErrorReply, ProblemDetails } from '@heddle/core';
import { z } from 'zod';
import { hasProblemDetails } from '../errors/problem-details.js';
import { isOfOpenAi } from '../errors/openai-error.js';

/** The error body of routes for OpenAI's clients. */
const OpenAiErrorReply = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiErrorReply' });

/** The error body of the OAuth routes (RFC 6749, 5.2). */
const OAuthErrorReply = z.object({ error: z.string(), error_description: z.string() }).meta({ id: 'OAuthErrorReply' });

/** A format of errors: its name among the components, and its schemas by media type. */
interface ErrorForm {
  readonly name: string;
  readonly content: Readonly<Record<string, z.ZodType | undefined>>;
}

const json = { 'application/json': ErrorReply };
const problem = { 'application/problem+json': ProblemDetails };
const forms = {
  ours: { name: 'Error', content: json },
  problem: { name: 'Problem', content: problem },
  openAi: { name: 'OpenAiError', content: { 'application/json': OpenAiErrorReply } },
  // Requests that are refused before they reach the route, such as a body that is not JSON, get the usual error.
  oauth: { name: 'OAuthError', content: { 'application/json': z.union([OAuthErrorReply, ErrorReply]) } },
  // Errors that no page can show, such as an address that cannot be decoded, have the usual format.
  page: { name: 'ErrorPage', content: { 'text/html': undefined, ...json, ...problem } },
} as const satisfies Readonly<Record<string, ErrorForm>>;

/** The properties of a route that decide about its errors. */
export interface Failing {
  readonly path: string;
  readonly method: string;
  readonly hasBody: boolean;
  readonly needsCaller: boolean;
  readonly isPage: boolean;
}

function formOf({ path, isPage }: Failing): ErrorForm {
  if (isPage) return forms.page;
  if (isOfOpenAi(path)) return forms.openAi;
  if (/^\/oauth\/(?:register|token|revoke)$/.test(path)) return forms.oauth;
  return hasProblemDetails(path) ? forms.problem : forms.ours;
}

/** The error statuses that a route can reply with. `default` stands for all others, because a run can end with any code of the table. */
function statusesOf({ path, method, hasBody, needsCaller }: Failing): readonly string[] {
  return [
    // For an address that cannot be decoded, and for a refused host or origin.
    ...['400', '403'],
    ...(needsCaller ? ['401', '429'] : []),
    ...(path.includes('{') ? ['404'] : []),
    ...(hasBody ? ['413', '415', '422'] : []),
    ...(method === 'get' ? [] : ['409']),
    'default',
  ].sort();
}

/** The error replies of a route, in the format of its address. */
export function errorReplies(failing: Failing): Readonly<Record<string, { readonly $ref: string }>> {
  const { name } = formOf(failing);
  return Object.fromEntries(statusesOf(failing).map((status) => [status, { $ref: `#/components/responses/${name}` }]));
}

/** The components that `errorReplies` refers to. */
export function errorComponents(schemaOf: (schema: z.ZodType) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.values(forms).map(({ name, content }: ErrorForm) => [
      name,
      {
        description: 'An error',
        content: Object.fromEntries(
          Object.entries(content).map(([type, schema]) => [
            type,
            schema === undefined ? {} : { schema: schemaOf(schema) },
          ]),
        ),
      },
    ]),
  );
}
