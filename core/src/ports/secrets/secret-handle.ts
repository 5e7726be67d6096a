/**
 * A node's reference to a secret. It contains no value: the host reads the value, with the rights of the run, when it sends the request.
 *
 * @example const secret = await context.secret('crm-key');
 */
export interface SecretHandle {
  readonly name: string;
}

/** How a request carries a secret: in one header, sent only to the allowed hosts of the secret. */
export interface SecretSignIn {
  readonly secret: SecretHandle;
  readonly header: string;
  /** `plain`: the value alone. `bearer`: the value after `Bearer `. `basic`: the value as the password of `user`. */
  readonly scheme: 'plain' | 'bearer' | 'basic';
  readonly user?: string;
}
