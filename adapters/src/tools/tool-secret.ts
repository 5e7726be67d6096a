/** Where a tool server's secret goes: into the environment of a command, to the server's address, or to the address that signs in to it. */
export type SecretPurpose = 'environment' | 'sign-in' | { readonly url: string };

/** Reads the value of a secret. Errors: `secret_not_found`, `secret_host_refused`, `secret_needs_host`, `secret_unreadable`. */
export type ReadToolSecret = (name: string, purpose: SecretPurpose) => Promise<string>;
