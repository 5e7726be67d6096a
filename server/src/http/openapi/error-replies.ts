import { ErrorReply, ProblemDetails } from '@heddle/core';
import { z } from 'zod';
import { hasProblemDetails } from '../errors/problem-details.js';
import { isOfOpenAi } from '../errors/openai-error.js';

/** The error of the routes for OpenAI's clients. */
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

/** The error of the routes of OAuth (RFC 6749, 5.2). */
const OAuthErrorReply = z.object({ error: z.string(), error_description: z.string() }).meta({ id: 'OAuthErrorReply' });

/** A form of errors: its name in the components of the document, and its schemas by their types. */
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
  // What is refused before the route, such as a body that is no JSON, is answered as elsewhere.
  oauth: { name: 'OAuthError', content: { 'application/json': z.union([OAuthErrorReply, ErrorReply]) } },
  // What no page can answer, such as an address that cannot be decoded, is answered as elsewhere.
  page: { name: 'ErrorPage', content: { 'text/html': undefined, ...json, ...problem } },
} as const satisfies Readonly<Record<string, ErrorForm>>;

/** What the route is that may fail. */
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

/** The statuses that a route of this kind answers. `default` stands for the others: a run can end with any code of the table. */
function statusesOf({ path, method, hasBody, needsCaller }: Failing): readonly string[] {
  return [
    // An address that cannot be decoded, a host or an origin that is refused.
    ...['400', '403'],
    ...(needsCaller ? ['401', '429'] : []),
    ...(path.includes('{') ? ['404'] : []),
    ...(hasBody ? ['413', '415', '422'] : []),
    ...(method === 'get' ? [] : ['409']),
    'default',
  ].sort();
}

/** The errors of a route, in the form in which its address sends them. */
export function errorReplies(failing: Failing): Readonly<Record<string, { readonly $ref: string }>> {
  const { name } = formOf(failing);
  return Object.fromEntries(statusesOf(failing).map((status) => [status, { $ref: `#/components/responses/${name}` }]));
}

/** The components to which `errorReplies` refers. */
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
