/** How callers authenticate: with an API key, or with the session of a browser. */
export const securitySchemes = {
  key: { type: 'http', scheme: 'bearer', description: 'An API key: hk_…' },
  session: { type: 'apiKey', in: 'cookie', name: 'heddle', description: 'The session of a browser after sign-in.' },
} as const;

/** One of the two is enough. */
export const schemesOfAll: Record<string, string[]>[] = [{ key: [] }, { session: [] }];
