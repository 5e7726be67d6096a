/**
 * A node's reference to a secret. It contains no value: the host reads the value, with the rights of the run, when the request is sent.
 *
 * @example const secret = await context.secret('crm-key');
 */
export interface SecretHandle {
  readonly name: string;
}

/** How a request carries a secret: in one header, sent only to the allowed hosts of the secret. */
export interface SecretSignIn {
  readonly secret: SecretHandle;
  /** Name of the header. */
  readonly header: string;
  /** `plain`: the value alone. `bearer`: after `Bearer `. `basic`: as the password of `user`. */
  readonly scheme: 'plain' | 'bearer' | 'basic';
  readonly user?: string;
}
