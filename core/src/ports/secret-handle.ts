/**
 * What a node gets of a secret. It holds no value: the host reads that, with the authority of the run, when the request goes out.
 *
 * @example const secret = await context.secret('crm-key');
 */
export interface SecretHandle {
  readonly name: string;
}

/** How a request carries a secret: in one header, which is sent to the hosts of the secret's card alone. */
export interface SecretSignIn {
  readonly secret: SecretHandle;
  /** Name of the header. */
  readonly header: string;
  /** `plain`: the value alone. `bearer`: behind `Bearer `. `basic`: as the password of `user`. */
  readonly scheme: 'plain' | 'bearer' | 'basic';
  readonly user?: string;
}
