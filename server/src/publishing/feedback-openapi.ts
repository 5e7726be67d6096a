/** Gives a schema and adds the schemas that it refers to. */
type SchemaIn = (name: 'request' | 'reply') => Record<string, unknown>;

/** The paths under which callers rate their runs, for the OpenAPI document of published workflows. */
export function feedbackPaths(schemaIn: SchemaIn): Record<string, unknown> {
  const problem = {
    description: 'A problem',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
  };
  const none = { '204': { description: 'Done' }, default: problem };
  const json = (schema: Record<string, unknown>) => ({ 'application/json': { schema } });
  const parameter = (place: 'path' | 'query', name: string, description: string) => ({
    name,
    in: place,
    description,
    required: place === 'path',
    schema: { type: 'string', minLength: 1, maxLength: place === 'path' ? 300 : 200 },
  });
  return {
    '/v1/runs/{runId}/feedback': {
      parameters: [parameter('path', 'runId', 'A run of the caller that has ended.')],
      get: {
        operationId: 'getFeedback',
        summary: 'What the caller said about the run',
        responses: { '200': { description: 'Feedback', content: json(schemaIn('reply')) }, default: problem },
      },
      post: {
        operationId: 'giveFeedback',
        summary: 'Rate, comment or correct the answer; replaces what the caller said before',
        requestBody: { required: true, content: json(schemaIn('request')) },
        responses: none,
      },
      delete: {
        operationId: 'removeFeedback',
        summary: 'Remove the feedback',
        parameters: [parameter('query', 'message', 'The message of the feedback; default: the whole answer.')],
        responses: none,
      },
    },
  };
}
