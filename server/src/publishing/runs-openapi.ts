type Part = Record<string, unknown>;

interface RunPathParts {
  /** The reply of a run, whichever workflow it belongs to. */
  readonly reply: Part;
  readonly problem: Part;
}

/** The paths under which callers follow their runs, for the OpenAPI document of published workflows. */
export function runPaths({ reply, problem }: RunPathParts): Part {
  const parameters = [
    {
      name: 'runId',
      in: 'path',
      required: true,
      description: 'A run of the caller.',
      schema: { type: 'string', minLength: 1, maxLength: 300 },
    },
  ];
  const errors = Object.fromEntries(['400', '401', '403', '404', '429', 'default'].map((status) => [status, problem]));
  return {
    '/v1/runs/{runId}': {
      parameters,
      get: {
        operationId: 'getRun',
        summary: 'The run, with its outputs once it has ended',
        responses: {
          '200': { description: 'The run', content: { 'application/json': { schema: reply } } },
          ...errors,
        },
      },
    },
    '/v1/runs/{runId}/events': {
      parameters,
      get: {
        operationId: 'followRun',
        summary: 'The events of the run as server-sent events, from the first or after Last-Event-ID',
        parameters: [
          {
            name: 'Last-Event-ID',
            in: 'header',
            required: false,
            description: 'The id of the last event received.',
            schema: { type: 'string', pattern: '^[0-9]{1,15}$' },
          },
        ],
        responses: {
          '200': { description: 'The events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          ...errors,
        },
      },
    },
  };
}
