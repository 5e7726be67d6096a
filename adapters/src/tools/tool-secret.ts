/** Where a secret of a tool server goes: into a command's environment, to the address of the server, or to one that signs in there. */
export type SecretPurpose = 'environment' | 'sign-in' | { readonly url: string };

/** The value of a secret. Errors: `secret_not_found`, `secret_host_refused`, `secret_needs_host`, `secret_unreadable`. */
export type ReadToolSecret = (name: string, purpose: SecretPurpose) => Promise<string>;
