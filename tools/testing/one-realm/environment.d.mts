/** A test environment without a context of its own: spec files run where Jest runs. */
export default class OneRealmEnvironment {
  constructor(config: { readonly projectConfig: object });
  readonly global: typeof globalThis;
  setup(): Promise<void>;
  handleTestEvent(
    event: { readonly name: string; readonly error?: unknown },
    state: { readonly unhandledErrors: Error[] },
  ): Promise<void>;
  teardown(): Promise<void>;
}
