// otplib is loaded at the first use of a second factor.

const stepSeconds = 30;

/** Creates a secret for an authenticator app: 160 bits, in base 32. */
export async function newTotpSecret(): Promise<string> {
  return (await import('otplib')).generateSecret({ length: 20 });
}

/** The code of a time step (RFC 6238 with SHA-1 and 6 digits, as every app expects). */
export async function totpCode(secret: string, step: number, digits: 6 | 8 = 6): Promise<string> {
  return (await import('otplib')).generate({ secret, epoch: step * stepSeconds, digits });
}

/**
 * The time step of a code, from one step before `now` (milliseconds) to one after it. Undefined if the code is wrong, or if its step is not
 * after `usedStep`: a code works once.
 */
export async function matchTotp(secret: string, code: string, now: number, usedStep = 0): Promise<number | undefined> {
  if (!/^\d{6}$/.test(code)) return undefined;
  const { verify } = await import('otplib');
  const epoch = Math.floor(now / 1000);
  const found = await verify({ secret, token: code, epoch, epochTolerance: stepSeconds });
  return found.valid && 'timeStep' in found && found.timeStep > usedStep ? found.timeStep : undefined;
}

/** The `otpauth:` address that authenticator apps read from a QR code. */
export async function totpAddress(secret: string, account: string): Promise<string> {
  return (await import('otplib')).generateURI({ issuer: 'Heddle', label: account, secret });
}

/** Creates ten recovery codes for a person who lost the phone. Each works once. */
export async function newRecoveryCodes(): Promise<readonly string[]> {
  const { generateSecret } = await import('otplib');
  return Array.from({ length: 10 }, () =>
    generateSecret({ length: 10 })
      .toLowerCase()
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
}
