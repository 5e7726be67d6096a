/** The ways to identify oneself: a key, or the session of a browser. */
export const securitySchemes = {
  key: { type: 'http', scheme: 'bearer', description: 'An API key: hk_…' },
  session: { type: 'apiKey', in: 'cookie', name: 'heddle', description: 'The session of a browser after sign-in.' },
} as const;

/** Either of them. */
export const schemesOfAll: Record<string, string[]>[] = [{ key: [] }, { session: [] }];
